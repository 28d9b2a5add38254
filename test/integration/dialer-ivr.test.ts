import { readLive } from '../../src/campaigns/live-view';
import type { LegTruth } from '../../src/telephony/simulated-switch';
import { noonZone, type Seeded } from '../setup/seed';
import {
  type AttemptRow,
  attemptsOf,
  campaignState,
  closeEnded,
  startWorld,
  until,
  type World,
} from './dialer-harness';

const OFFER = 'sound:spring-offer';
const LONG = 'sound:long-offer';
const BRIEF = 'sound:brief-offer';
const ABANDONED = 'sound:outdial-abandoned';
/** Hangs up in mid-message. */
const HASTY = '07';
const PERSON = '+13125550121';
const MACHINE = '+13125550122';

let world: World;
beforeAll(async () => {
  world = await startWorld({
    callees: {
      answerProbability: 0.6,
      failures: { busy: 0.8, invalid: 0.2, rejected: 0, networkFailure: 0 },
      ringMs: { min: 20, max: 120 },
      failureMs: { min: 20, max: 100 },
      patienceMs: 60_000,
    },
    rules: [
      { suffix: HASTY, script: { outcome: 'answer', voice: 'person', hangUpInMessageMs: 200 } },
      { number: MACHINE, script: { outcome: 'answer', voice: 'machine' } },
      { prefix: '+1312', script: { outcome: 'answer', voice: 'person', greetingMs: 400 } },
    ],
    media: { defaultMs: 300, lengths: { [OFFER]: 350, [LONG]: 8_500, [BRIEF]: 1_000 }, missing: ['sound:nowhere'] },
  });
});
afterAll(async () => {
  await world?.close();
});

type IvrAttempt = AttemptRow & { ivr_port: number | null; agent_id: string | null; covered: boolean; ended_by: string };
const ivrAttemptsOf = async (seeded: Seeded) => (await attemptsOf(world, seeded)) as IvrAttempt[];

const legsOf = async (seeded: Seeded): Promise<{ leg: LegTruth; row: IvrAttempt }[]> => {
  const legs = new Map(world.truth().customers.map((leg) => [leg.leg, leg]));
  return (await ivrAttemptsOf(seeded)).map((row) => ({ row, leg: legs.get(row.id) as LegTruth }));
};

const completed = (seeded: Seeded) =>
  until('the campaign to complete', async () => {
    await closeEnded(world, seeded);
    return (await campaignState(world, seeded)) === 'COMPLETED';
  });

const portsOf = async (seeded: Seeded) => {
  const caller = { organisationId: seeded.organisationId } as Parameters<typeof readLive>[1];
  return (await readLive(world.pool, caller, seeded.campaignId))?.ports;
};

/** The most persons who heard the message at the same time. */
const mostAtOnce = (legs: LegTruth[], media: string): number => {
  const spans = legs.flatMap((leg) => leg.messages.filter((message) => message.media === media));
  return Math.max(...spans.map((one) => spans.filter((two) => two.from <= one.from && one.from < two.to).length));
};

it('a progressive IVR campaign treats every person, without any agent, and follows a change of its ports', async () => {
  const seeded = await world.seed({
    contacts: 36,
    agents: 0,
    zone: noonZone(world.clock.date()),
    ivr: { ports: 6, message: OFFER },
  });
  const dialer = world.startDialer(seeded.dialerId);
  await dialer.served;
  expect(await world.send(seeded, 'CAMPAIGN_START', seeded.campaignId, {})).toMatchObject({ state: 'RUNNING' });
  await until('six ports at work', async () => (await portsOf(seeded))?.total === 6);
  const half = await until('a quarter of the calls', async () => {
    const ended = (await attemptsOf(world, seeded)).filter((row) => row.outcome !== null);
    return ended.length >= 8 && ended;
  });
  await world.pool.query(`UPDATE campaign_group SET pacing = pacing || '{"ivrPorts": 3}' WHERE id = $1`, [
    seeded.groupId,
  ]);
  await world.send(seeded, 'CAMPAIGN_RELOAD', seeded.campaignId, {});
  await until('three ports left', async () => (await portsOf(seeded))?.total === 3);
  const fewer = Date.now();
  await completed(seeded);
  await dialer.end();

  const legs = await legsOf(seeded);
  expect(legs).toHaveLength(36);
  expect(half.length).toBeLessThan(36);
  expect(world.truth().overlaps).toEqual([]);
  expect(world.truth().silentLivePersons(2_000)).toEqual([]);
  const persons = legs.filter(({ leg }) => leg.live);
  expect(persons.length).toBeGreaterThan(12);
  for (const { leg, row } of persons) {
    expect(leg.withAgent).toEqual([]);
    expect(leg.messages.map(({ media, by }) => ({ media, by }))).toEqual([{ media: OFFER, by: 'app' }]);
    expect(row).toMatchObject({ abandon_cause: null, live_answer: true, agent_id: null, covered: true });
    const hasty = row.number.endsWith(HASTY);
    expect(row.outcome).toBe('LIVE_VOICE');
    expect(row.ivr_port).toBeGreaterThanOrEqual(1);
    expect(row.ivr_port).toBeLessThanOrEqual(6);
    expect(row.connected_at).not.toBeNull();
    expect(leg.messages[0]!.completed).toBe(!hasty);
    expect(leg.endedBy).toBe(hasty ? 'callee' : 'app');
    expect(row.ended_by).toBe(hasty ? 'far' : 'us');
  }
  expect(
    mostAtOnce(
      legs.map(({ leg }) => leg),
      OFFER,
    ),
  ).toBeGreaterThan(3);
  const later = legs.map(({ leg }) => leg).filter((leg) => leg.originatedAt > fewer);
  expect(mostAtOnce(later, OFFER)).toBeLessThanOrEqual(3);
}, 60_000);

it('a predictive IVR campaign runs to its end and keeps the abandon limit', async () => {
  const seeded = await world.seed({
    contacts: 40,
    agents: 0,
    zone: noonZone(world.clock.date()),
    number: (index) => `+1212555${String(1000 + index).slice(0, 2)}${String(index % 100).padStart(2, '0')}`,
    ivr: { ports: 6, message: OFFER },
    predictive: { maxDialingRate: 3, predictiveCorrectionPace: 70, predictiveGain: 1 },
  });
  const dialer = world.startDialer(seeded.dialerId);
  await dialer.served;
  expect(await world.send(seeded, 'CAMPAIGN_START', seeded.campaignId, {})).toMatchObject({ state: 'RUNNING' });
  await completed(seeded);
  await dialer.end();
  const legs = await legsOf(seeded);
  const live = legs.filter(({ row }) => row.live_answer);
  const abandoned = legs.filter(({ row }) => row.abandon_cause !== null);
  expect(live.length).toBeGreaterThan(10);
  expect(abandoned.length).toBeLessThanOrEqual(live.length * 0.03);
  for (const { leg, row } of live) {
    const media = row.outcome === 'ABANDONED' ? ABANDONED : OFFER;
    expect(leg.messages.map((message) => message.media)).toEqual([media]);
  }
  const facts = await world.pool.query(
    `SELECT payload ->> 'campaign_type' AS type, max((payload ->> 'ivr_port')::integer) AS port FROM outbox
     WHERE kind = 'call_attempt' AND payload ->> 'campaign_id' = $1 GROUP BY 1`,
    [seeded.campaignId],
  );
  expect(facts.rows).toEqual([{ type: 'PREDICTIVE_IVR', port: 6 }]);
}, 60_000);

it('a person who cannot be treated hears the abandoned message and is counted', async () => {
  const seeded = await world.seed({
    contacts: 3,
    agents: 0,
    zone: noonZone(world.clock.date()),
    number: (index) => `+1312555010${index}`,
    ivr: { ports: 3, message: 'sound:nowhere' },
  });
  const dialer = world.startDialer(seeded.dialerId);
  await dialer.served;
  await world.send(seeded, 'CAMPAIGN_START', seeded.campaignId, {});
  await completed(seeded);
  await dialer.end();
  for (const { leg, row } of await legsOf(seeded)) {
    expect(leg.messages.map((message) => message.media)).toEqual([ABANDONED]);
    expect(row).toMatchObject({ outcome: 'ABANDONED', abandon_cause: 'FAULT', connected_at: null });
  }
  expect(world.truth().silentLivePersons(2_000)).toEqual([]);
}, 30_000);

it('a machine is hung up, a person treated after the verdict', async () => {
  const seeded = await world.seed({
    contacts: 2,
    agents: 0,
    zone: noonZone(world.clock.date()),
    number: (index) => [PERSON, MACHINE][index] as string,
    ivr: { ports: 2, message: OFFER },
    cpa: { cpaEnabled: true, amdEnabled: true, terminatingToneDetect: false },
  });
  const dialer = world.startDialer(seeded.dialerId);
  await dialer.served;
  await world.send(seeded, 'CAMPAIGN_START', seeded.campaignId, {});
  await completed(seeded);
  await dialer.end();
  const [person, machine] = [PERSON, MACHINE].map((number) =>
    legsOf(seeded).then((all) => all.find(({ row }) => row.number === number)!),
  );
  expect((await person!).row).toMatchObject({ outcome: 'LIVE_VOICE', late: false });
  expect((await person!).leg.messages.map(({ media }) => media)).toEqual([OFFER]);
  expect((await machine!).row).toMatchObject({ outcome: 'MACHINE', live_answer: false, connected_at: null });
  expect((await machine!).leg.messages).toEqual([]);
}, 30_000);

it('a treatment whose end was not heard of ends when the link is back', async () => {
  const seeded = await world.seed({
    contacts: 2,
    agents: 0,
    zone: noonZone(world.clock.date()),
    number: (index) => `+1312555013${index}`,
    ivr: { ports: 2, message: BRIEF },
  });
  const dialer = world.startDialer(seeded.dialerId);
  await dialer.served;
  await world.send(seeded, 'CAMPAIGN_START', seeded.campaignId, {});
  await until('two in treatment', async () => (await portsOf(seeded))?.inTreatment === 2);
  const cut = await fetch(`http://127.0.0.1:${world.gateway.port}/simulator/faults`, {
    method: 'POST',
    body: JSON.stringify({ kind: 'dropLink', forMs: 1_500 }),
  });
  expect(cut.ok).toBe(true);
  await completed(seeded);
  await dialer.end();
  for (const { leg, row } of await legsOf(seeded)) {
    expect(leg).toMatchObject({ messages: [{ media: BRIEF, completed: true }], endedBy: 'app' });
    expect((leg.endedAt as number) - leg.messages[0]!.to).toBeGreaterThan(100);
    expect(row).toMatchObject({ outcome: 'LIVE_VOICE', abandon_cause: null });
  }
}, 30_000);

it('a treatment outlives its dialer: the person hears it out, or is let go when it is over', async () => {
  const zone = noonZone(world.clock.date());
  const number = (digit: number) => (index: number) => `+1312555011${digit + index}`;
  const common = { contacts: 2, agents: 0, zone };
  const long = await world.seed({ ...common, number: number(0), ivr: { ports: 2, message: LONG } });
  const brief = await world.seed({ ...common, number: number(4), ivr: { ports: 2, message: BRIEF } });
  const both = [long, brief];
  const first = both.map((seeded) => world.startDialer(seeded.dialerId));
  for (const dialer of first) await dialer.served;
  for (const seeded of both) await world.send(seeded, 'CAMPAIGN_START', seeded.campaignId, {});
  const inTreatment = async (seeded: Seeded) =>
    (await attemptsOf(world, seeded)).filter((row) => row.phase === 'CONNECTED').length === 2;
  await until('four persons in treatment', async () => (await inTreatment(long)) && (await inTreatment(brief)));
  for (const dialer of first) await dialer.die();
  const second = both.map((seeded) => world.startDialer(seeded.dialerId));
  for (const dialer of second) expect((await dialer.served)?.epoch).toBe(2);
  expect(await portsOf(long)).toBeDefined();
  await Promise.all(both.map(completed));
  for (const dialer of second) await dialer.end();
  for (const seeded of both) {
    const legs = await legsOf(seeded);
    expect(legs).toHaveLength(2);
    for (const { leg, row } of legs) {
      expect(leg.messages).toMatchObject([{ media: seeded === long ? LONG : BRIEF, by: 'app', completed: true }]);
      expect(leg.endedBy).toBe('app');
      expect(row).toMatchObject({ outcome: 'LIVE_VOICE', abandon_cause: null, live_answer: true });
      expect(row.ivr_port).not.toBeNull();
    }
    expect(new Set(legs.map(({ row }) => row.ivr_port)).size).toBe(2);
  }
}, 60_000);

it('a campaign without a message is neither started nor resumed, and calls nobody should it run', async () => {
  const zone = noonZone(world.clock.date());
  const seeded = await world.seed({ contacts: 1, agents: 0, zone, ivr: { ports: 1, message: null } });
  const dialer = world.startDialer(seeded.dialerId);
  await dialer.served;
  const state = (to: string) =>
    world.pool.query('UPDATE campaign SET state = $2 WHERE id = $1', [seeded.campaignId, to]);
  for (const kind of ['CAMPAIGN_START', 'CAMPAIGN_RESUME'] as const) {
    if (kind === 'CAMPAIGN_RESUME') await state('PAUSED');
    const refused = await world.send(seeded, kind, seeded.campaignId, {});
    expect(refused).toMatchObject({ ok: false, code: 'NOT_READY' });
    expect(refused.ok || refused.message).toMatch(/ivrMessage/);
  }
  await dialer.end();
  await state('RUNNING');
  const second = world.startDialer(seeded.dialerId);
  await second.served;
  const view = async () => {
    const { rows } = await world.pool.query<{ view: { whyNotDialling: string[]; held: number } }>(
      'SELECT view FROM campaign_live WHERE campaign_id = $1',
      [seeded.campaignId],
    );
    return rows[0]?.view;
  };
  await until('the contact held back', async () => (await view())?.held === 1);
  expect((await view())?.whyNotDialling).toEqual(['NO_PORTS']);
  expect(await attemptsOf(world, seeded)).toEqual([]);
  await second.end();
}, 30_000);
