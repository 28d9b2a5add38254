import { getHeapSpaceStatistics } from 'node:v8';
import { collectYoung } from '../../src/infra/garbage';
import { testPool } from '../setup/test-pool';

const db = testPool();

const oldBytes = (): number =>
  getHeapSpaceStatistics().find(({ space_name }) => space_name === 'old_space')?.space_used_size ?? 0;

test('an answer that was forgotten is young garbage', async () => {
  const sql = await db.pool.connect();
  // Some 160 kB of rows.
  const ask = async (): Promise<void> => {
    await sql.query(`SELECT md5(i::text) AS a, md5((i + 1)::text) AS b FROM generate_series(1, 1000) AS i`);
  };
  const grown = async (times: number): Promise<number> => {
    const before = oldBytes();
    for (let count = 0; count < times; count += 1) {
      await ask();
      collectYoung();
    }
    return oldBytes() - before;
  };
  await grown(20);
  // pg's own client: 3.2 MB.
  expect(await grown(20)).toBeLessThan(1_000_000);
  sql.release();
});

test('an error comes from whoever asked, with what the server says of it', async () => {
  const askWrongly = async (): Promise<void> => {
    await db.pool.connect().then(async (sql) => {
      try {
        await sql.query('SELECT * FROM no_such_table');
      } finally {
        sql.release();
      }
    });
  };
  const error = await askWrongly().catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: '42P01', message: expect.stringContaining('no_such_table') });
  expect((error as Error).stack).toContain('forgetful-client.test');
});

test('a query in either form is answered, by a promise or by a call', async () => {
  const sql = await db.pool.connect();
  expect((await sql.query('SELECT $1::text AS said', ['a'])).rows).toEqual([{ said: 'a' }]);
  expect((await sql.query({ text: 'SELECT $1::text AS said', values: ['b'] })).rows).toEqual([{ said: 'b' }]);
  const called = await new Promise((resolve, reject) => {
    sql.query('SELECT $1::text AS said', ['c'], (error, result) => (error ? reject(error) : resolve(result.rows)));
  });
  expect(called).toEqual([{ said: 'c' }]);
  sql.release();
});
