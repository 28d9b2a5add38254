import { rm } from 'node:fs/promises';
import type { Pool, PoolClient } from 'pg';
import type { LawBook } from '../../compliance/own/law-book';
import type { Clock } from '../../infra/clock';
import type { Logger } from '../../infra/logger';
import { withConnection } from '../../infra/postgres';
import { type PubSub, topics } from '../../infra/pubsub';
import { readCsvRows } from '../files/csv-rows';
import { inspectEncoding } from '../files/encoding';
import { FileFault } from '../files/file-fault';
import type { FileRow } from '../files/file-row';
import { readJsonRows } from '../files/json-rows';
import { parseFieldMapping } from '../normalise/field-mapping';
import { Normaliser } from '../normalise/normaliser';
import { isCountry } from '../normalise/phone-number';
import { createPlaces, loadPlaceTables, type PlaceTables } from '../normalise/places';
import { ChunkBuilder } from './chunk';
import { ImportTaken, type ImportTarget, prepareStage, writeChunk } from './chunk-writer';
import {
  type BegunImport,
  beginImport,
  completeImport,
  failImport,
  releaseImport,
  tryHoldImport,
} from './run-repository';
import { requireUpload, uploadPath } from './upload-place';

export interface ImportRunnerDeps {
  pool: Pool;
  pubsub: PubSub;
  clock: Clock;
  logger: Logger;
  laws: LawBook;
  /** `OUTDIAL_HOME`, below which uploads lie. */
  home: string;
  chunkRows?: number;
}

export type ImportEnd =
  | { end: 'COMPLETED' | 'FAILED' | 'TAKEN'; listId: string }
  | { end: 'NOT_RUNNABLE' | 'HELD_ELSEWHERE' };

/** One commit's disk flush is spread over this many rows; progress is seen, and lost by a crash, in steps of it. */
const CHUNK_ROWS = 5_000;

/** A fault of the data that a repetition would meet again; everything else is worth another try. */
const isDataFault = (error: unknown): boolean =>
  typeof (error as { code?: unknown }).code === 'string' && /^(22|23|54)...$/.test((error as { code: string }).code);

export class ImportRunner {
  private tables: PlaceTables | undefined;

  constructor(private readonly deps: ImportRunnerDeps) {}

  /** Runs an import from where it stands to its end. Throws only what is worth another try. */
  run(organisationId: string, importId: string, signal?: AbortSignal): Promise<ImportEnd> {
    return withConnection(this.deps.pool, async (sql): Promise<ImportEnd> => {
      if (!(await tryHoldImport(sql, importId))) return { end: 'HELD_ELSEWHERE' };
      const end = await this.runHeld(sql, organisationId, importId, signal);
      await releaseImport(sql, importId);
      return end;
    });
  }

  private async runHeld(
    sql: PoolClient,
    organisationId: string,
    importId: string,
    signal?: AbortSignal,
  ): Promise<ImportEnd> {
    const { clock, home, logger } = this.deps;
    const begun = await beginImport(sql, organisationId, importId, clock.date());
    if (!begun) return { end: 'NOT_RUNNABLE' };
    const target: ImportTarget = { importId, organisationId, listId: begun.listId };
    this.tell(target, begun.seq);
    const path = uploadPath(home, importId);
    try {
      await this.takeRows(sql, target, begun, path, signal);
      this.tell(target, await completeImport(sql, target, clock.date()));
    } catch (error) {
      if (error instanceof ImportTaken) return { end: 'TAKEN', listId: target.listId };
      const fault = faultOf(error);
      if (!fault) throw error;
      logger.warn({ importId, code: fault.code, err: error instanceof FileFault ? undefined : error }, 'import failed');
      this.tell(target, await failImport(sql, target, fault.code, fault.message, clock.date()));
      await rm(path, { force: true });
      return { end: 'FAILED', listId: target.listId };
    }
    await rm(path, { force: true });
    return { end: 'COMPLETED', listId: target.listId };
  }

  private async takeRows(
    sql: PoolClient,
    target: ImportTarget,
    begun: BegunImport,
    path: string,
    signal?: AbortSignal,
  ): Promise<void> {
    const { clock, chunkRows = CHUNK_ROWS } = this.deps;
    const country = begun.defaultCountry;
    if (!isCountry(country)) throw new FileFault('MALFORMED_FILE', `the list's country ${country} is not known`);
    await requireUpload(path);
    this.tables ??= loadPlaceTables();
    const registry = await this.deps.laws.registryOf(sql, target.organisationId);
    const places = createPlaces(this.tables, registry, clock.now());
    const normaliser = new Normaliser(parseFieldMapping(begun.mapping), country, places);
    await prepareStage(sql);
    let bytesRead = 0;
    let builder = new ChunkBuilder(begun.rowsRead, normaliser);
    let writing: Promise<unknown> = Promise.resolve();
    const flush = async (): Promise<void> => {
      // One chunk is read and made ready while PostgreSQL takes the one before.
      const chunk = builder.build(bytesRead);
      builder = new ChunkBuilder(chunk.to, normaliser);
      await writing;
      writing = writeChunk(sql, target, chunk, clock.date()).then((seq) => this.tell(target, seq));
      writing.catch(() => undefined);
    };
    try {
      for await (const rows of readRows(begun, path, normaliser.columns, (bytes) => {
        bytesRead = bytes;
      })) {
        for (const row of rows) {
          builder.add(row);
          if (builder.rows < chunkRows) continue;
          await flush();
          signal?.throwIfAborted();
        }
      }
      await flush();
      await writing;
    } finally {
      // The connection is used by the pending chunk: nothing else may be sent on it before that has ended.
      await writing.catch(() => undefined);
    }
  }

  private tell({ organisationId, importId }: ImportTarget, seq: number): void {
    this.deps.pubsub.publish(topics.contactImport(organisationId, importId), { seq });
  }
}

async function* readRows(
  { format, rowsRead }: BegunImport,
  path: string,
  columns: readonly string[],
  onRead: (bytes: number) => void,
): AsyncGenerator<FileRow[]> {
  const file = await inspectEncoding(path);
  const read = format === 'CSV' ? readCsvRows : readJsonRows;
  yield* read(file, columns, rowsRead, onRead);
}

const faultOf = (error: unknown): { code: string; message: string } | undefined => {
  if (error instanceof FileFault) return { code: error.code, message: error.message };
  if (isDataFault(error))
    return { code: 'INTERNAL', message: 'a row could not be stored; the rows before it were taken' };
  return undefined;
};
