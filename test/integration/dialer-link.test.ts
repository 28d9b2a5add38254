import { createWarehouse, type Warehouse } from '../../src/infra/clickhouse';
import { createLogger } from '../../src/infra/logger';
import { createMetrics } from '../../src/infra/metrics';
import { createOutboxExporter } from '../../src/reporting/outbox-exporter';
import type { LegTruth } from '../../src/telephony/simulated-switch';
import { audit, comeToRest, type Fault, tellFaults } from '../setup/audit';
import { noonZone, type Seeded } from '../setup/seed';
import { pause } from '../setup/until';
import { installWitness } from '../setup/witness';
import { type AttemptRow, attemptsOf, staff, startWorld, until, type World } from './dialer-harness';

/** Above 1, with callees who answer at any moment: in each outage some are ringing, waiting, talking. */
let world: World;
let warehouse: Warehouse;
beforeAll(async () => {
  world = await startWorld({
    callees: {
      answerProbability: 0.75,
      failures: { busy: 0.8, invalid: 0.2, rejected: 0, networkFailure: 0 },
      ringMs: { min: 100, max: 1_800 },
      failureMs: { min: 20, max: 800 },
      talkMs: { min: 300, max: 1_800 },
      patienceMs: { min: 800, max: 9_000 },
    },
    media: { defaultMs: 1_000 },
  });
  warehouse = createWarehouse(world.stores.clickhouseUrl);
  await installWitness(world.pool);
});
const stops: (() => unknown)[] = [];
afterAll(async () => {
  for (const stop of stops) stop();
  await warehouse?.close();
  await world?.close();
});

const fault = async (body: Record<string, unknown>): Promise<void> => {
  const answer = await fetch(`http://127.0.0.1:${world.gateway.port}/simulator/faults`, {
    method: 'POST',
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(await answer.text());
};

/** Agents who find themselves idle say that they are back; answers with the reasons that they were shown. */
const comeBack = (seeded: Seeded): { reasons: Set<string>; stop: () => void } => {
  const reasons = new Set<string>();
  const asked = new Set<string>();
  const timer = setInterval(async () => {
    const { rows } = await world.pool
      .query<{ agent_id: string; reason: string | null }>(
        `SELECT agent_id, reason FROM agent_state WHERE organisation_id = $1 AND state = 'IDLE'`,
        [seeded.organisationId],
      )
      .catch(() => ({ rows: [] }));
    for (const { agent_id: id, reason } of rows) {
      reasons.add(String(reason));
      if (asked.has(id)) continue;
      asked.add(id);
      world
        .send(seeded, 'AGENT_AVAILABLE', id, {})
        .catch(() => undefined)
        .finally(() => asked.delete(id));
    }
  }, 200);
  return { reasons, stop: () => clearInterval(timer) };
};

/** What a worker would do with a short delay: the same numbers are due again and again. */
const dueAgain = (seeded: Seeded): Promise<unknown> =>
  world.pool.query(
    `UPDATE campaign_contact SET state = 'READY', due_at = $2, version = version + 1
     WHERE campaign_id = $1 AND state = 'AWAITING_RETRY'`,
    [seeded.campaignId, world.clock.date()],
  );

const placedSince = async (seeded: Seeded, at: number): Promise<number> =>
  (await attemptsOf(world, seeded)).filter((row) => row.placed_at && row.placed_at.getTime() > at).length;

/** A talk that died with the switch is nobody's cut. */
const killedBySwitch = (legs: Map<string, LegTruth>, { kind, subject }: Fault): boolean =>
  ['CUSTOMER_DROPPED', 'BRIDGE_CUT'].includes(kind) && legs.get(subject)?.endedBy === 'restart';

const markOf = async (leg: string): Promise<string> => {
  const answer = await fetch(
    `${world.gateway.url.replace(/^ari:\/\/[^@]*@/, 'http://')}/ari/asterisk/variable?variable=OUTDIAL_${leg}`,
    {
      headers: { authorization: `Basic ${Buffer.from('outdial:outdial').toString('base64')}` },
    },
  );
  return ((await answer.json()) as { value?: string }).value ?? '';
};

it('tells the truth over losses of the link, restarts of the switch and events that come late', async () => {
  const seeded = await world.seed({
    contacts: 250,
    agents: 10,
    zone: noonZone(world.clock.date()),
    dialingRate: 1.5,
    abandonRatePercent: 60,
    wrapUpLimitSeconds: 1,
    maxAttempts: 100,
  });
  const dialer = world.startDialer(seeded.dialerId);
  const served = await dialer.served;
  stops.push(await staff(world, seeded));
  const desk = comeBack(seeded);
  stops.push(desk.stop);
  const again = setInterval(() => void dueAgain(seeded).catch(() => undefined), 200);
  stops.push(() => clearInterval(again));
  await world.send(seeded, 'CAMPAIGN_START', seeded.campaignId, {});
  await until('calls', async () => (await attemptsOf(world, seeded)).length >= 15);

  const outages: { from: number; to: number; forgot: boolean }[] = [];
  const linked = () =>
    until('the link', async () =>
      served?.checks.switch?.().then(
        () => true,
        () => false,
      ),
    );
  const outage = async (ms: number, ...faults: Record<string, unknown>[]): Promise<void> => {
    const from = Date.now();
    for (const body of faults) {
      await fault(body);
      await pause(ms / faults.length);
    }
    await linked();
    const to = Date.now();
    outages.push({ from, to, forgot: faults.some(({ kind }) => kind === 'restart') });
    // By itself, without a command.
    await until('dialling again', async () => (await placedSince(seeded, to)) >= 3, 6_000);
  };
  await outage(1_000, { kind: 'dropLink', forMs: 1_000 });
  await outage(1_000, { kind: 'restart', downMs: 1_000 });
  await outage(2_600, { kind: 'stallEvents', forMs: 2_600 });
  await outage(3_000, { kind: 'dropLink', forMs: 3_000 });
  const lastRestart = Date.now();
  await outage(2_400, { kind: 'dropLink', forMs: 2_000 }, { kind: 'restart', downMs: 300 });

  await world.send(seeded, 'CAMPAIGN_PAUSE', seeded.campaignId, {});
  const exporter = createOutboxExporter({
    pool: world.pool,
    warehouse,
    clock: world.clock,
    logger: createLogger('test', 'silent'),
    metrics: createMetrics('test'),
  });
  await until('the facts', async () => {
    await exporter.run();
    return comeToRest(world, 1).then(
      () => true,
      () => false,
    );
  });
  // What an agent says of a call after the time for it changes its fact once more.
  for (const stop of stops) await stop();
  await exporter.run();

  const truth = world.truth();
  const legs = new Map(truth.customers.map((leg) => [leg.leg, leg]));
  const result = await audit({ pool: world.pool, warehouse, truth: () => truth, seeded }, { outages });
  const faults = result.faults.filter((found) => !killedBySwitch(legs, found));
  expect(tellFaults(faults)).toBe('');

  const attempts = await attemptsOf(world, seeded);
  const byId = new Map<string, AttemptRow>(attempts.map((row) => [row.id, row]));
  const fallback = truth.customers.filter((leg) => leg.messages.some(({ by }) => by === 'fallback'));
  expect(fallback.length).toBeGreaterThan(2);
  for (const leg of fallback) {
    expect(byId.get(leg.leg)).toMatchObject({ outcome: 'ABANDONED', abandon_cause: 'FAULT', live_answer: true });
  }
  // Nobody cuts off the message that the dialplan plays.
  expect(fallback.filter((leg) => leg.endedBy === 'app').map(({ leg }) => leg)).toEqual([]);
  const { rows } = await world.pool.query<{ state: string; count: number }>(
    `SELECT state, count(*) FROM agent_state WHERE organisation_id = $1 GROUP BY state`,
    [seeded.organisationId],
  );
  process.stderr.write(
    `${JSON.stringify({ outcomes: result.outcomes, fallback: fallback.length, reasons: [...desk.reasons], agents: rows })}\n`,
  );
  expect(desk.reasons).toContain('DEVICE_LOST');

  // What was written is taken off the switch.
  const younger = truth.customers.filter((leg) => leg.answeredAt && leg.answeredAt > lastRestart);
  await until('the marks to go', async () =>
    (await Promise.all(younger.map((leg) => markOf(leg.leg)))).every((value) => value === ''),
  );
  await dialer.end();
}, 90_000);
