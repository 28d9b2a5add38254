import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { loadZoneTable } from '../../src/contacts/zones/zone-table';
import { type ImportBench, openImportBench } from './contacts-harness';
import type { ProcessOrder } from './contacts-import-process';

const SETUP = join(__dirname, '..', 'setup', 'register.cjs');
const SCRIPT = join(__dirname, 'contacts-import-process.ts');
const ROWS = 20_000;
const KILLS = 5;

/** Every number is fictional: +1 <area> 555 01xx over all area codes there are. */
const numbers = (): string[] => {
  const table = loadZoneTable();
  const areas = Array.from({ length: 800 }, (_, n) => String(200 + n)).filter((area) =>
    table.find(`1${area}5550100`)?.prefix.startsWith(`1${area}`),
  );
  return areas.flatMap((area) => Array.from({ length: 100 }, (_, n) => `+1${area}55501${String(n).padStart(2, '0')}`));
};

/** Ends when the process has ended; answers what the import ended as, or undefined when it was killed before. */
/** Killed once `moment` has come. */
const runApart = (order: ProcessOrder, moment?: () => Promise<void>): Promise<string | undefined> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['-r', SETUP, SCRIPT], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    let end: string | undefined;
    child.on('message', (message) => {
      if (message !== 'begun') end = String(message);
      else if (moment) void moment().then(() => child.kill('SIGKILL'));
    });
    child.once('error', reject);
    child.once('exit', () => resolve(end));
    child.send(order);
  });

describe('an import whose worker is killed', () => {
  let bench: ImportBench;
  beforeAll(async () => {
    bench = await openImportBench();
  });
  afterAll(() => bench.close());

  test('goes on behind its last chunk: nothing twice, nothing lost', async () => {
    const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);
    const random = xoroshiro128plus(seed);
    const list = await bench.makeList();
    const people = numbers();
    // Every 10th row is bad, every 25th repeats the row before the last.
    const kind = (n: number) => (n % 10 === 9 ? 'bad' : n % 25 === 7 ? 'double' : 'good');
    const phone = (n: number) => (kind(n) === 'bad' ? 'none' : kind(n) === 'double' ? people[n - 2] : people[n]);
    const csv = Array.from({ length: ROWS }, (_, n) => `${n},"N ${n}",${phone(n)}`).join('\n');
    const importId = await bench.stage(list, `id,name,phone\n${csv}\n`);
    const { databaseUrl, redisUrl, home, organisationId } = bench;
    const order = { databaseUrl, redisUrl, home, organisationId, importId, chunkRows: 250 };
    const places: number[] = [];
    const place = async () => Number((await bench.importRow(importId)).read);
    // Some time after the next chunk is through, so that the blow falls anywhere in one of those behind it.
    const furtherThan = (before: number) => async () => {
      while ((await place()) <= before) await pause(5);
      await pause(uniformInt(random, 0, 60));
    };
    for (let kill = 0; kill < KILLS; kill += 1) {
      if ((await runApart(order, furtherThan(places.at(-1) ?? 0))) !== undefined) break;
      places.push(await place());
    }
    let end = await runApart(order);
    // The connection of a killed process, and its lock, end when PostgreSQL notices.
    for (let tries = 0; end === 'HELD_ELSEWHERE' && tries < 50; tries += 1) {
      await pause(100);
      end = await runApart(order);
    }
    const of = (wanted: string) => Array.from({ length: ROWS }, (_, n) => n).filter((n) => kind(n) === wanted);
    expect({ seed, row: await bench.importRow(importId) }).toMatchObject({
      seed,
      row: {
        state: 'COMPLETED',
        read: ROWS,
        imported: of('good').length,
        duplicate: of('double').length,
        rejected: of('bad').length,
      },
    });
    expect(await bench.numbers(list)).toEqual(of('good').map(phone));
    expect(await bench.reasons(importId)).toEqual(
      Array.from({ length: ROWS }, (_, n) => n)
        .filter((n) => kind(n) !== 'good')
        .map((n) => `${n + 2} ${kind(n) === 'bad' ? 'NOT_A_NUMBER phone' : 'DUPLICATE'}`),
    );
    // At least one kill must have come in the middle, or nothing was tested.
    expect({ seed, places, inTheMiddle: places.some((place) => place > 0 && place < ROWS) }).toMatchObject({
      inTheMiddle: true,
    });
  }, 60_000);
});
