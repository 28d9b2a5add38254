import { lawOf } from '../../src/compliance/law/law-of';
import { ADMIN_TOKEN, startTestApi, type TestApi } from '../setup/api';
import { createClient, type TestClient } from '../setup/graphql-client';
import { seedOrganisation } from '../setup/seed';

interface Answer {
  __typename: string;
  id?: string;
  version?: number;
  code?: string;
  message?: string;
  field?: string;
}

const AT = Date.parse('2026-11-02T12:00:00Z');
const source = { cite: 'Counsel, letter of 1 October 2026' };
const shift = (start: string, end: string) => ({ start, end });
const everyDay = (...shifts: object[]) => ({
  monday: shifts,
  tuesday: shifts,
  wednesday: shifts,
  thursday: shifts,
  friday: shifts,
});

describe('compliance by the api', () => {
  let api: TestApi;
  let admin: TestClient;
  let organisationId: string;

  beforeAll(async () => {
    api = await startTestApi();
    organisationId = await seedOrganisation(api.container.hot, new Date());
    admin = createClient(api.url, ADMIN_TOKEN);
  });
  afterAll(async () => {
    await admin.close();
    await api.close();
  });

  const change = async (action: string, type: string, input: object): Promise<Answer> => {
    const inputType = `${action[0]?.toUpperCase()}${action.slice(1)}Input!`;
    const { made } = await admin.query<{ made: Answer }>(
      `mutation ($input: ${inputType}) { made: ${action}(input: $input) {
        __typename ... on ${type} { id version } ... on Refusal { code message field } } }`,
      { input },
    );
    return made;
  };
  const act = async (action: string, type: string, id: string): Promise<Answer> => {
    const { made } = await admin.query<{ made: Answer }>(
      `mutation ($id: ID!) { made: ${action}(id: $id) { __typename ... on ${type} { id version } ... on Refusal { code } } }`,
      { id },
    );
    return made;
  };
  const profile = (input: object) => change('createComplianceProfile', 'ComplianceProfile', { name: 'Ours', ...input });
  const override = (input: object) =>
    change('createComplianceOverride', 'ComplianceOverride', {
      profile: 'US-FL',
      reason: 'Every person of this list has asked in writing to be called',
      from: '2026-11-01',
      to: '2026-11-30',
      ...input,
    });
  const law = async (codes: string) => {
    const { laws, hot } = api.container;
    return lawOf(codes, AT, await laws.registryOf(hot, organisationId));
  };
  const audited = async (id: string) => {
    const { auditEntries } = await admin.query<{
      auditEntries: { edges: { node: { action: string; entityId: string; actor: string } }[] };
    }>(`query ($id: ID) { auditEntries(first: 50, entityId: $id) { edges { node { action entityId actor } } } }`, {
      id,
    });
    return auditEntries.edges.map(({ node }) => `${node.action} by ${node.actor}`);
  };

  test('shows the shipped law with its sources', async () => {
    const { shipped } = await admin.query<{ shipped: { jurisdiction: string; versions: Record<string, unknown>[] }[] }>(
      `{ shipped: shippedComplianceProfiles { jurisdiction name covers zones versions { from to
        hours { weekly { monday { start end } sunday { start end } } holidays { country region shifts { start } } source { cite url lookedUp } }
        caps { id scope perSubject maximum withinHours source { cite } } minimumRing { seconds source { cite } }
        abandon { limitPercent windowHours monthZone denominator clockStart withinMs scope source { cite lookedUp } }
        lockAfterAbandon { hours unlessAgentGuaranteed source { cite } } message { withinMs elements source { cite } }
        retention { days source { cite lookedUp } } unknownZone { rule source { cite } } } } }`,
    );
    expect(shipped.map(({ jurisdiction }) => jurisdiction)).toEqual(
      expect.arrayContaining(['US', 'US-FL', 'GB', 'CA', 'IN', 'EU', 'DEFAULT']),
    );
    const florida = shipped.find(({ jurisdiction }) => jurisdiction === 'US-FL');
    expect(florida?.versions).toMatchObject([
      {
        from: '2021-07-01',
        hours: { weekly: { monday: [shift('08:00', '20:00')] }, source: { lookedUp: true } },
        caps: [{ id: 'US-FL/3-in-24h', scope: 'PERSON', perSubject: true, maximum: 3, withinHours: 24 }],
      },
    ]);
  });

  test('an own profile narrows the law at once, by version, and is out of force when it is retired', async () => {
    const before = await law('US|US-NY');
    const made = await profile({
      jurisdiction: 'US-NY',
      versions: [
        { from: '2026-01-01', hours: { weekly: everyDay(shift('10:00', '12:00'), shift('14:00', '17:00')), source } },
      ],
    });
    expect(made).toMatchObject({ __typename: 'ComplianceProfile', version: 1 });
    const narrowed = await law('US|US-NY');
    expect(narrowed.profiles).toEqual(['US@2024-10-15', 'OWN:US-NY@2026-01-01']);
    const noon = Date.parse('2026-11-02T17:00:00Z');
    expect(before.callingHours(noon, 'America/New_York').open).toBe(true);
    expect(narrowed.callingHours(noon, 'America/New_York')).toEqual({ open: false, nextAt: noon + 2 * 3_600_000 });
    // It cannot loosen: the shipped hours of Florida end at eight.
    const wide = [{ from: '2026-01-01', hours: { weekly: everyDay(shift('06:00', '23:00')), source } }];
    expect((await profile({ jurisdiction: 'US-FL', versions: wide })).__typename).toBe('ComplianceProfile');
    const half = Date.parse('2026-11-03T01:30:00Z');
    expect((await law('US|US-FL')).callingHours(half, 'America/New_York').open).toBe(false);

    const changed = await change('updateComplianceProfile', 'ComplianceProfile', {
      id: made.id,
      version: 1,
      name: 'New York',
    });
    expect(changed).toMatchObject({ version: 2 });
    expect(
      await change('updateComplianceProfile', 'ComplianceProfile', { id: made.id, version: 1, name: 'x' }),
    ).toMatchObject({
      code: 'VERSION_CONFLICT',
    });
    expect(await profile({ jurisdiction: 'US-NY', versions: wide })).toMatchObject({
      code: 'CONFLICT',
      field: 'jurisdiction',
    });
    await act('retireComplianceProfile', 'ComplianceProfile', made.id as string);
    expect((await law('US|US-NY')).profiles).toEqual(['US@2024-10-15']);
    expect(await audited(made.id as string)).toEqual([
      'create by admin-token',
      'update by admin-token',
      'retire by admin-token',
    ]);
    expect((await profile({ jurisdiction: 'US-NY', versions: wide })).__typename).toBe('ComplianceProfile');
  });

  test.each([
    [
      'overlapping shifts',
      {
        jurisdiction: 'DE',
        versions: [
          {
            from: '2026-01-01',
            hours: { weekly: { monday: [shift('08:00', '12:00'), shift('11:00', '13:00')] }, source },
          },
        ],
      },
      'versions 2026-01-01.hours.weekly.monday 08:00–12:00 overlaps 11:00–13:00',
    ],
    [
      'an unknown zone',
      { jurisdiction: 'DE', zones: ['Europe/Bonn'], versions: [{ from: '2026-01-01' }] },
      'zones.0 Europe/Bonn is not an IANA time zone',
    ],
    [
      'a code that is none',
      { jurisdiction: 'Germany', versions: [{ from: '2026-01-01' }] },
      'jurisdiction Germany is no jurisdiction, e.g. US, US-FL or X-COLLECTIONS',
    ],
    ['no version', { jurisdiction: 'DE', versions: [] }, 'versions must have at least 1 entries'],
    [
      'an end before the start',
      { jurisdiction: 'DE', versions: [{ from: '2026-01-01', to: '2025-01-01' }] },
      'versions 2026-01-01: to 2025-01-01 is before from 2026-01-01',
    ],
    [
      'an unknown calendar',
      {
        jurisdiction: 'DE',
        versions: [{ from: '2026-01-01', hours: { weekly: {}, holidays: { country: 'QQ', shifts: [] }, source } }],
      },
      'versions 2026-01-01.hours.holidays: "QQ" is no country of the holiday calendars',
    ],
  ])('a profile with %s is refused', async (_, input, message) => {
    expect(await profile(input)).toMatchObject({ __typename: 'Refusal', code: 'INVALID_INPUT', message });
  });

  test('an override loosens one rule for its days, says why and ends at once', async () => {
    const caps = [{ id: 'US-FL/5-in-24h', scope: 'PERSON', perSubject: true, maximum: 5, withinHours: 24, source }];
    const made = await override({ rule: { caps } });
    expect(made).toMatchObject({ __typename: 'ComplianceOverride', version: 1 });
    const loosened = await law('US|US-FL');
    expect(loosened.caps).toMatchObject([{ id: 'US-FL/5-in-24h', max: 5 }]);
    expect(loosened.overrides).toEqual([made.id]);
    const { laws, hot } = api.container;
    const registry = await laws.registryOf(hot, organisationId);
    // Neither after its days nor for another state.
    expect(lawOf('US|US-FL', Date.parse('2026-12-01'), registry).caps).toMatchObject([{ max: 3 }]);
    expect(lawOf('US|US-OK', AT, registry).caps).toMatchObject([{ max: 3 }]);
    const { shown } = await admin.query<{ shown: object }>(
      `query ($id: ID!) { shown: complianceOverride(id: $id) { profile rule reason from to endedAt createdBy
        value { caps { id maximum } minimumRing { seconds } } } }`,
      { id: made.id },
    );
    expect(shown).toEqual({
      profile: 'US-FL',
      rule: 'caps',
      reason: 'Every person of this list has asked in writing to be called',
      from: '2026-11-01',
      to: '2026-11-30',
      endedAt: null,
      createdBy: 'admin-token',
      value: { caps: [{ id: 'US-FL/5-in-24h', maximum: 5 }], minimumRing: null },
    });
    expect(await override({ rule: { caps }, from: '2026-11-30', to: '2026-12-05' })).toMatchObject({
      code: 'CONFLICT',
      message: 'another override of caps of US-FL holds from 2026-11-01 to 2026-11-30; end it first',
    });
    await act('endComplianceOverride', 'ComplianceOverride', made.id as string);
    expect((await law('US|US-FL')).caps).toMatchObject([{ max: 3 }]);
    expect(await audited(made.id as string)).toEqual(['create by admin-token', 'end by admin-token']);
  });

  const ring = { minimumRing: { seconds: 12, source } };
  test.each([
    ['no reason', { rule: ring, reason: '' }, 'reason must have at least 10 characters'],
    ['a reason that is none', { rule: ring, reason: '   because   ' }, 'reason must have at least 10 characters'],
    ['no rule', { rule: {} }, /^rule has none; give exactly one of hours, caps/],
    ['two rules', { rule: { ...ring, caps: [] } }, /^rule has caps, minimumRing; give exactly one/],
    [
      'an unknown profile',
      { rule: ring, profile: 'US-NY' },
      /^profile US-NY is no shipped profile, only AU, CA, DEFAULT/,
    ],
    ['an end before its start', { rule: ring, to: '2026-10-31' }, 'to 2026-10-31 is before from 2026-11-01'],
    ['no end in sight', { rule: ring, to: '2030-10-31' }, 'to 2030-10-31 makes 1461 days; at most 366 are allowed'],
    [
      'overlapping shifts',
      { rule: { hours: { weekly: { friday: [shift('08:00', '12:00'), shift('10:00', '13:00')] }, source } } },
      /^rule.hours.weekly.friday 08:00–12:00 overlaps/,
    ],
  ])('an override with %s is refused', async (_, input, message) => {
    const answer = await override(input);
    expect(answer).toMatchObject({ __typename: 'Refusal', code: 'INVALID_INPUT' });
    expect(answer.message).toMatch(
      typeof message === 'string' ? new RegExp(`^${message.replaceAll('.', '\\.')}$`) : message,
    );
  });

  test('only administrators change the law', async () => {
    const { made } = await admin.query<{ made: { secret: string } }>(
      `mutation { made: createApiKey(input: { name: "m", roles: [CAMPAIGN_MANAGER] }) { ... on NewApiKey { secret } } }`,
    );
    const manager = createClient(api.url, made.secret);
    const attempt = manager.query(
      `mutation { createComplianceOverride(input: { profile: "US", rule: {}, reason: "to dial more of them",
        from: "2026-11-01", to: "2026-11-02" }) { __typename } }`,
    );
    await expect(attempt).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await manager.close();
  });
});
