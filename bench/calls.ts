import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { type Answers, answersSince, truthPosition } from './calls/answers';
import { type BareTimer, lagP99, startBareTimer } from './calls/bare-timer';
import { runDurableLoop } from './calls/durable-loop';
import { growth, quantileBetween, quantileOf, scrape } from './calls/metrics';
import { openSite, RING_MS, type Site } from './calls/site';
import { type Bench, type BenchRow, round, withBaseline } from './lib/bench';
import { openBenchStores } from './lib/stores';

const AGENTS = 450;
const PAGE_BYTES = 4096;
/** What must hold at every rate that counts as held. */
const LIMITS = { tickLagP99Ms: 50, answerToConnectP99Ms: 50, outboxLagP99Ms: 5_000 };
/** Callees that ring ever shorter: the same agents want ever more calls. */
const SHORTER_RINGS_MS = [3_000, 2_200, 1_600, 1_100, 700, 400, 200];

interface Plan {
  contacts: number;
  warmUpSeconds: number;
  seconds: number;
  rings: number[];
  stepSeconds: number;
  loopSeconds: number;
}

const QUICK: Plan = {
  contacts: 40_000,
  warmUpSeconds: 8,
  seconds: 25,
  rings: [2_200],
  stepSeconds: 10,
  loopSeconds: 5,
};
const FULL: Plan = {
  contacts: 250_000,
  warmUpSeconds: 60,
  seconds: 600,
  rings: SHORTER_RINGS_MS,
  stepSeconds: 40,
  loopSeconds: 30,
};

interface Measured {
  attemptsPerSecond: number;
  lowestOverTenSeconds: number;
  tickLagP99Ms: number;
  bareTickLagP99Ms: number;
  outboxLagP99Ms: number;
  answers: Answers;
  meanClaim: number;
  rssGrowthMb: number;
  rssMb: number;
}

const rssMb = (pid: number): number =>
  (Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]) * PAGE_BYTES) / 1024 ** 2;

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Growth between the first and the last fifth: what comes and goes with garbage collection is averaged out. */
const growthOf = (samples: readonly number[]): number => {
  const fifth = Math.max(1, Math.floor(samples.length / 5));
  return mean(samples.slice(-fifth)) - mean(samples.slice(0, fifth));
};

const measure = async (site: Site, timer: BareTimer, seconds: number): Promise<Measured> => {
  const position = truthPosition(site.truthLog);
  await timer.lags();
  const look = () =>
    Promise.all([scrape(Number(site.dialer.facts.healthPort)), scrape(Number(site.worker.facts.healthPort))]);
  const [dialerBefore, workerBefore] = await look();
  const memory: number[] = [];
  const rates: number[] = [];
  let last = dialerBefore;
  const end = performance.now() + seconds * 1_000;
  while (performance.now() < end) {
    await pause(Math.min(1_000, Math.max(1, end - performance.now())));
    memory.push(rssMb(site.dialer.pid));
    if (performance.now() - last.at < 10_000) continue;
    const now = await scrape(Number(site.dialer.facts.healthPort));
    rates.push((growth(last, now, 'outdial_attempts_total') * 1_000) / (now.at - last.at));
    last = now;
  }
  const [dialer, worker] = await look();
  const took = (dialer.at - dialerBefore.at) / 1_000;
  const attempts = growth(dialerBefore, dialer, 'outdial_attempts_total');
  const claims = growth(dialerBefore, dialer, 'outdial_dialer_claim_seconds_count');
  return {
    attemptsPerSecond: attempts / took,
    lowestOverTenSeconds: rates.length > 0 ? Math.min(...rates) : attempts / took,
    tickLagP99Ms: quantileBetween(dialerBefore, dialer, 'outdial_dialer_tick_lag_seconds', 0.99) * 1_000,
    bareTickLagP99Ms: lagP99(await timer.lags()),
    outboxLagP99Ms: quantileBetween(workerBefore, worker, 'outdial_outbox_lag_seconds', 0.99) * 1_000,
    answers: answersSince(site.truthLog, position),
    meanClaim: attempts / Math.max(1, claims),
    rssGrowthMb: growthOf(memory),
    rssMb: quantileOf(memory, 0.5),
  };
};

const tell = (found: Measured): string =>
  [
    `${found.attemptsPerSecond.toFixed(1)} attempts/s (lowest ${found.lowestOverTenSeconds.toFixed(1)})`,
    `tick lag p99 ${found.tickLagP99Ms.toFixed(1)} ms (bare timer ${found.bareTickLagP99Ms.toFixed(1)})`,
    `answer to connect p50 ${found.answers.p50Ms.toFixed(1)} p99 ${found.answers.p99Ms.toFixed(1)} ms`,
    `outbox lag p99 ${found.outboxLagP99Ms.toFixed(0)} ms`,
    `${found.meanClaim.toFixed(1)} per claim`,
    `dialer ${found.rssMb.toFixed(0)} MB (${found.rssGrowthMb.toFixed(1)} more)`,
  ].join(', ');

const holds = (found: Measured): boolean =>
  found.tickLagP99Ms < LIMITS.tickLagP99Ms &&
  found.answers.p99Ms < LIMITS.answerToConnectP99Ms &&
  found.outboxLagP99Ms < LIMITS.outboxLagP99Ms;

/** Raises the demand until a limit breaks or more demand brings no more calls. */
const highestHeld = async (site: Site, timer: BareTimer, plan: Plan, first: Measured, say: (line: string) => void) => {
  let best = { found: first, ringMs: RING_MS };
  for (const ringMs of plan.rings) {
    await site.ringFor(ringMs);
    // The calls of the level before ring out first.
    await pause(RING_MS + 1_000);
    const found = await measure(site, timer, plan.stepSeconds);
    say(`ringing ${ringMs} ms: ${tell(found)}`);
    if (!holds(found) || found.attemptsPerSecond < best.found.attemptsPerSecond) break;
    best = { found, ringMs };
  }
  return best;
};

const rowsOf = (found: Measured, plan: Plan): BenchRow[] => {
  const params = { agents: AGENTS, seconds: plan.seconds };
  const row = (name: string, value: number, unit: string): BenchRow => ({ name, params, value: round(value), unit });
  return [
    row('attemptsPerSecond', found.attemptsPerSecond, 'attempts/s'),
    row('attemptsPerSecondLowest10s', found.lowestOverTenSeconds, 'attempts/s'),
    withBaseline(row('tickLagP99Ms', found.tickLagP99Ms, 'ms'), Math.max(0.01, found.bareTickLagP99Ms)),
    row('answerToConnectP99Ms', found.answers.p99Ms, 'ms'),
    row('outboxLagP99Ms', found.outboxLagP99Ms, 'ms'),
    row('rssGrowthMb', found.rssGrowthMb, 'MB'),
  ];
};

export const callsBench: Bench = {
  description: 'attempts/s of one dialer with 450 agents at rate 1, its lags and memory, and the highest rate held',
  async run({ quick, say }) {
    const plan = quick ? QUICK : FULL;
    const stores = await openBenchStores(say);
    const timer = startBareTimer();
    let site: Site | undefined;
    try {
      site = await openSite({ stores, agents: AGENTS, contacts: plan.contacts, say });
      await site.start();
      say(`warming up for ${plan.warmUpSeconds} s, measuring for ${plan.seconds} s`);
      await pause(plan.warmUpSeconds * 1_000);
      const found = await measure(site, timer, plan.seconds);
      say(tell(found));
      const best = await highestHeld(site, timer, plan, found, say);
      await site.stopRoles();
      const batch = Math.max(1, Math.round(best.found.meanClaim));
      say(`only the durable writes, ${batch} attempts at a time`);
      const loop = await runDurableLoop(site.pool, site.seeded, {
        batch,
        seconds: plan.loopSeconds,
        contacts: Math.floor(plan.contacts / 2),
      });
      return [
        ...rowsOf(found, plan),
        withBaseline(
          {
            name: 'highestAttemptsPerSecond',
            params: { agents: AGENTS, ringMs: best.ringMs, seconds: plan.stepSeconds, batch },
            value: round(best.found.attemptsPerSecond),
            unit: 'attempts/s',
          },
          loop.attemptsPerSecond,
        ),
      ];
    } finally {
      timer.stop();
      await site?.close();
      await stores.close();
    }
  },
};
