import { loadavg } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { replay } from '../src/dialer/replay/replay';
import { forecast } from '../src/dialer/simulator/forecast';
import type { Spread } from '../src/dialer/simulator/spread';
import { quantileBetween, type Scrape, scrape, total } from './calls/metrics';
import { MOST_CONTACTS } from './foretold/contacts';
import { type Observed, observe } from './foretold/observed';
import { openSite, type Site } from './foretold/site';
import { ABANDON_PERCENT, type Delays, PACING, simulatorWorld, WRAP_UP_MS } from './foretold/world';
import { type Bench, type BenchRow, round } from './lib/bench';
import { openBenchStores } from './lib/stores';

const AGENTS = 20;
const FULL = { contacts: MOST_CONTACTS, seeds: 200, withinMs: 1_200_000 };
const QUICK = { contacts: 120, seeds: 100, withinMs: 120_000 };

type Plan = typeof FULL;

const STATE = 'SELECT state FROM campaign WHERE id = $1';

/** Until the campaign is complete; the moment of its start is the answer. */
const runCampaign = async (site: Site, plan: Plan): Promise<Date> => {
  await site.staff();
  const startedAt = new Date();
  await site.startCampaign();
  const end = performance.now() + plan.withinMs;
  for (;;) {
    await pause(500);
    const { rows } = await site.pool.query<{ state: string }>(STATE, [site.campaignId]);
    if (rows[0]?.state === 'COMPLETED') return startedAt;
    if (performance.now() > end)
      throw new Error(`the campaign is ${rows[0]?.state} after ${plan.withinMs / 60_000} min`);
  }
};

const WINDOWS_MS = [86_400_000, 30 * 86_400_000];

const foretell = (plan: Plan, delays?: Delays) =>
  forecast({
    world: simulatorWorld(plan.contacts, delays),
    agents: AGENTS,
    hours: 1,
    days: 1,
    seed: 1,
    seeds: plan.seeds,
    warmUpHours: 0,
    pacing: {
      mode: 'PREDICTIVE',
      maxDialingRate: PACING.maxDialingRate,
      correctionPace: PACING.predictiveCorrectionPace,
      gain: PACING.predictiveGain,
    },
    abandon: { limitPercent: ABANDON_PERCENT, windowsMs: WINDOWS_MS },
  });

const scaled = (by: number, of: Spread): Spread => ({
  mean: of.mean * by,
  standardError: of.standardError === null ? null : of.standardError * by,
  least: of.least * by,
  most: of.most * by,
});

/** Side by side: what was foretold, and what came. */
const rowsOf = (
  found: Observed,
  plan: Plan,
  seed: number,
  delays: 'assumed' | 'measured',
  foretold: ReturnType<typeof foretell>,
): BenchRow[] => {
  const row = (name: string, value: number, unit: string, expected: Spread): BenchRow => {
    const deviation = (expected.standardError ?? 0) * Math.sqrt(plan.seeds);
    return {
      name,
      params: {
        delays,
        agents: AGENTS,
        contacts: plan.contacts,
        seed,
        deviation: round(deviation),
        least: round(expected.least),
        most: round(expected.most),
        within: value >= expected.least && value <= expected.most,
      },
      value: round(value),
      unit,
      baseline: round(expected.mean),
      ...(expected.mean === 0 ? {} : { ratio: round(value / expected.mean) }),
    };
  };
  const { finishHours } = foretold;
  if (!finishHours) throw new Error('the simulated list did not come to its end');
  return [
    row('occupancy', found.occupancyPercent, '%', foretold.occupancyPercent),
    row('abandonedPersons', found.abandonPercent, '%', foretold.abandonPercent),
    row('abandonedInLedger', found.recordedAbandonPercent, '%', foretold.recordedAbandonPercent),
    row('callsPerMinute', found.callsPerMinute, '/min', scaled(1 / 60, foretold.callsPerHour)),
    row('answersPerMinute', found.answersPerMinute, '/min', scaled(1 / 60, foretold.answersPerHour)),
    row('connects', found.connects, 'persons', foretold.connects),
    row('answerToConnect', found.answerToConnectSeconds, 's', foretold.answerToConnectSeconds),
    row('finish', found.finishMinutes, 'min', scaled(60, finishHours)),
  ];
};

const mean = (of: Scrape, name: string): number => total(of, `${name}_sum`) / Math.max(1, total(of, `${name}_count`));

const delaysOf = (after: Scrape, found: Observed): Delays => ({
  claim: mean(after, 'outdial_dialer_claim_seconds'),
  bridge: mean(after, 'outdial_dialer_connect_seconds'),
  desktop: Math.max(0, found.wrapUpSeconds - (WRAP_UP_MS.min + WRAP_UP_MS.max) / 2_000),
});

const tellDelays = (delays: Delays, before: Scrape, after: Scrape): string =>
  [
    ...Object.entries(delays).map(([name, seconds]) => `${name} ${(1_000 * seconds).toFixed(0)} ms`),
    `tick lag p99 ${(1_000 * quantileBetween(before, after, 'outdial_dialer_tick_lag_seconds', 0.99)).toFixed(0)} ms`,
  ].join(', ');

export const foretoldBench: Bench = {
  description: 'a predictive campaign with 20 agent bots beside what the simulator foretold of it, and its replay',
  async run({ quick, say }) {
    const plan = quick ? QUICK : FULL;
    // Another one each time: a seed is one draw of the people, and the spread is over draws.
    const seed = 1 + Math.floor(Math.random() * 1_000_000);
    const stores = await openBenchStores(say);
    let site: Site | undefined;
    try {
      site = await openSite({ stores, agents: AGENTS, contacts: plan.contacts, seed, say });
      say(`running; load average ${loadavg()[0]?.toFixed(1)}`);
      const before = await scrape(Number(site.dialer.facts.healthPort));
      const startedAt = await runCampaign(site, plan);
      const after = await scrape(Number(site.dialer.facts.healthPort));
      const found = await observe(site, startedAt);
      const delays = delaysOf(after, found);
      say(`done; load average ${loadavg()[0]?.toFixed(1)}; ${tellDelays(delays, before, after)}`);
      for (const fault of site.faults.slice(0, 5)) say(`a desktop: ${fault}`);
      await site.stopRoles();
      const replayed = replay({ directory: site.inputLog, diff: false });
      say(`replayed ${replayed.inputs} inputs and ${replayed.commands} commands: ${replayed.different} differ`);
      for (const { file, number, input, written, replayed: again } of replayed.differences.slice(0, 2)) {
        say(`${file}, input ${number}: ${input}\n  written   ${written}\n  replayed  ${again}`);
      }
      say(`foretelling with ${plan.seeds} seeds`);
      return [
        ...rowsOf(found, plan, seed, 'assumed', foretell(plan)),
        ...rowsOf(found, plan, seed, 'measured', foretell(plan, delays)),
        {
          name: 'replayDifferent',
          params: { inputs: replayed.inputs, commands: replayed.commands, snapshotsMissed: replayed.snapshotsMissed },
          value: replayed.different + replayed.snapshotsMissed,
          unit: 'inputs',
        },
      ];
    } finally {
      await site?.close();
      await stores.close();
    }
  },
};
