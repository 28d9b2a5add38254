import { createContactListService } from '../../src/contacts/lists/contact-list-service';
import { readBatch } from '../../src/dialer/shell/claim/read-batch';
import { transaction } from '../../src/infra/postgres';
import { startTestApi, type TestApi } from '../setup/api';
import { until } from '../setup/until';
import { openPeople } from './dnc-people';
import { claimOnce } from './gate-world';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());

const STOPPING = `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
  AND query LIKE '/* lock.claims-out */%'`;

it('a list that is stopped waits for the claims in flight, and no later one has it', async () => {
  const { pool, world, caller, campaign, ids, at } = await openPeople(api, 1, 1);
  const { organisationId, laws } = world;
  const { campaignId, listId } = campaign;
  const wanted = ids.map((contactId) => ({ campaignId, contactId }));
  const { database, clock } = api.container;
  const lists = createContactListService({ database, clock });
  let stopped = false;
  const { stop } = await transaction(pool, async (sql) => {
    const batch = await readBatch(sql, { organisationId, wanted, locking: 'CLAIM', now: () => at, laws });
    expect(batch.contacts).toMatchObject([{ listStopped: false }]);
    const asked = lists.stop(caller, listId).then(() => {
      stopped = true;
    });
    await until('the stop waits', async () => (await pool.query(STOPPING)).rowCount === 1, 5_000);
    expect(stopped).toBe(false);
    return { stop: asked };
  });
  await stop;
  expect(await claimOnce(pool, world, campaign, ids, { at })).toEqual([]);
});
