import { audit, comeToRest, tellFaults } from '../setup/audit';
import { addRivalCampaign, type Crash, crashDialer, type TakeOver } from '../setup/crashes';
import { createDesk, type Desk } from '../setup/desk';
import { noonZone } from '../setup/seed';
import { type System, startSystem } from '../setup/system';
import { pause } from '../setup/until';

/**
 * The acting dialer dies, or sleeps and wakes, in the middle of everything; another process takes over. The switch's truth
 * log says whether anybody was harmed by it.
 */
const LONG = process.env.OUTDIAL_TEST_LONG === '1';
const FLOW_MS = LONG ? 4_000 : 2_500;

const kills = (count: number): Crash[] => Array.from({ length: count }, () => ({ kind: 'kill' }));
/** From 12 to 60 s, spread evenly. */
const stops = (count: number): Crash[] =>
  Array.from({ length: count }, (_, index) => ({
    kind: 'stop',
    forMs: 12_000 + Math.round((48_000 * index) / Math.max(1, count - 1)),
  }));

let system: System;
let desk: Desk | undefined;
let campaigns: string[] = [];

afterEach(async () => {
  await desk?.close();
  await system?.close();
});

const start = async (contacts: number): Promise<void> => {
  system = await startSystem({
    roles: { api: true, worker: true, dialers: 2 },
    world: {
      callees: {
        answerProbability: 0.5,
        failures: { busy: 0.5, rejected: 0.2, invalid: 0, congestion: 0.1, networkFailure: 0.1 },
        ringMs: { min: 200, max: 2_500 },
        failureMs: { min: 20, max: 1_500 },
        talkMs: { min: 3_000, max: 11_000 },
        patienceMs: { min: 1_000, max: 9_000 },
      },
      media: { defaultMs: 1_500 },
    },
    campaign: {
      agents: 16,
      contacts,
      zone: noonZone(new Date()),
      // Above 1 and with a wide limit, so that there are lines without an agent at any moment.
      dialingRate: 1.5,
      abandonRatePercent: 60,
      maxAttempts: 100,
      wrapUpLimitSeconds: 1,
      ringLimitSeconds: 16,
    },
  });
  const { organisationId, dialerId, agents, campaignId } = system.seeded;
  campaigns = [campaignId, await addRivalCampaign(system)];
  desk = createDesk({ ...system, organisationId, dialerId, agents });
  await desk.open();
  await order('CAMPAIGN_START');
};

const order = async (kind: 'CAMPAIGN_START' | 'CAMPAIGN_PAUSE'): Promise<void> => {
  for (const id of campaigns) expect(await desk?.send(kind, `campaign:${id}`, {})).toMatchObject({ ok: true });
};

const crashes = async (plan: Crash[]): Promise<TakeOver[]> => {
  const takeOvers: TakeOver[] = [];
  for (const crash of plan) {
    await pause(FLOW_MS);
    takeOvers.push(await crashDialer(system, crash));
  }
  return takeOvers;
};

const judge = async (takeOvers: TakeOver[]): Promise<void> => {
  await pause(FLOW_MS);
  await order('CAMPAIGN_PAUSE');
  await comeToRest(system);
  const result = await audit(system, { outages: takeOvers });
  const took = takeOvers.map(({ crash, dialsAfterMs }) => `${crash.kind} ${(dialsAfterMs / 1000).toFixed(1)} s`);
  const told = `${took.join(', ')}; ${result.attempts} attempts, ${JSON.stringify(result.outcomes)}`;
  if (result.faults.length > 0) {
    throw new Error(`${told}\n${tellFaults(result.faults)}\n${system.logs()}`);
  }
  process.stderr.write(`${told}\n`);
  for (const { dialsAfterMs } of takeOvers) expect(dialsAfterMs).toBeLessThan(10_000);

  const talks = system.truth().customers.flatMap((leg) => leg.withAgent);
  const through = takeOvers.map(({ from, to }) => talks.filter((talk) => talk.from < from && talk.to > to).length);
  // Otherwise nothing was shown.
  expect(Math.max(...through)).toBeGreaterThan(0);
  expect(result.placed).toBeGreaterThan(10 * takeOvers.length);
};

if (LONG) {
  test('kill -9 of the acting dialer, twenty times', async () => {
    await start(500);
    await judge(await crashes(kills(20)));
  }, 900_000);

  test('SIGSTOP of the acting dialer for 12 to 60 s, twenty times', async () => {
    await start(1_500);
    await judge(await crashes(stops(20)));
  }, 1_800_000);
} else {
  test('kill -9 and SIGSTOP of the acting dialer harm nobody', async () => {
    await start(90);
    await judge(await crashes([...kills(2), ...stops(1)]));
  }, 150_000);
}
