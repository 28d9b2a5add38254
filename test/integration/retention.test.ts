import { change, Refused } from '../../src/api-client/change';
import { purgeOrganisation, purgesDue } from '../../src/compliance/retention/purge';
import { newId } from '../../src/infra/ids';
import { ADMIN_TOKEN, startTestApi, type TestApi } from '../setup/api';
import { createClient, type TestClient } from '../setup/graphql-client';
import { type Seeded, seedCampaign, seedOrganisation } from '../setup/seed';

const DAY = 86_400_000;

let api: TestApi;
let admin: TestClient;
let campaign: Seeded;
let organisationId: string;

beforeAll(async () => {
  api = await startTestApi();
  organisationId = await seedOrganisation(api.container.hot, new Date());
  campaign = await seedCampaign(api.container.hot, { at: ago(3_000), organisationId, contacts: 6 });
  admin = createClient(api.url, ADMIN_TOKEN);
});
afterAll(async () => {
  await admin.close();
  await api.close();
});

const ago = (days: number): Date => new Date(api.container.clock.now() - days * DAY);

const set = (retentionDays: number | null) =>
  change<{ retentionDays: number | null }>(admin, 'Retention', 'setRetention(input: $input)', 'retentionDays', {
    input: { type: 'SetRetentionInput!', value: { retentionDays } },
  });

const refusalOf = async (days: number): Promise<string> => {
  const error = await set(days).then(
    () => new Error('it was not refused'),
    (cause: unknown) => cause,
  );
  if (!(error instanceof Refused)) throw error;
  expect(error).toMatchObject({ code: 'INVALID_INPUT', field: 'retentionDays' });
  return error.message;
};

const under = (law: string) =>
  api.container.hot.query('UPDATE campaign_contact SET law = $2 WHERE campaign_id = $1', [campaign.campaignId, law]);

/** An attempt so many days old, under a law, of the n-th contact. */
const attempt = async (days: number, law: string, contact: number, outcome: string | null = 'BUSY') => {
  const { campaignId, listId, dialerId } = campaign;
  const contactId = (await contacts())[contact];
  await api.container.hot.query(
    `WITH judged AS (
       INSERT INTO verdict (organisation_id, id, words, used_on) VALUES ($2, $1, '{}', ($9::timestamptz AT TIME ZONE 'UTC')::date)
     ), standing AS (
       UPDATE campaign_contact SET last_attempt_id = $1 WHERE campaign_id = $3 AND contact_id = $5
     )
     INSERT INTO call_attempt (id, organisation_id, campaign_id, list_id, contact_id, dialer_id, epoch, number, mode, zone, caller_id,
       attempt_no, covered, claimed_at, not_after, phase, verdict_id, outcome, law)
     VALUES ($1, $2, $3, $4, $5, $6, 1, $7, $8, 'UTC', '+12025550100', 1, true, $9, $9, $10, $1, $11, $12)`,
    [
      ...[
        newId(),
        organisationId,
        campaignId,
        listId,
        contactId,
        dialerId,
        `+1202555${contact}${days}`,
        `${law} ${days}`,
      ],
      ...[ago(days), outcome === null ? 'CLAIMED' : 'ENDED', outcome, law],
    ],
  );
};

let known: number[] | undefined;
const contacts = async (): Promise<number[]> => {
  known ??= (
    await api.container.hot.query<{ id: number }>('SELECT id FROM contact WHERE list_id = $1 ORDER BY id', [
      campaign.listId,
    ])
  ).rows.map(({ id }) => id);
  return known;
};

const left = async (): Promise<string[]> => {
  const { rows } = await api.container.hot.query<{ mode: string }>(
    'SELECT mode FROM call_attempt WHERE organisation_id = $1 ORDER BY claimed_at',
    [organisationId],
  );
  return rows.map(({ mode }) => mode);
};

test('less than the law of those who are called demands is refused, with the minimum and its source', async () => {
  // Nothing is known of the contacts' law: the default holds.
  expect(await refusalOf(1_826)).toBe(
    'retentionDays 1826 is too short: DEFAULT@1970-01-01 demands at least 1827 days (House rule: as US 16 CFR 310.5)',
  );
  await under('GB');
  expect(await refusalOf(183)).toBe(
    'retentionDays 183 is too short: GB@2017-03-01 demands at least 184 days (Ofcom: records for six months)',
  );
  expect(await set(184)).toMatchObject({ retentionDays: 184 });
  await api.container.hot.query('UPDATE campaign_contact SET law = $2 WHERE contact_id = $1', [
    (await contacts())[0],
    'CA|GB',
  ]);
  expect(await refusalOf(1_095)).toContain('CA@2008-09-30 demands at least 1096 days');
  expect(await refusalOf(29)).toContain('retentionDays 29 is outside 30–36600 days');
  const { retention } = await admin.query<{ retention: object }>(
    '{ retention { retentionDays least { days profile } } }',
  );
  expect(retention).toEqual({ retentionDays: 184, least: { days: 1_096, profile: 'CA@2008-09-30' } });
});

test('what is older is removed, each attempt not before the law it was made under lets it be', async () => {
  const { hot, clock, laws } = api.container;
  await under('GB');
  // Every one of these is older than the organisation keeps.
  for (const [days, law, contact] of [
    [185, 'GB', 0],
    [1_000, 'CA', 1],
    [1_100, 'CA', 2],
    [1_100, 'US|US-FL', 3],
    [1_900, 'US|US-FL', 4],
  ] as const) {
    await attempt(days, law, contact);
  }
  await attempt(100, 'GB', 4);
  await attempt(1_150, 'GB', 5, null);
  await hot.query(
    `UPDATE campaign_contact SET state = 'CLOSED' WHERE campaign_id = $1 AND contact_id <> ALL($2::bigint[])`,
    [campaign.campaignId, [(await contacts())[2]]],
  );
  const ledger = `INSERT INTO abandon_ledger (campaign_id, minute, organisation_id, live_answers) VALUES ($1, $2, $3, 7)`;
  await hot.query(ledger, [campaign.campaignId, ago(2_000), organisationId]);
  await hot.query(
    `INSERT INTO callback (id, organisation_id, campaign_id, contact_id, from_at, until_at, fallback, state, ended_at, created_by, created_at)
     SELECT gen_random_uuid(), $1, $2, 1, at, at, 'CLOSE', state, at, 'test', at
     FROM (VALUES ($3::timestamptz, 'DONE'), ($4::timestamptz, 'DONE'), ($3::timestamptz, 'SCHEDULED')) AS v(at, state)`,
    [organisationId, campaign.campaignId, ago(185), ago(183)],
  );
  expect(await purgesDue(hot, clock.now())).toEqual([{ organisationId }]);
  // Of the contacts: 0 has nothing left. 1 has its attempt, 2 waits for a call, 3, 4 and 5 have attempts.
  expect(await purgeOrganisation({ pool: hot, clock, laws }, organisationId)).toEqual({
    attempts: 3,
    callbacks: 1,
    contacts: 1,
  });
  expect(await left()).toEqual(['GB 1150', 'US|US-FL 1100', 'CA 1000', 'GB 100']);
  const { rows } = await hot.query<{ id: number }>('SELECT id FROM contact WHERE list_id = $1 ORDER BY id', [
    campaign.listId,
  ]);
  expect(rows.map(({ id }) => id)).toEqual((await contacts()).slice(1));
  // Of the attempts that were removed all but the oldest are younger than one that is left, if only because it has not ended.
  const verdicts = await hot.query<{ referred: number; others: number }>(
    `SELECT count(a.id)::int AS referred, count(*) FILTER (WHERE a.id IS NULL)::int AS others
     FROM verdict v LEFT JOIN call_attempt a ON a.verdict_id = v.id WHERE v.organisation_id = $1`,
    [organisationId],
  );
  expect(verdicts.rows).toEqual([{ referred: 4, others: 2 }]);
  const counted = await hot.query('SELECT contacts FROM contact_list WHERE id = $1', [campaign.listId]);
  expect(counted.rows).toEqual([{ contacts: 5 }]);
  const kept = await hot.query('SELECT live_answers FROM abandon_ledger WHERE organisation_id = $1', [organisationId]);
  expect(kept.rows).toEqual([{ live_answers: 7 }]);
  const audited = await hot.query(`SELECT after FROM audit_entry WHERE organisation_id = $1 AND action = 'purge'`, [
    organisationId,
  ]);
  expect(audited.rows).toEqual([{ after: { retentionDays: 184, attempts: 3, callbacks: 1, contacts: 1 } }]);
  expect(await purgesDue(hot, clock.now())).toEqual([]);
  expect(await purgesDue(hot, clock.now() + DAY)).toEqual([{ organisationId }]);
  await set(null);
  expect(await purgesDue(hot, clock.now() + DAY)).toEqual([]);
  expect(await purgeOrganisation({ pool: hot, clock, laws }, organisationId)).toBeUndefined();
});
