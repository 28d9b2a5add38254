import { ADMIN_TOKEN, startTestApi, type TestApi } from '../setup/api';
import { type BuiltCampaign, buildCampaign, makeRecord } from '../setup/build-campaign';
import { createClient, type TestClient } from '../setup/graphql-client';
import { seedOrganisation } from '../setup/seed';

interface Refused {
  __typename: string;
  code?: string;
  message?: string;
  field?: string | null;
  id?: string;
  version?: number;
}

describe('records by the api', () => {
  let api: TestApi;
  let admin: TestClient;
  let built: BuiltCampaign;

  beforeAll(async () => {
    api = await startTestApi();
    await seedOrganisation(api.container.hot, new Date());
    admin = createClient(api.url, ADMIN_TOKEN);
    built = await buildCampaign(admin);
  });
  afterAll(() => api.close());

  const change = async (kind: 'create' | 'update', type: string, input: Record<string, unknown>): Promise<Refused> => {
    const action = `${kind}${type}`;
    const inputType = `${kind === 'create' ? 'Create' : 'Update'}${type}Input!`;
    const { made } = await admin.query<{ made: Refused }>(
      `mutation ($input: ${inputType}) { made: ${action}(input: $input) {
        __typename ... on ${type} { id version } ... on Refusal { code message field } } }`,
      { input },
    );
    return made;
  };
  const group = (input: Record<string, unknown>) =>
    change('create', 'CampaignGroup', {
      name: `Group ${Math.random()}`,
      dialerId: built.dialerId,
      entryPointId: built.entryPointId,
      teamIds: [built.teamId],
      pacingMode: 'PROGRESSIVE',
      ...input,
    });

  test('reads back what was made, with what it refers to', async () => {
    const { campaign } = await admin.query<{ campaign: unknown }>(
      `query ($id: ID!) { campaign(id: $id) { name state version maxAttempts
        group { name pacingMode pacing { dialingRate maxDialingRate abandonRate } noAnswerRingLimitSeconds
          dialer { name } teams { name dialer { name } } entryPoint { allowedCallerIds queue { teams { name } } }
          cpa { cpaEnabled maxTermToneAnalysisMs } }
        readiness { missing { code } } } }`,
      { id: built.campaignId },
    );
    expect(campaign).toEqual({
      name: 'Campaign',
      state: 'DRAFT',
      version: 1,
      maxAttempts: 3,
      group: {
        name: 'Group',
        pacingMode: 'PROGRESSIVE',
        pacing: { dialingRate: 1, maxDialingRate: null, abandonRate: 3 },
        noAnswerRingLimitSeconds: 32,
        dialer: { name: 'Dialer' },
        teams: [{ name: 'Team', dialer: { name: 'Dialer' } }],
        entryPoint: { allowedCallerIds: ['+12025550100'], queue: { teams: [{ name: 'Team' }] } },
        cpa: { cpaEnabled: false, maxTermToneAnalysisMs: 30000 },
      },
      readiness: { missing: [{ code: 'NO_LIST' }] },
    });
  });

  test.each([
    [{ dialingRate: 11 }, 'dialingRate 11 is outside 1–10'],
    [{ dialingRate: 0.5 }, 'dialingRate 0.5 is outside 1–10'],
    [{ noAnswerRingLimitSeconds: 81 }, 'noAnswerRingLimitSeconds 81 is outside 16–80 s'],
    [{ abandonRate: 0 }, 'abandonRate 0 is outside 0.1–100 %'],
    [{ pacingMode: 'PREDICTIVE', predictiveGain: 4 }, 'predictiveGain 4 is outside 0.1–3'],
    [{ pacingMode: 'PREVIEW', offerTimeoutSeconds: 5 }, 'offerTimeoutSeconds 5 is outside 10–7200 s for SKIP'],
    [{ cpa: { minSilencePeriodMs: 99 } }, 'cpa.minSilencePeriodMs 99 is outside 100–1000 ms'],
    [
      { pacingMode: 'PREVIEW', abandonRate: 3 },
      'abandonRate does not belong to PREVIEW: it is a parameter of PROGRESSIVE, PREDICTIVE, PROGRESSIVE_IVR, PREDICTIVE_IVR',
    ],
    [
      { maxDialingRate: 2 },
      'maxDialingRate does not belong to PROGRESSIVE: it is a parameter of PREDICTIVE, PREDICTIVE_IVR',
    ],
    [{ cpa: { amdEnabled: true } }, 'cpa.amdEnabled needs cpa.cpaEnabled'],
    [{ cpa: { cpaEnabled: true, terminatingToneDetect: true } }, 'cpa.terminatingToneDetect needs cpa.amdEnabled'],
    [{ callerId: '+12025550199' }, 'callerId +120******99 is not allowed by entry point "Entry"'],
    [{ callerId: '555' }, 'callerId *** is not a telephone number in E.164 form (+12025550100)'],
    [{ schedule: { timeZone: 'Mars/Olympus', weekly: {} } }, 'schedule.timeZone Mars/Olympus is not an IANA time zone'],
    [
      {
        schedule: {
          timeZone: 'Europe/London',
          weekly: {
            monday: [
              { start: '09:00', end: '12:00' },
              { start: '11:00', end: '17:00' },
            ],
          },
        },
      },
      'schedule.weekly.monday 09:00–12:00 overlaps 11:00–17:00',
    ],
  ])('refuses a group with %j', async (input, message) => {
    const refused = await group(input);
    expect(refused).toMatchObject({ __typename: 'Refusal', code: 'INVALID_INPUT', message });
  });

  test('takes the ends of a range', async () => {
    expect(await group({ dialingRate: 10 })).toMatchObject({ __typename: 'CampaignGroup' });
    expect(await group({ dialingRate: 2.5, abandonRate: 0.1 })).toMatchObject({ __typename: 'CampaignGroup' });
  });

  test('refuses teams by name: of another dialer, outside the queue', async () => {
    const other = await makeRecord(admin, 'Dialer', { name: 'Other dialer' });
    const stranger = await makeRecord(admin, 'Team', { name: 'Strangers', dialerId: other.id });
    const outside = await makeRecord(admin, 'Team', { name: 'Outsiders', dialerId: built.dialerId });
    expect(await group({ teamIds: [stranger.id] })).toMatchObject({
      message: 'team "Strangers" belongs to another dialer than "Dialer"',
    });
    expect(await group({ teamIds: [outside.id] })).toMatchObject({
      message: 'team "Outsiders" is not in the distribution group of queue "Queue"',
    });
    const queue = { name: 'Mixed', outboundCampaign: true, teamIds: [built.teamId, stranger.id] };
    expect(await change('create', 'Queue', queue)).toMatchObject({
      message: 'team "Strangers" belongs to another dialer than team "Team"',
    });
  });

  test('an outdial entry point refuses a queue without the campaign switch', async () => {
    const queue = await makeRecord(admin, 'Queue', { name: 'Plain', teamIds: [built.teamId] });
    expect(await change('create', 'EntryPoint', { name: 'E2', queueId: queue.id })).toMatchObject({
      code: 'INVALID_INPUT',
      field: 'queueId',
    });
  });

  test('an update names the version it saw', async () => {
    const made = await makeRecord(admin, 'Campaign', { name: 'Versions', groupId: built.groupId });
    const renamed = await change('update', 'Campaign', { id: made.id, version: 1, name: 'Versions 2' });
    expect(renamed).toMatchObject({ __typename: 'Campaign', version: 2 });
    expect(await change('update', 'Campaign', { id: made.id, version: 1, rank: 5 })).toMatchObject({
      code: 'VERSION_CONFLICT',
      field: 'version',
    });
  });

  test('an update leaves alone what it does not name, and clears what it sets to null', async () => {
    const made = await group({ dialingRate: 4, callerId: '+12025550100', wrapUpLimitSeconds: 30 });
    await change('update', 'CampaignGroup', { id: made.id, version: 1, callerId: null, abandonRate: 2 });
    const { campaignGroup } = await admin.query<{ campaignGroup: unknown }>(
      'query ($id: ID!) { campaignGroup(id: $id) { callerId wrapUpLimitSeconds pacing { dialingRate abandonRate } } }',
      { id: made.id },
    );
    expect(campaignGroup).toEqual({
      callerId: null,
      wrapUpLimitSeconds: 30,
      pacing: { dialingRate: 4, abandonRate: 2 },
    });
  });

  test('the same key and request make one record; another request with it is refused', async () => {
    const input = { name: 'Once', dialerId: built.dialerId, idempotencyKey: 'team-once' };
    const [first, second] = await Promise.all([change('create', 'Team', input), change('create', 'Team', input)]);
    expect(second).toEqual(first);
    expect(await change('create', 'Team', { ...input, name: 'Twice' })).toMatchObject({
      code: 'CONFLICT',
      field: 'idempotencyKey',
    });
  });

  test('a name that is taken is refused', async () => {
    const taken = await change('create', 'Team', { name: 'Team', dialerId: built.dialerId });
    expect(taken).toMatchObject({ code: 'CONFLICT', message: 'another team has this name already', field: 'name' });
  });

  test('a mode changes only while its campaigns are paused', async () => {
    const own = await buildCampaign(admin, { suffix: 'modes', agents: 1 });
    const setState = (state: string) =>
      api.container.hot.query('UPDATE campaign SET state = $2 WHERE id = $1', [own.campaignId, state]);
    await setState('RUNNING');
    const input = { id: own.groupId, version: 1, pacingMode: 'PREDICTIVE' };
    expect(await change('update', 'CampaignGroup', input)).toMatchObject({
      code: 'INVALID_STATE',
      message: 'changing pacingMode needs paused campaigns: "Campaign modes" is running',
    });
    await setState('PAUSED');
    expect(await change('update', 'CampaignGroup', input)).toMatchObject({ __typename: 'CampaignGroup', version: 2 });
  });

  test('an IVR campaign has ports and a message, and needs no agents', async () => {
    const own = await buildCampaign(admin, {
      suffix: 'ivr',
      agents: 0,
      group: { pacingMode: 'PROGRESSIVE_IVR', ivrPorts: 1000 },
    });
    const campaign = { id: own.campaignId, version: 1 };
    const lacks = async () => {
      const read = await admin.query<{ campaign: { readiness: { missing: { code: string }[] } } }>(
        'query ($id: ID!) { campaign(id: $id) { readiness { missing { code } } } }',
        { id: own.campaignId },
      );
      return read.campaign.readiness.missing.map(({ code }) => code);
    };
    expect(await lacks()).toEqual(['NO_IVR_MESSAGE', 'NO_LIST']);
    for (const ivrMessage of ['recording:other', 'sound:/etc/passwd', 'sound:../other', 'sound:', 'offer']) {
      expect(await change('update', 'Campaign', { ...campaign, ivrMessage })).toMatchObject({
        code: 'INVALID_INPUT',
        field: 'ivrMessage',
        message: expect.stringContaining('must be sound: and the name of a sound'),
      });
    }
    expect(await change('update', 'Campaign', { ...campaign, ivrMessageLimitSeconds: 3601 })).toMatchObject({
      message: 'ivrMessageLimitSeconds 3601 is outside 1–3600 s',
    });
    const ivrMessage = 'sound:offers/spring';
    expect(await change('update', 'Campaign', { ...campaign, ivrMessage })).toMatchObject({ version: 2 });
    expect(await lacks()).toEqual(['NO_LIST']);
    expect(await change('create', 'Campaign', { name: 'No ports', groupId: built.groupId, ivrMessage })).toMatchObject({
      code: 'INVALID_INPUT',
      message: 'ivrMessage does not belong to PROGRESSIVE: it is a parameter of PROGRESSIVE_IVR, PREDICTIVE_IVR',
    });
    await api.container.hot.query("UPDATE campaign SET state = 'RUNNING' WHERE id = $1", [own.campaignId]);
    expect(await change('update', 'Campaign', { ...campaign, version: 2, ivrMessage: null })).toMatchObject({
      code: 'INVALID_STATE',
      message: 'a PROGRESSIVE_IVR campaign that is RUNNING needs its ivrMessage',
    });
    const group = { id: own.groupId, version: 1, ivrPorts: 1001 };
    expect(await change('update', 'CampaignGroup', group)).toMatchObject({
      message: 'ivrPorts 1001 is outside 1–1000 ports',
    });
  });

  test('pages go through a whole list once', async () => {
    for (let index = 0; index < 5; index += 1) {
      await makeRecord(admin, 'Device', { agentId: built.agents[0]?.id, kind: 'WEBRTC', address: `page-${index}` });
    }
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const { devices }: { devices: Page } = await admin.query<{ devices: Page }>(
        'query ($after: String) { devices(first: 3, after: $after) { edges { node { id } } pageInfo { hasNextPage endCursor } } }',
        { after },
      );
      seen.push(...devices.edges.map(({ node }) => node.id));
      after = devices.pageInfo.hasNextPage ? devices.pageInfo.endCursor : null;
    } while (after);
    const { rows } = await api.container.hot.query('SELECT id FROM device ORDER BY id');
    expect(seen).toEqual(rows.map(({ id }) => id));
    await expect(admin.query('{ devices(first: 201) { edges { cursor } } }')).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: expect.stringContaining('first 201 is outside 1–200'),
    });
  });

  test('writes who changed what, without secrets', async () => {
    const email = 'audited@example.com';
    const user = await makeRecord(admin, 'User', { email, name: 'A', roles: ['ANALYST'], password: 'a long password' });
    await change('update', 'User', { id: user.id, version: 1, name: 'B' });
    const { auditEntries } = await admin.query<{ auditEntries: { edges: { node: Record<string, string> }[] } }>(
      'query ($id: ID!) { auditEntries(entity: "user", entityId: $id) { edges { node { actor action before after } } } }',
      { id: user.id },
    );
    const entries = auditEntries.edges.map(({ node }) => node);
    expect(entries.map(({ actor, action }) => [actor, action])).toEqual([
      ['admin-token', 'create'],
      ['admin-token', 'update'],
    ]);
    expect(JSON.parse(entries[1]?.before ?? '')).toMatchObject({ name: 'A', version: 1, passwordHash: '(set)' });
    expect(JSON.parse(entries[1]?.after ?? '')).toMatchObject({ name: 'B', version: 2 });
    expect(JSON.stringify(entries)).not.toContain('argon2');
  });

  test('a list of twenty needs no more statements than a list of two', async () => {
    const document = (first: number) =>
      `{ agents(first: ${first}) { edges { node { name team { name dialer { name } } devices { address } standing { state } } } } }`;
    for (let index = 0; index < 20; index += 1) {
      await makeRecord(admin, 'Agent', { name: `Many ${index}`, teamId: built.teamId });
    }
    const statements = async (first: number) => {
      const count = () => api.container.hot.query<{ calls: number }>('SELECT 1 AS calls');
      await count();
      let seen = 0;
      const watched = [api.container.hot, (api.container.database.driver as unknown as { master: object }).master];
      const spies = watched.map((pool) => {
        const emitter = pool as {
          on(name: string, listener: () => void): void;
          off(name: string, listener: () => void): void;
        };
        const listener = () => {
          seen += 1;
        };
        emitter.on('acquire', listener);
        return () => emitter.off('acquire', listener);
      });
      await admin.query(document(first));
      for (const stop of spies) stop();
      return seen;
    };
    const few = await statements(2);
    expect(few).toBeGreaterThan(3);
    expect(await statements(20)).toBe(few);
  });
});

interface Page {
  edges: { node: { id: string } }[];
  pageInfo: { hasNextPage: boolean; endCursor: string };
}
