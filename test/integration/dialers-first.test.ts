import { DIALER_CONNECTION, dialersFirst } from '../../src/infra/dialers-first';
import { createPool } from '../../src/infra/postgres';
import { testPool } from '../setup/test-pool';

const db = testPool();

test('waits while a dialer is in a transaction, and not for ever', async () => {
  const { databaseUrl } = db.stores;
  const dialer = createPool({ url: databaseUrl, applicationName: `${DIALER_CONNECTION}d:1`, max: 1 });
  const looks = jest.spyOn(db.pool, 'query');
  const looked = async (): Promise<number> => {
    looks.mockClear();
    await dialersFirst(db.pool);
    return looks.mock.calls.length;
  };
  expect(await looked()).toBe(1);
  const sql = await dialer.connect();
  await sql.query('BEGIN');
  expect(await looked()).toBe(12);
  const waiting = looked();
  await sql.query('COMMIT');
  expect(await waiting).toBeLessThan(12);
  expect(await looked()).toBe(1);
  sql.release();
  await dialer.end();
});
