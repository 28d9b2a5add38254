import { newId } from '../../src/infra/ids';
import { noonZone } from '../setup/seed';
import { attemptsOf, QUICK_WORLD, staff, startWorld, until, type World } from './dialer-harness';

let world: World;
beforeAll(async () => {
  world = await startWorld(QUICK_WORLD);
});
afterAll(async () => {
  await world?.close();
});

it('says which gates refuse all that is left, until one may be called again', async () => {
  const at = world.clock.date();
  const zone = noonZone(at);
  const seeded = await world.seed({ contacts: 5, agents: 1, zone });
  const { organisationId, campaignId, listId } = seeded;
  const dncList = newId();
  await world.pool.query(
    `WITH list AS (
       INSERT INTO dnc_list (id, organisation_id, name, kind, country, created_at) VALUES ($1, $2, 'own', 'INTERNAL', 'US', $3))
     INSERT INTO dnc_entry (organisation_id, list_id, kind, value, source, added_by, added_at, expires_at)
     SELECT $2, $1, 'NUMBER', number, 'test', 'test', $3, $3::timestamptz + interval '2 h' FROM contact WHERE list_id = $4`,
    [dncList, organisationId, at, listId],
  );
  const dialer = world.startDialer(seeded.dialerId);
  await dialer.served;
  const stop = await staff(world, seeded);
  await world.send(seeded, 'CAMPAIGN_START', campaignId, {});
  const why = async (): Promise<string[]> => {
    const { rows } = await world.pool.query<{ view: { whyNotDialling: string[] } }>(
      'SELECT view FROM campaign_live WHERE campaign_id = $1',
      [campaignId],
    );
    return rows[0]?.view.whyNotDialling ?? [];
  };
  // Refused by the claim at once, then found waiting by the refill after it.
  const wait = `ALL_CONTACTS_WAIT until ${new Date(at.getTime() + 2 * 3_600_000).toISOString()}`;
  await until('the refusals to be told', async () => {
    const told = await why();
    return told.includes(wait) && told.includes('ALL_REFUSED by DNC 5');
  });
  expect((await why()).slice(0, 2)).toEqual(['NO_CONTACTS', wait]);
  await world.pool.query('DELETE FROM dnc_entry WHERE list_id = $1', [dncList]);
  world.clock.setOffset(2 * 3_600_000 + 1_000);
  await until('all are called', async () => (await attemptsOf(world, seeded)).length === 5);
  await until('nobody is left', async () => (await why()).includes('NO_CONTACTS'));
  expect((await why()).filter((reason) => reason.startsWith('ALL_REFUSED'))).toEqual([]);
  stop();
  await dialer.end();
}, 60_000);
