import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir, rm, stat } from 'node:fs/promises';
import { loadavg } from 'node:os';
import { finished } from 'node:stream/promises';
import type { Pool } from 'pg';
import { findListed } from '../src/contacts/dnc/listed';
import { DncImportRunner } from '../src/contacts/dnc/registry/dnc-import-runner';
import { uploadDirectory, uploadPath } from '../src/contacts/imports/upload-place';
import { OffsetClock } from '../src/infra/clock';
import { newId } from '../src/infra/ids';
import { createLogger } from '../src/infra/logger';
import { createPubSub } from '../src/infra/pubsub';
import { createRedis } from '../src/infra/redis';
import { importBesideCopy, openBenchOrganisation } from './import';
import { type Bench, type BenchRow, round } from './lib/bench';
import { type BenchStores, openBenchStores } from './lib/stores';

const MEGABYTE = 1024 ** 2;
/** As many exchanges of ten thousand numbers as the North American plan has in use, so the density is that of its registries. */
const EXCHANGES = 250_000;
const CHECKED_AT_ONCE = 10_000;

/**
 * Every number once, in an order that goes to another exchange with each: the hardest a file can be sorted. No range kept for
 * fiction holds so many; they go into a database that is thrown away, and nothing dials them.
 */
const registryNumber = (index: number): number => {
  const exchange = index % EXCHANGES;
  const offset = (Math.floor(index / EXCHANGES) * 7_919 + exchange * 31) % 10_000;
  // Areas from 201 on with 790 exchanges each, as contacts of the import below have them too.
  const area = 201 + Math.floor(exchange / 790);
  return (area * 1_000 + 200 + (exchange % 790)) * 10_000 + offset;
};

const writeRegistry = async (path: string, numbers: number): Promise<void> => {
  const out = createWriteStream(path);
  let piece = '';
  for (let index = 0; index < numbers; index += 1) {
    piece += `${registryNumber(index)}\n`;
    if (piece.length < MEGABYTE) continue;
    if (!out.write(piece, 'latin1')) await once(out, 'drain');
    piece = '';
  }
  out.end(piece, 'latin1');
  await finished(out);
};

/** Watches this process's memory above what it had. */
const watchMemory = (): (() => number) => {
  const idle = process.memoryUsage.rss();
  let peak = idle;
  const sampler = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage.rss());
  }, 20);
  return () => {
    clearInterval(sampler);
    return round((Math.max(peak, process.memoryUsage.rss()) - idle) / MEGABYTE);
  };
};

const load = (): number => round(loadavg()[0] ?? 0);

const importRegistry = async (
  pool: Pool,
  stores: BenchStores,
  organisationId: string,
  numbers: number,
  say: (line: string) => void,
): Promise<BenchRow[]> => {
  const [listId, importId] = [newId(), newId()];
  const at = new Date();
  await pool.query(
    `INSERT INTO dnc_list (id, organisation_id, name, kind, country, created_at) VALUES ($1, $2, 'bench', 'NDNC', 'US', $3)`,
    [listId, organisationId, at],
  );
  await mkdir(uploadDirectory(stores.home), { recursive: true });
  const path = uploadPath(stores.home, importId);
  say(`writing a registry of ${numbers} numbers`);
  await writeRegistry(path, numbers);
  const { size } = await stat(path);
  await pool.query(
    `INSERT INTO dnc_import (id, organisation_id, list_id, format, replaces, source, upload_token_hash, upload_expires_at,
       state, bytes_total, created_by, created_at) VALUES ($1, $2, $3, 'PLAIN', true, 'bench', $4, $5, 'QUEUED', $6, 'bench', $5)`,
    [importId, organisationId, listId, Buffer.from(importId), at, size],
  );
  const pubsub = createPubSub(createRedis(stores.redisUrl), createRedis(stores.redisUrl));
  const logger = createLogger('bench', 'warn');
  say('importing it');
  const memory = watchMemory();
  const started = performance.now();
  const runner = new DncImportRunner({ pool, pubsub, clock: new OffsetClock(), logger, home: stores.home });
  const end = await runner.run(organisationId, importId);
  const seconds = (performance.now() - started) / 1000;
  const peak = memory();
  await pubsub.close();
  const { rows } = await pool.query<{ numbers: number; bytes: number }>(
    `SELECT imported_numbers AS numbers, pg_total_relation_size('dnc_block') AS bytes FROM dnc_list WHERE id = $1`,
    [listId],
  );
  const stored = rows[0] ?? { numbers: 0, bytes: 0 };
  if (end !== 'COMPLETED' || stored.numbers !== numbers) throw new Error(`${end}: ${stored.numbers} of ${numbers}`);
  const params = { numbers, megabytes: round(size / 1e6), load: load() };
  return [
    { name: 'registryNumbersPerSecond', params, value: Math.round(numbers / seconds), unit: 'numbers/s' },
    { name: 'registryImportRssMb', params, value: peak, unit: 'MB' },
    { name: 'registryDiskMb', params, value: round(stored.bytes / MEGABYTE), unit: 'MB' },
    { name: 'registryBytesPerNumber', params, value: round(stored.bytes / numbers), unit: 'bytes' },
  ];
};

/** Every tenth of them is in the registry, and each is asked of in a batch with others from all over it. */
const checkMany = async (
  pool: Pool,
  organisationId: string,
  registry: number,
  checks: number,
  say: (line: string) => void,
): Promise<BenchRow[]> => {
  say(`checking ${checks} numbers`);
  // Coprime to the exchanges, so that a batch touches as many of them as it has numbers.
  const asked = (index: number): string => {
    const inside = index % 10 === 0;
    const number = registryNumber((index * 7_907) % registry);
    // Area codes begin at 201: none of the registry's is below.
    return inside ? `+1${number}` : `+1${number - 1_000_000_000}`;
  };
  await findListed(pool, organisationId, [{ number: asked(0), customerId: null }]);
  const memory = watchMemory();
  const times: number[] = [];
  let listed = 0;
  const started = performance.now();
  for (let from = 0; from < checks; from += CHECKED_AT_ONCE) {
    const people = Array.from({ length: CHECKED_AT_ONCE }, (_, index) => ({
      number: asked(from + index),
      customerId: null,
    }));
    const began = performance.now();
    listed += (await findListed(pool, organisationId, people)).ofNumber.size;
    times.push(performance.now() - began);
  }
  const seconds = (performance.now() - started) / 1000;
  const peak = memory();
  if (listed !== checks / 10) throw new Error(`${listed} of ${checks / 10} listed numbers were found`);
  times.sort((a, b) => a - b);
  const params = { checks, registry, batch: CHECKED_AT_ONCE, load: load() };
  return [
    { name: 'checksPerSecond', params, value: Math.round(checks / seconds), unit: 'numbers/s' },
    { name: 'checkBatchMedianMs', params, value: round(times[times.length >> 1] ?? 0), unit: 'ms' },
    { name: 'checkRssMb', params, value: peak, unit: 'MB' },
  ];
};

export const dncBench: Bench = {
  description: 'a registry imported and stored, numbers checked against it, and an import with scrub beside raw COPY',
  async run({ quick, given, say }) {
    const registry = Number(given.numbers ?? (quick ? 2_000_000 : 100_000_000));
    const stores = await openBenchStores(say);
    try {
      const { pool, organisationId } = await openBenchOrganisation(stores);
      try {
        return [
          ...(await importRegistry(pool, stores, organisationId, registry, say)),
          ...(await checkMany(pool, organisationId, registry, Math.min(1_000_000, registry / 20), say)),
          ...(await importBesideCopy({
            pool,
            stores,
            organisationId,
            rows: Math.min(1_000_000, registry / 40),
            scrub: 'ALL',
            say,
          })),
        ];
      } finally {
        await pool.end();
      }
    } finally {
      await rm(uploadDirectory(stores.home), { recursive: true, force: true });
      await stores.close();
    }
  },
};
