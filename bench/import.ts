import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Pool } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { LawRegistry } from '../src/compliance/law/registry';
import { loadShippedProfiles } from '../src/compliance/law/shipped';
import type { LoadScrub } from '../src/contacts/dnc/scrub-load';
import { readCsvRows } from '../src/contacts/files/csv-rows';
import { inspectEncoding } from '../src/contacts/files/encoding';
import { ChunkBuilder } from '../src/contacts/imports/chunk';
import { uploadDirectory, uploadPath } from '../src/contacts/imports/upload-place';
import { parseFieldMapping } from '../src/contacts/normalise/field-mapping';
import { Normaliser } from '../src/contacts/normalise/normaliser';
import { createPlaces, loadPlaceTables } from '../src/contacts/normalise/places';
import { newId } from '../src/infra/ids';
import { createPool } from '../src/infra/postgres';
import { runApart } from './lib/apart';
import { type Bench, type BenchRow, round, withBaseline } from './lib/bench';
import { BENCH_MAPPING, writeContactFile } from './lib/contact-file';
import type { ImportFigures, ImportOrder } from './lib/import-process';
import { type BenchStores, openBenchStores } from './lib/stores';

const COLUMNS = 'organisation_id, list_id, import_id, external_id, number, numbers, attributes, created_at';

const makeList = async (pool: Pool, organisationId: string, scrub: LoadScrub = 'NONE'): Promise<string> => {
  const listId = newId();
  await pool.query(
    `INSERT INTO contact_list (id, organisation_id, name, field_mapping, default_country, created_at, dnc_scrub_at_load)
     VALUES ($1, $2, $3, $4, 'US', $5, $6)`,
    [listId, organisationId, `list ${listId}`, JSON.stringify(BENCH_MAPPING), new Date(), scrub],
  );
  return listId;
};

const queueImport = async (pool: Pool, organisationId: string, listId: string, bytes: number): Promise<string> => {
  const importId = newId();
  await pool.query(
    `INSERT INTO contact_import (id, organisation_id, list_id, format, upload_token_hash, upload_expires_at, state,
       bytes_total, created_by, created_at) VALUES ($1, $2, $3, 'CSV', $4, $5, 'QUEUED', $6, 'bench', $5)`,
    [importId, organisationId, listId, Buffer.from(importId), new Date(), bytes],
  );
  return importId;
};

/** The rows that the import will make, as COPY takes them: same rows, same table, same indexes. */
const writeCopyFile = async (source: string, file: string, organisationId: string, listId: string): Promise<void> => {
  const places = createPlaces(loadPlaceTables(), new LawRegistry(loadShippedProfiles()), Date.now());
  const normaliser = new Normaliser(parseFieldMapping(BENCH_MAPPING), 'US', places);
  const at = new Date().toISOString();
  async function* lines() {
    for await (const rows of readCsvRows(await inspectEncoding(source), normaliser.columns, 0, () => undefined)) {
      const builder = new ChunkBuilder(0, normaliser);
      for (const row of rows) builder.add(row);
      const text = Buffer.concat(builder.build(0).copy).toString('utf8');
      const chunk = text
        .split('\n')
        .slice(0, -1)
        .map((line) => {
          const [, , ...fields] = line.split('\t');
          return `${organisationId}\t${listId}\t${listId}\t${fields.join('\t')}\t${at}\n`;
        });
      yield chunk.join('');
    }
  }
  await pipeline(lines, createWriteStream(file));
};

/** Seconds of one COPY into a list of its own, whose rows are taken out again. */
const rawCopy = async (pool: Pool, source: string, file: string, organisationId: string): Promise<number> => {
  const listId = await makeList(pool, organisationId);
  await writeCopyFile(source, file, organisationId, listId);
  const sql = await pool.connect();
  try {
    await sql.query('CHECKPOINT');
    const started = performance.now();
    await pipeline(createReadStream(file), sql.query(copyFrom(`COPY contact (${COLUMNS}) FROM STDIN`)));
    const seconds = (performance.now() - started) / 1000;
    await sql.query('TRUNCATE contact');
    return seconds;
  } finally {
    sql.release();
  }
};

export interface ImportBeside {
  pool: Pool;
  stores: BenchStores;
  organisationId: string;
  rows: number;
  /** Against which do-not-call lists rows are checked; those that are kept out count as done. */
  scrub: LoadScrub;
  say: (line: string) => void;
}

export const importBesideCopy = async (given: ImportBeside): Promise<BenchRow[]> => {
  const { pool, stores, organisationId, rows, scrub, say } = given;
  await mkdir(uploadDirectory(stores.home), { recursive: true });
  const source = join(stores.home, 'contacts.csv');
  say(`writing a file of ${rows} rows`);
  await writeContactFile(source, rows);
  const { size } = await stat(source);
  const copyFile = join(stores.home, 'raw.copy');
  say('raw COPY of the same rows');
  const before = await rawCopy(pool, source, copyFile, organisationId);
  const listId = await makeList(pool, organisationId, scrub);
  const importId = await queueImport(pool, organisationId, listId, size);
  await pipeline(createReadStream(source), createWriteStream(uploadPath(stores.home, importId)));
  await pool.query('CHECKPOINT');
  say('importing');
  const apart = await runApart<ImportOrder, ImportFigures>(join(__dirname, 'lib', 'import-process'), {
    ...stores,
    organisationId,
    importId,
  });
  const done = await pool.query<{ contacts: number; listed: number }>(
    `SELECT (SELECT count(*) FROM contact) AS contacts,
       (SELECT count(*) FROM contact_import_error WHERE import_id = $1 AND code = 'DNC') AS listed`,
    [importId],
  );
  const { contacts, listed } = done.rows[0] ?? { contacts: 0, listed: 0 };
  if (contacts + listed !== rows) throw new Error(`${contacts} of ${rows} contacts were imported, ${listed} listed`);
  await pool.query('TRUNCATE contact');
  // Before and after, so that a machine that is busier at one time than at another does not decide the ratio alone.
  say('raw COPY of the same rows, again');
  const after = await rawCopy(pool, source, copyFile, organisationId);
  const copySeconds = (before + after) / 2;
  const params = { rows, megabytes: round(size / 1e6), ...(scrub === 'NONE' ? {} : { scrub, listed }) };
  return [
    withBaseline(
      { name: 'rowsPerSecond', params, value: Math.round(rows / apart.seconds), unit: 'rows/s' },
      Math.round(rows / copySeconds),
    ),
    { name: 'peakRssAboveIdleMb', params, value: round(apart.peakAboveIdleMb), unit: 'MB' },
  ];
};

/** A pool on the bench's own database, with an organisation of its own. */
export const openBenchOrganisation = async (stores: BenchStores): Promise<{ pool: Pool; organisationId: string }> => {
  const pool = createPool({ url: stores.databaseUrl, applicationName: 'bench', statementTimeoutMs: 0, max: 4 });
  const organisationId = newId();
  await pool.query('INSERT INTO organisation (id, name, created_at) VALUES ($1, $2, $3)', [
    organisationId,
    'bench',
    new Date(),
  ]);
  return { pool, organisationId };
};

export const importBench: Bench = {
  description: 'rows/s of a contact import beside raw COPY of the same rows into the same table, and its memory',
  async run({ quick, say }) {
    const stores = await openBenchStores(say);
    try {
      const { pool, organisationId } = await openBenchOrganisation(stores);
      const rows = quick ? 100_000 : 1_000_000;
      return await importBesideCopy({ pool, stores, organisationId, rows, scrub: 'NONE', say }).finally(() =>
        pool.end(),
      );
    } finally {
      await rm(uploadDirectory(stores.home), { recursive: true, force: true });
      await stores.close();
    }
  },
};
