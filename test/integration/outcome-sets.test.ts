import type { Pool } from 'pg';
import { applyRetries } from '../../src/contacts/retry/apply-retries';
import { dispose } from '../../src/contacts/retry/disposition';
import { transaction } from '../../src/infra/postgres';
import { ADMIN_TOKEN, startTestApi, type TestApi } from '../setup/api';
import { createClient, type TestClient } from '../setup/graphql-client';
import { type Seeded, seedCampaign, seedOrganisation } from '../setup/seed';
import { seedAttempts } from './reporting-facts';

const at = new Date('2026-05-04T15:00:00.000Z');
const endedAt = new Date('2026-05-04T15:00:30.000Z');
const later = (minutes: number) => new Date(endedAt.getTime() + minutes * 60_000);

let api: TestApi;
let admin: TestClient;
let pool: Pool;
let organisationId: string;

interface Made {
  __typename: string;
  id: string;
  version: number;
  message?: string;
  field?: string;
}

const change = async (action: 'create' | 'update', type: string, input: object): Promise<Made> => {
  const name = action + type;
  const { made } = await admin.query<{ made: Made }>(
    `mutation ($input: ${name[0]?.toUpperCase()}${name.slice(1)}Input!) { made: ${name}(input: $input) {
       __typename ... on ${type} { id version } ... on Refusal { message field } } }`,
    { input },
  );
  return made;
};

beforeAll(async () => {
  api = await startTestApi();
  pool = api.container.hot;
  organisationId = await seedOrganisation(pool, at);
  admin = createClient(api.url, ADMIN_TOKEN);
});

afterAll(async () => {
  await admin?.close();
  await api?.close();
});

describe('sets by the api', () => {
  test('a copy of the primary set has its own rules, the others stay', async () => {
    const rules = [
      {
        outcome: 'BUSY',
        action: 'RETRY',
        delayMinutes: 10,
        backOffMultiplier: 2,
        maxDelayMinutes: 240,
        nextMode: 'NEXT',
      },
      { outcome: 'UNREACHABLE', action: 'CLOSE' },
    ];
    const made = await change('create', 'TelephonyOutcomeSet', { name: 'Evenings', rules });
    expect(made.__typename).toBe('TelephonyOutcomeSet');
    const changed = await change('update', 'TelephonyOutcomeSet', {
      id: made.id,
      version: 1,
      rules: [{ outcome: 'MACHINE', action: 'RETRY', countsAsAttempt: false, uncountedLimit: 4, delayMinutes: 120 }],
    });
    expect(changed).toMatchObject({ version: 2 });
    const read = await admin.query<Record<'set' | 'primary', { rules: { outcome: string }[] } & { outcome: string }[]>>(
      `query ($id: ID!) { set: telephonyOutcomeSet(id: $id) { name rules { outcome action countsAsAttempt delayMinutes
          backOffMultiplier maxDelayMinutes nextMode uncountedLimit } }
        primary: primaryOutcomeRules { outcome action delayMinutes } }`,
      { id: made.id },
    );
    const ruleOf = (outcome: string) => read.set.rules.find((rule) => rule.outcome === outcome);
    expect(read.set.rules).toHaveLength(23);
    expect(read.primary).toHaveLength(23);
    expect(ruleOf('BUSY')).toMatchObject({
      delayMinutes: 10,
      backOffMultiplier: 2,
      maxDelayMinutes: 240,
      nextMode: 'NEXT',
    });
    expect(ruleOf('UNREACHABLE')).toMatchObject({ action: 'CLOSE', delayMinutes: null });
    expect(ruleOf('MACHINE')).toMatchObject({ countsAsAttempt: false, uncountedLimit: 4 });
    expect(ruleOf('NO_ANSWER')).toMatchObject({ action: 'RETRY', countsAsAttempt: true, delayMinutes: 60 });
  });

  test.each([
    [
      { outcome: 'CONGESTION', action: 'RETRY', countsAsAttempt: false },
      'rules.CONGESTION.uncountedLimit must be given, 1–100: what never counts as an attempt would be retried for ever',
    ],
    [
      { outcome: 'BUSY', action: 'RETRY', delayMinutes: 50_000 },
      'rules.0.delayMinutes 50000 is outside 0–43200 minutes',
    ],
    [{ outcome: 'BUSY', action: 'RETRY', backOffMultiplier: 0.5 }, 'rules.0.backOffMultiplier 0.5 is outside 1–10'],
    [
      { outcome: 'BUSY', action: 'CLOSE', delayMinutes: 5 },
      'rules.BUSY.delayMinutes belongs to RETRY and not to CLOSE',
    ],
  ])('a set with %j is refused', async (rule, message) => {
    expect(await change('create', 'TelephonyOutcomeSet', { name: 'Bad', rules: [rule] })).toMatchObject({ message });
  });

  test('at most a hundred sets', async () => {
    await pool.query(
      `INSERT INTO telephony_outcome_set (id, organisation_id, name, created_at)
       SELECT gen_random_uuid(), $1, 'Filler ' || n, $2 FROM generate_series(1, 100 - (SELECT count(*)::integer FROM telephony_outcome_set WHERE organisation_id = $1)) n`,
      [organisationId, at],
    );
    const message = 'the organisation has 100 of these already, the most it may have';
    expect(await change('create', 'TelephonyOutcomeSet', { name: 'One more' })).toMatchObject({ message });
    await pool.query(`DELETE FROM telephony_outcome_set WHERE name LIKE 'Filler %'`);
  });

  test('wrap-up codes name business outcomes of their group', async () => {
    const group = await change('create', 'BusinessOutcomeGroup', {
      name: 'Sales',
      outcomes: [
        { name: 'Sale', kind: 'SUCCESS', rightParty: true },
        { name: 'No sale', kind: 'FAILURE', rightParty: true },
      ],
    });
    const codes = [{ code: 'SOLD', action: 'CLOSE', businessOutcome: 'Sale' }];
    expect(await change('create', 'WrapUpCodeSet', { name: 'A', codes })).toMatchObject({
      field: 'businessOutcomeGroupId',
      message: 'businessOutcomeGroupId must be given: code "SOLD" names a business outcome',
    });
    const of = { businessOutcomeGroupId: group.id };
    const wrong = [{ code: 'SOLD', action: 'CLOSE', businessOutcome: 'Hit' }];
    expect(await change('create', 'WrapUpCodeSet', { name: 'A', ...of, codes: wrong })).toMatchObject({
      message: 'code "SOLD" names business outcome "Hit": group "Sales" has Sale, No sale',
    });
    const twice = [...codes, { code: 'SOLD', action: 'DO_NOT_CALL' }];
    expect(await change('create', 'WrapUpCodeSet', { name: 'A', ...of, codes: twice })).toMatchObject({
      message: 'codes has "SOLD" twice',
    });
    expect(await change('create', 'WrapUpCodeSet', { name: 'A', ...of, codes })).toMatchObject({ version: 1 });
    const less = { id: group.id, version: 1, outcomes: [{ name: 'No sale', kind: 'FAILURE' }] };
    expect(await change('update', 'BusinessOutcomeGroup', less)).toMatchObject({
      message: 'outcome "Sale" is used by wrap-up code set "A": take it out there first',
    });
  });
});

describe('what follows from them', () => {
  let seeded: Seeded;
  let ids: string[];

  const codes = [
    { code: 'SOLD', action: 'CLOSE' },
    { code: 'LATER', action: 'RETRY', delayMinutes: 240 },
    { code: 'NEVER', action: 'DO_NOT_CALL' },
  ];

  /** Ended attempts, each of its contact's first, that await the next step. */
  const end = async (specs: { outcome: string; q850?: number; talked?: boolean }[]): Promise<void> => {
    const { rows } = await pool.query<{ contact_id: number }>(
      `SELECT contact_id FROM campaign_contact WHERE campaign_id = $1 ORDER BY contact_id`,
      [seeded.campaignId],
    );
    const agentId = seeded.agents[0]?.id;
    const attempts = specs.map((spec, index) => ({
      claimedAt: at,
      endedAt,
      outcome: spec.outcome,
      contactId: rows[index]?.contact_id,
      ...(spec.talked && { connectedAt: at, agentId }),
    }));
    ids = await seedAttempts(pool, seeded, attempts as Parameters<typeof seedAttempts>[2], at);
    await pool.query(
      `UPDATE call_attempt a SET q850 = n.q FROM unnest($1::uuid[], $2::int[]) n (id, q) WHERE a.id = n.id`,
      [ids, specs.map((spec) => spec.q850 ?? null)],
    );
    await pool.query(
      `UPDATE campaign_contact cc SET state = 'AWAITING_RETRY', last_outcome = a.outcome, last_attempt_id = a.id
       FROM call_attempt a WHERE a.id = ANY($1::uuid[]) AND cc.campaign_id = a.campaign_id AND cc.contact_id = a.contact_id`,
      [ids],
    );
  };
  const standing = async () =>
    (
      await pool.query(
        `SELECT state, attempts, due_at, close_reason, close_after FROM campaign_contact WHERE campaign_id = $1 ORDER BY contact_id`,
        [seeded.campaignId],
      )
    ).rows;
  const say = (index: number, code: string, minutes = 1) =>
    transaction(pool, (sql) =>
      dispose(sql, {
        organisationId,
        attemptId: ids[index] as string,
        agentId: seeded.agents[0]?.id as string,
        code,
        at: later(minutes),
      }),
    );
  const apply = (minutes = 1) => applyRetries(pool, seeded, () => later(minutes));

  const choose = async (contacts: number): Promise<void> => {
    seeded = await seedCampaign(pool, { at, contacts, organisationId });
    const rules = [
      { outcome: 'BUSY', action: 'RETRY', delayMinutes: 15 },
      { outcome: 'UNREACHABLE', action: 'CLOSE' },
    ];
    const set = await change('create', 'TelephonyOutcomeSet', { name: `Set ${seeded.campaignId}`, rules });
    const wrap = await change('create', 'WrapUpCodeSet', { name: `Codes ${seeded.campaignId}`, codes });
    const chosen = { id: seeded.campaignId, version: 1, telephonyOutcomeSetId: set.id, wrapUpCodeSetId: wrap.id };
    expect(await change('update', 'Campaign', chosen)).toMatchObject({ version: 2 });
  };

  test('the campaign’s set decides, by the outcome as far as the network tells it', async () => {
    await choose(3);
    await end([{ outcome: 'BUSY' }, { outcome: 'NO_ANSWER', q850: 20 }, { outcome: 'NO_ANSWER', q850: 19 }]);
    await apply();
    expect(await standing()).toMatchObject([
      { state: 'READY', attempts: 1, due_at: later(15) },
      { state: 'CLOSED', close_reason: 'UNREACHABLE' },
      { state: 'READY', due_at: later(60) },
    ]);
  });

  test('after a conversation the wrap-up code decides, and a later one decides anew', async () => {
    await choose(3);
    await end([1, 2, 3].map(() => ({ outcome: 'LIVE_VOICE', talked: true })));
    await say(0, 'SOLD');
    await say(1, 'LATER');
    await say(2, 'NEVER');
    await apply();
    expect(await standing()).toMatchObject([
      { state: 'CLOSED', close_reason: 'WRAP_UP', attempts: 1 },
      { state: 'READY', due_at: later(240), attempts: 1 },
      { state: 'CLOSED', close_reason: 'OPTED_OUT' },
    ]);
    const { rows } = await pool.query(
      `SELECT o.source, o.reason, o.added_by FROM phone_number p JOIN call_attempt a USING (organisation_id, number)
       JOIN opt_out o ON o.organisation_id = p.organisation_id AND o.value = p.number
       WHERE a.id = $1 AND opted_out_at = $2`,
      [ids[2], later(1)],
    );
    expect(rows).toEqual([{ source: 'DESKTOP', reason: 'wrap-up NEVER', added_by: `agent:${seeded.agents[0]?.id}` }]);
    // Corrected an hour later; the opt-out is not taken back by that.
    await say(0, 'LATER', 61);
    await say(1, 'SOLD', 61);
    await say(2, 'LATER', 61);
    await apply(61);
    expect(await standing()).toMatchObject([
      { state: 'READY', due_at: later(240), attempts: 1, close_reason: null },
      { state: 'CLOSED', close_reason: 'WRAP_UP', attempts: 1 },
      { state: 'CLOSED', close_reason: 'OPTED_OUT' },
    ]);
    const said = await pool.query('SELECT wrap_up_code, wrapped_up_at FROM call_attempt WHERE id = $1', [ids[0]]);
    expect(said.rows).toEqual([{ wrap_up_code: 'LATER', wrapped_up_at: later(1) }]);
  });

  test('an attempt already claimed goes on; the contact is closed after it', async () => {
    await choose(1);
    await end([{ outcome: 'LIVE_VOICE', talked: true }]);
    await say(0, 'LATER');
    await apply();
    const first = ids[0] as string;
    const [next] = await seedAttempts(
      pool,
      seeded,
      [{ claimedAt: later(240), endedAt: later(241), outcome: 'BUSY', contactId: await contactOf(first) }],
      later(240),
    );
    const fly = `UPDATE campaign_contact SET state = $2, last_attempt_id = $3, last_outcome = 'BUSY' WHERE campaign_id = $1`;
    await pool.query(fly, [seeded.campaignId, 'IN_FLIGHT', next]);
    await say(0, 'SOLD', 240);
    expect(await standing()).toMatchObject([{ state: 'IN_FLIGHT', close_after: 'WRAP_UP' }]);
    await pool.query(fly, [seeded.campaignId, 'AWAITING_RETRY', next]);
    await apply(241);
    expect(await standing()).toMatchObject([
      { state: 'CLOSED', close_reason: 'WRAP_UP', attempts: 2, close_after: null },
    ]);
  });

  const contactOf = async (attemptId: string): Promise<number> =>
    (await pool.query<{ id: number }>('SELECT contact_id AS id FROM call_attempt WHERE id = $1', [attemptId])).rows[0]
      ?.id as number;

  test('a code that the set does not have is refused, with those it has', async () => {
    await choose(1);
    await end([{ outcome: 'LIVE_VOICE', talked: true }]);
    await expect(say(0, 'SALE')).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      field: 'code',
      message: expect.stringMatching(
        /^code "SALE" is not in wrap-up code set ".*" of the campaign: it has SOLD, LATER, NEVER$/,
      ),
    });
    expect(await standing()).toMatchObject([{ state: 'AWAITING_RETRY' }]);
  });
});
