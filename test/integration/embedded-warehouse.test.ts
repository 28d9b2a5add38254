import { Readable } from 'node:stream';
import { type ClickHouseClient, createClient } from '@clickhouse/client';
import { sharedStores, type TestStores, testStores } from '../setup/stores';

let stores: TestStores;
let client: ClickHouseClient;
beforeAll(async () => {
  stores = await testStores();
  // The library logs each expected refusal otherwise.
  client = createClient({ url: stores.clickhouseUrl, log: { level: 127 } });
  await client.command({
    query: `CREATE TABLE fact (id UInt64, name String, at DateTime64(3, 'UTC')) ENGINE = MergeTree ORDER BY id
      SETTINGS non_replicated_deduplication_window = 1000`,
  });
});
afterAll(async () => {
  await client.close();
  await stores.close();
});
beforeEach(() => client.command({ query: 'TRUNCATE TABLE fact' }));

const select = async <T>(query: string, query_params: Record<string, unknown> = {}): Promise<T[]> =>
  (await client.query({ query, query_params, format: 'JSONEachRow' })).json<T>();
const row = (id: number, name = `n${id}`) => ({ id, name, at: '2026-01-02T03:04:05.678Z' });
const insert = (values: object[], settings: Record<string, string> = {}, through = client) =>
  through.insert({
    table: 'fact',
    values,
    format: 'JSONEachRow',
    clickhouse_settings: { date_time_input_format: 'best_effort', ...settings },
  });

test('answers a ping with and without a statement', async () => {
  expect(await client.ping()).toEqual({ success: true });
  expect(await client.ping({ select: true })).toEqual({ success: true });
});

test('inserts rows, in the database of the URL, and counts them in the summary', async () => {
  const { summary } = await insert([row(1), row(2, 'a "b" \\ {c:String}\nd')]);
  expect(summary?.written_rows).toBe('2');
  expect(await select('SELECT id, name, at FROM fact ORDER BY id')).toEqual([
    { id: 1, name: 'n1', at: '2026-01-02 03:04:05.678' },
    { id: 2, name: 'a "b" \\ {c:String}\nd', at: '2026-01-02 03:04:05.678' },
  ]);
});

test('takes rows once for a deduplication token, whatever they are', async () => {
  const insert_deduplication_token = 'batch-1';
  await insert([row(1), row(2)], { insert_deduplication_token });
  await insert([row(1), row(2)], { insert_deduplication_token });
  await insert([row(3)], { insert_deduplication_token: 'batch-2' });
  expect(await select('SELECT count() AS n FROM fact')).toEqual([{ n: 3 }]);
});

test('takes compressed requests and gives compressed answers', async () => {
  const zipped = createClient({ url: stores.clickhouseUrl, compression: { request: true, response: true } });
  await insert([row(1), row(2)], {}, zipped);
  const answer = await zipped.query({ query: 'SELECT id FROM fact ORDER BY id', format: 'JSONEachRow' });
  expect(await answer.json()).toEqual([{ id: 1 }, { id: 2 }]);
  await zipped.close();
});

test('takes a stream of rows', async () => {
  await client.insert({
    table: 'fact',
    values: Readable.from(Array.from({ length: 500 }, (_, id) => ({ id, name: 'x', at: 0 }))),
    format: 'JSONEachRow',
  });
  expect(await select('SELECT count() AS n, uniqExact(id) AS u FROM fact')).toEqual([{ n: 500, u: 500 }]);
});

test('an insert without rows changes nothing', async () => {
  await insert([]);
  expect(await select('SELECT count() AS n FROM fact')).toEqual([{ n: 0 }]);
});

test('binds parameters of every shape without reading them as SQL', async () => {
  const nasty = `it's \\ "x" \t\n {a:String} ; DROP TABLE fact --`;
  const rows = await select(
    `SELECT {text:String} AS text, {list:Array(String)} AS list, {ids:Array(UInt64)} AS ids, {none:Nullable(String)} AS none,
      {at:DateTime64(3, 'UTC')} AS at, {yes:Bool} AS yes`,
    { text: nasty, list: [nasty, ''], ids: [1, 2], none: null, at: new Date(1_700_000_000_123), yes: true },
  );
  expect(rows).toEqual([
    { text: nasty, list: [nasty, ''], ids: [1, 2], none: null, at: '2023-11-14 22:13:20.123', yes: true },
  ]);
});

test('a parameter left out is an error, also when an earlier statement had it', async () => {
  await expect(select('SELECT {left:String} AS x', { left: 'a' })).resolves.toEqual([{ x: 'a' }]);
  for (let round = 0; round < 4; round += 1) {
    await expect(select('SELECT {left:String} AS x')).rejects.toMatchObject({ code: '456' });
  }
});

test('errors carry the code of the engine', async () => {
  await expect(select('SELECT * FROM missing')).rejects.toMatchObject({ code: '60', type: 'UNKNOWN_TABLE' });
  await expect(select('SELEC')).rejects.toMatchObject({ code: expect.stringMatching(/^(47|62)$/) });
  await expect(insert([{ id: 'x' }])).rejects.toMatchObject({ code: expect.stringMatching(/^\d+$/) });
  expect(await select('SELECT count() AS n FROM fact')).toEqual([{ n: 0 }]);
});

test('a statement beginning with a named comment runs, with settings of its own kept', async () => {
  expect(await select('/* nameOfQuery */ SELECT 1 AS x -- end')).toEqual([{ x: 1 }]);
  const answer = await client.query({
    query: '/* limited */ SELECT number FROM numbers(5) SETTINGS max_block_size = 2',
    format: 'JSON',
    clickhouse_settings: { max_threads: 1 },
  });
  expect((await answer.json()).rows).toBe(5);
});

test('streams a large result in parts', async () => {
  const result = await client.query({ query: 'SELECT number FROM numbers(300000)', format: 'JSONEachRow' });
  let rows = 0;
  let parts = 0;
  for await (const part of result.stream()) {
    parts += 1;
    rows += part.length;
  }
  expect(rows).toBe(300_000);
  expect(parts).toBeGreaterThan(1);
});

test('reads run beside each other and beside a write', async () => {
  const start = performance.now();
  await Promise.all([select('SELECT sleep(1)'), select('SELECT sleep(1)'), insert([row(1)])]);
  expect(performance.now() - start).toBeLessThan(1900);
});

test('a wrong password is refused', async () => {
  const url = new URL(stores.clickhouseUrl);
  url.password = 'wrong';
  const stranger = createClient({ url, log: { level: 127 } });
  await expect(stranger.query({ query: 'SELECT 1' })).rejects.toMatchObject({ code: '516' });
  await stranger.close();
});

test('databases are apart from each other', async () => {
  await insert([row(1)]);
  const other = createClient({ url: sharedStores().clickhouseUrl, log: { level: 127 } });
  await expect(other.query({ query: 'SELECT * FROM fact' })).rejects.toMatchObject({ code: '60' });
  await other.close();
});
