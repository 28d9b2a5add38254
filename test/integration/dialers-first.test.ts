import { DIALER_CONNECTION, dialersFirst } from '../../src/infra/dialers-first';
import { createPool } from '../../src/infra/postgres';
import { testPool } from '../setup/test-pool';

const db = testPool();

test('waits while a dialer is in a transaction, and not for ever', async () => {
  const { databaseUrl } = db.stores;
  const dialer = createPool({ url: databaseUrl, applicationName: `${DIALER_CONNECTION}d:1`, max: 1 });
  // With it whoever waits gives up at once.
  const impatient = () => dialersFirst(db.pool, AbortSignal.abort());
  await impatient();
  const sql = await dialer.connect();
  await sql.query('BEGIN');
  await expect(impatient()).rejects.toMatchObject({ name: 'AbortError' });
  await dialersFirst(db.pool);
  await sql.query('COMMIT');
  await impatient();
  sql.release();
  await dialer.end();
});
