import { getHeapSpaceStatistics } from 'node:v8';
import { collectYoung } from '../../src/infra/garbage';
import { withConnection } from '../../src/infra/postgres';
import { testPool } from '../setup/test-pool';

const db = testPool();

const oldBytes = (): number =>
  getHeapSpaceStatistics().find(({ space_name }) => space_name === 'old_space')?.space_used_size ?? 0;

test('an answer that was forgotten is young garbage', async () => {
  const grown = await withConnection(db.pool, async (sql) => {
    const askAndForget = async (times: number): Promise<number> => {
      const before = oldBytes();
      for (let count = 0; count < times; count += 1) {
        // Some 160 kB of rows.
        await sql.query(`SELECT md5(i::text) AS a, md5((i + 1)::text) AS b FROM generate_series(1, 1000) AS i`);
        collectYoung();
      }
      return oldBytes() - before;
    };
    await askAndForget(20);
    return askAndForget(20);
  });
  // With pg's own client it is all of them: 3.2 MB.
  expect(grown).toBeLessThan(1_000_000);
});

test('an error comes from whoever asked, with what the server says of it', async () => {
  const askWrongly = (): Promise<unknown> =>
    withConnection(db.pool, async (sql) => {
      await sql.query('SELECT * FROM no_such_table');
    });
  const error = await askWrongly().catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: '42P01', message: expect.stringContaining('no_such_table') });
  expect((error as Error).stack).toContain('forgetful-client.test');
});

test('a query in either form is answered, by a promise or by a call', async () => {
  const said = await withConnection(db.pool, async (sql) => {
    const byText = await sql.query('SELECT $1::text AS said', ['a']);
    const byConfig = await sql.query({ text: 'SELECT $1::text AS said', values: ['b'] });
    const byCall = await new Promise<typeof byText>((resolve, reject) => {
      sql.query('SELECT $1::text AS said', ['c'], (error, result) => (error ? reject(error) : resolve(result)));
    });
    return [byText, byConfig, byCall].map(({ rows }) => rows);
  });
  expect(said).toEqual([[{ said: 'a' }], [{ said: 'b' }], [{ said: 'c' }]]);
});
