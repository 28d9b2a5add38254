import { LawBook } from '../../src/compliance/own/law-book';
import { missCallbacks } from '../../src/contacts/callbacks/miss-callbacks';
import { applyRetries } from '../../src/contacts/retry/apply-retries';
import { rankCampaign } from '../../src/contacts/selection/rank-campaign';
import type { Seeded } from '../setup/seed';
import { type Answer, type Callbacks, iso, noon, now, startCallbacks } from './callback-harness';

let on: Callbacks;
beforeAll(async () => {
  on = await startCallbacks();
});
afterAll(() => on?.close());

describe('one that is for one agent', () => {
  const personal = async (seeded: Seeded, more: object = {}, index = 0): Promise<Answer> => {
    const contactId = String((await on.standing(seeded))[index].contact_id);
    const agentId = seeded.agents[0]?.id;
    return on.schedule({
      campaignId: seeded.campaignId,
      contactId,
      from: iso(noon),
      kind: 'PERSONAL',
      agentId,
      ...more,
    });
  };

  test('is the agent’s until the last part of its window, or as long as it stands', async () => {
    const seeded = await on.seed(2);
    const agentId = seeded.agents[0]?.id;
    expect(await personal(seeded)).toMatchObject({ kind: 'PERSONAL', ifAway: 'ANYONE', agentId });
    const until = iso(noon.plus({ minutes: 6 }));
    expect(await personal(seeded, { until }, 1)).toMatchObject({ state: 'SCHEDULED' });
    expect(await on.standing(seeded)).toMatchObject([
      { callback_agent_id: agentId, callback_anyone_at: noon.plus({ minutes: 20 }).toJSDate() },
      { callback_agent_id: agentId, callback_anyone_at: noon.plus({ minutes: 4 }).toJSDate() },
    ]);
    expect(await personal(seeded, { ifAway: 'WAIT' })).toMatchObject({ ifAway: 'WAIT' });
    expect((await on.standing(seeded))[0]).toMatchObject({ callback_agent_id: agentId, callback_anyone_at: null });
    // Replaced by one for anyone.
    expect(await personal(seeded, { kind: 'ANYONE', agentId: undefined })).toMatchObject({
      kind: 'ANYONE',
      ifAway: null,
    });
    expect((await on.standing(seeded))[0]).toMatchObject({ callback_agent_id: null, callback_anyone_at: null });
  });

  test('is refused without an agent who could make it', async () => {
    const seeded = await on.seed(1);
    const other = await on.seed(1);
    const stranger = other.agents[0]?.id;
    const { rows } = await on.pool.query('SELECT name FROM campaign WHERE id = $1', [seeded.campaignId]);
    const refusals: [object, string, string][] = [
      [{ agentId: undefined }, 'agentId', 'agentId must be given: no agent has had the call'],
      [{ kind: 'ANYONE' }, 'agentId', 'agentId belongs to kind PERSONAL: leave it out with kind ANYONE'],
      [
        { kind: 'ANYONE', agentId: undefined, ifAway: 'WAIT' },
        'ifAway',
        'ifAway belongs to kind PERSONAL: leave it out with kind ANYONE',
      ],
      [{ agentId: 'ada' }, 'agentId', 'agentId is not an id'],
      [{ agentId: other.campaignId }, 'agentId', `agent ${other.campaignId} does not exist`],
      [{ agentId: stranger }, 'agentId', `is in none of the teams of campaign "${rows[0].name}"`],
    ];
    for (const [more, field, message] of refusals) {
      expect(await personal(seeded, more)).toMatchObject({ field, message: expect.stringContaining(message) });
    }
    await expect(personal(seeded, { kind: 'SOMEBODY' })).rejects.toThrow('CallbackKind');
    await on.pool.query(
      `UPDATE campaign_group SET pacing_mode = 'PROGRESSIVE_IVR', pacing = '{"dialingRate": 1, "ivrPorts": 2}' WHERE id = $1`,
      [seeded.groupId],
    );
    expect((await personal(seeded)).message).toMatch(
      /^kind PERSONAL is not possible: campaign ".*" has ports, not agents$/,
    );
    expect(await on.states(seeded)).toEqual([]);
  });

  test('is promised by an agent for itself alone, as many as the campaign allows', async () => {
    const seeded = await on.seed(2);
    await on.pool.query('UPDATE campaign SET callback_limit_per_agent = 1 WHERE id = $1', [seeded.campaignId]);
    const attemptId = await on.attempt(seeded, 'LIVE_VOICE', true);
    const [own, foreign] = seeded.agents.map(({ id }) => id);
    const given = { attemptId, from: noon.toJSDate(), kind: 'PERSONAL' };
    await expect(on.service().schedule(on.asAgent(seeded), { ...given, agentId: foreign })).rejects.toMatchObject({
      message: `agentId ${foreign} is not yours: an agent promises calls of its own; leave it out`,
    });
    expect(await on.service().schedule(on.asAgent(seeded), given)).toMatchObject({ kind: 'PERSONAL', agentId: own });
    await applyRetries(on.pool, seeded, () => now);
    expect((await on.standing(seeded))[0]).toMatchObject({ state: 'READY', callback_agent_id: own });
    expect(await personal(seeded, {}, 1)).toMatchObject({ code: 'CONFLICT', field: 'agentId' });
    // Kept by whoever reached the person.
    await on.attempt(seeded, 'LIVE_VOICE', true);
    await applyRetries(on.pool, seeded, () => now);
    expect((await on.standing(seeded))[0]).toMatchObject({
      state: 'CLOSED',
      callback_agent_id: null,
      callback_anyone_at: null,
    });
    expect(await on.counts(seeded)).toMatchObject({ done: 1 });
  });

  test('is the agent’s again on the next business day, and nobody’s once it is over', async () => {
    const seeded = await on.seed(2);
    const agentId = seeded.agents[0]?.id;
    await personal(seeded, { fallback: 'NEXT_BUSINESS_DAY' });
    await personal(seeded, { fallback: 'QUEUE', ifAway: 'WAIT' }, 1);
    // Nobody came to it: anyone may have been asked meanwhile.
    await on.pool.query(
      'UPDATE campaign_contact SET callback_agent_id = NULL, callback_anyone_at = NULL WHERE campaign_id = $1',
      [seeded.campaignId],
    );
    await missCallbacks(on.pool, new LawBook(), () => noon.plus({ minutes: 30 }).toJSDate());
    const next = noon.plus({ days: 1 });
    expect(await on.standing(seeded)).toMatchObject([
      {
        due_at: next.toJSDate(),
        callback_agent_id: agentId,
        callback_anyone_at: next.plus({ minutes: 20 }).toJSDate(),
      },
      { priority: 100, callback_id: null, callback_agent_id: null, callback_anyone_at: null },
    ]);
    expect(await on.states(seeded)).toEqual(['MISSED', 'MISSED', 'SCHEDULED']);
  });
});

test('a promise goes before the campaign’s filter, as long as it stands', async () => {
  const seeded = await on.seed(2);
  await on.pool.query(`UPDATE campaign SET contact_filter_path = '$.first_name == "Nobody"' WHERE id = $1`, [
    seeded.campaignId,
  ]);
  await on.pool.query('UPDATE campaign_contact SET filtered_out = true WHERE campaign_id = $1', [seeded.campaignId]);
  const [contact] = await on.standing(seeded);
  const of = { campaignId: seeded.campaignId, contactId: String(contact.contact_id) };
  const { id } = await on.schedule({ ...of, from: iso(noon) });
  const leftOut = async () => (await on.standing(seeded)).map((row) => row.filtered_out);
  expect(await leftOut()).toEqual([false, true]);
  // The filter is followed to its end: whoever was promised a call stays in.
  await on.pool.query(
    `INSERT INTO campaign_ranking (campaign_id, organisation_id, version, started_at) VALUES ($1, $2, 1, $3)`,
    [seeded.campaignId, on.organisationId, now],
  );
  const { pool, organisationId } = on;
  const { clock, pubsub } = on.api.container;
  expect(await rankCampaign({ pool, clock, pubsub }, { organisationId, campaignId: seeded.campaignId })).toBe(true);
  expect(await leftOut()).toEqual([false, true]);
  await on.service().cancel({ ...on.asAgent(seeded), roles: ['CAMPAIGN_MANAGER'] }, { id, reason: 'asked for it' });
  expect(await leftOut()).toEqual([true, true]);
});
