import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { PoolClient } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { CopyPieces } from '../../imports/copy-pieces';
import { blocksOf, copyBlock, offsetsOf, type StoredBlock, unionOf } from '../number-block';

const COPY = `/* dncImport.copy */ COPY dnc_block (generation, block, offsets, bits) FROM STDIN`;
const BEFORE = `/* dncImport.before */
SELECT block, offsets, bits FROM dnc_block WHERE generation = $1 AND block = ANY($2::bigint[])`;

export interface Generations {
  /** Where the numbers go. */
  into: number;
  /** Whose numbers are kept beside them; null: none. */
  over: number | null;
}

/** Stores one part of a registry; answers how many different numbers of the file are in it. */
export const writeBlocks = async (
  sql: PoolClient,
  { into, over }: Generations,
  sorted: Float64Array,
): Promise<number> => {
  const blocks = [...blocksOf(sorted)];
  const before = new Map<number, StoredBlock>();
  if (over !== null && blocks.length > 0) {
    const { rows } = await sql.query<StoredBlock>(BEFORE, [over, blocks.map(({ block }) => block)]);
    for (const row of rows) before.set(row.block, row);
  }
  const pieces = new CopyPieces();
  let numbers = 0;
  for (const { block, offsets } of blocks) {
    const kept = before.get(block);
    numbers += offsets.length;
    pieces.add(copyBlock(into, block, kept ? unionOf(offsetsOf(kept), offsets) : offsets));
  }
  if (pieces.lines > 0) await pipeline(Readable.from(pieces.all()), sql.query(copyFrom(COPY)));
  return numbers;
};

const KEEP = `/* dncImport.keep */
INSERT INTO dnc_block (generation, block, offsets, bits)
SELECT $1, o.block, o.offsets, o.bits FROM dnc_block o
WHERE o.generation = $2 AND NOT EXISTS (SELECT FROM dnc_block n WHERE n.generation = $1 AND n.block = o.block)`;

/** What was in force and is in no block that the file touched. */
export const keepOthers = async (sql: PoolClient, { into, over }: Generations): Promise<void> => {
  if (over !== null) await sql.query(KEEP, [into, over]);
};

const COUNT = `/* dncImport.count */
SELECT coalesce(sum(coalesce(cardinality(offsets), bit_count(bits))), 0) AS numbers FROM dnc_block WHERE generation = $1`;

export const countNumbers = async (sql: PoolClient, generation: number): Promise<number> => {
  const { rows } = await sql.query<{ numbers: number }>(COUNT, [generation]);
  return rows[0]?.numbers ?? 0;
};

/** Rows of one statement: short, so that it may stop between any two. */
const REMOVE_ROWS = 20_000;
const REMOVE = `/* dncImport.remove */
DELETE FROM dnc_block WHERE generation = $1 AND block IN (SELECT block FROM dnc_block WHERE generation = $1 LIMIT ${REMOVE_ROWS})`;

/** Of an import that is in force no more, or never came to be. */
export const removeBlocks = async (sql: PoolClient, generation: number, signal?: AbortSignal): Promise<void> => {
  for (;;) {
    signal?.throwIfAborted();
    const { rowCount } = await sql.query(REMOVE, [generation]);
    if ((rowCount ?? 0) < REMOVE_ROWS) return;
  }
};
