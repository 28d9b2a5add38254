import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DateTime } from 'luxon';
import { change } from '../../src/api-client/change';
import { createClient } from '../../src/api-client/graphql-client';
import type { AgentBotOptions } from '../../src/demo/agent-bot';
import { logIn } from '../../src/demo/log-in';
import type { DemoAgent } from '../../src/demo/workspace';
import { audit, comeToRest, tellFaults } from '../setup/audit';
import { until } from '../setup/until';
import { type CampaignRun, campaignState, nobodyFor, settled, startCampaignRun } from './campaign-run';
import { attemptsOf, type Foretold, foretell, type Kept, type MadeAttempt, wrongWith } from './explained';
import { byOutcome, countAttempts, sumsByLevel, totals } from './report-sums';
import { ANSWERS, WORLD } from './three-countries-people';
import { type Countries, listed, setUpCountries } from './three-countries-setup';

/** Three countries over a long weekend, in advanced time: over HTTP and WebSocket only, until the last retry. */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** The Friday before the next Labor Day: a weekend follows, and a Monday that is a holiday in Alabama and Canada alone. */
const fridayBeforeLaborDay = (now: number): DateTime => {
  const of = (year: number): DateTime => {
    const first = DateTime.utc(year, 9, 1);
    return first.plus({ days: (8 - first.weekday) % 7 }).minus({ days: 3 });
  };
  const { year } = DateTime.fromMillis(now, { zone: 'utc' });
  return of(year).toMillis() > now ? of(year) : of(year + 1);
};

let run: CampaignRun;
let countries: Countries;
let folder: string;
/** The call in which it was promised, once it is. */
let promising: Promise<string> | undefined;
/** With which each agent is at its desktop. */
const tokens = new Map<string, string>();

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'outdial-e2e-'));
});

afterEach(async () => {
  await run?.close();
  rmSync(folder, { recursive: true, force: true });
});

const schedule = (client: CampaignRun['admin'], input: Record<string, unknown>): Promise<{ id: string }> =>
  change(client, 'Callback', 'scheduleCallback(input: $input)', 'id', {
    input: { type: 'ScheduleCallbackInput!', value: input },
  });

/** The first agent who has spoken with somebody that answers every call promises them another, before writing up the first. */
const promise =
  (from: number, of: number) =>
  (agent: DemoAgent): Partial<AgentBotOptions> => ({
    token: async () => {
      const token = await logIn(run.url, agent);
      tokens.set(agent.agentId, token);
      return token;
    },
    wrapUpMs: () => (promising ? 50 : 3_000),
    onView: ({ state, customer }) => {
      if (state === 'WRAP_UP' && customer && !promising) void promiseIn(customer.attemptId, agent, [from, of]);
    },
  });

const promiseIn = async (attemptId: string, agent: DemoAgent, window: [number, number]): Promise<void> => {
  const { rows } = await run.system.pool.query<{ number: string; campaignId: string }>(
    'SELECT number, campaign_id AS "campaignId" FROM call_attempt WHERE id = $1',
    [attemptId],
  );
  const [call] = rows;
  const answers = ANSWERS.some((digit) => call?.number.endsWith(digit));
  if (promising || !answers || call?.campaignId !== countries.campaignId) return;
  const [from, of] = window.map((at) => new Date(at).toISOString());
  promising = (async () => {
    const client = createClient(run.url, tokens.get(agent.agentId));
    await schedule(client, { attemptId, from, until: of });
    await client.close();
    return attemptId;
  })();
};

interface Step {
  told: Map<string, Foretold>;
  at: number;
}

const since = async ({ at }: Step): Promise<MadeAttempt[]> =>
  (await attemptsOf(run)).filter(({ claimedAt }) => claimedAt > at);

/** Nobody who may be called now goes on waiting; and what was foretold before is what has happened since. */
const compare = async (before: Step): Promise<Step> => {
  const told = await until(
    'all who may be called now have been',
    async () => {
      await settled(run, 400);
      const found = await foretell(run);
      return ![...found.values()].some(({ now }) => now) && found;
    },
    30_000,
  );
  const early = (await since(before)).filter(({ campaignId, contactId, claimedAt }) => {
    const foretold = before.told.get(`${campaignId}/${contactId}`);
    return !foretold || foretold.from === null || foretold.from > claimedAt;
  });
  expect(early).toEqual([]);
  return { told, at: run.system.clock.now() };
};

const goTo = async (at: number): Promise<void> => {
  await run.system.advanceClock(at - run.system.clock.now());
  await settled(run, 600);
};

const contactOf = async (customer: string): Promise<string> => {
  const { rows } = await run.system.pool.query<{ id: number }>(
    `SELECT cc.contact_id AS id FROM campaign_contact cc JOIN contact c ON c.id = cc.contact_id
     WHERE cc.campaign_id = $1 AND c.external_id = $2`,
    [countries.campaignId, customer],
  );
  return String(rows[0]?.id);
};

const OUTCOME_OF_CAUSE: Record<number, string> = {
  17: 'BUSY',
  18: 'NO_ANSWER',
  19: 'NO_ANSWER',
  20: 'NO_ANSWER',
  1: 'INVALID_NUMBER',
};

const truthByOutcome = (): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const { answeredAt, withAgent, cause = 0 } of run.system.truth().customers) {
    const outcome =
      answeredAt !== undefined && withAgent.length > 0 ? 'LIVE_VOICE' : (OUTCOME_OF_CAUSE[cause] ?? `${cause}`);
    counts[outcome] = (counts[outcome] ?? 0) + 1;
  }
  return counts;
};

test('mixed lists, retries, callbacks and an opt-out over a long weekend in three countries', async () => {
  const friday = fridayBeforeLaborDay(Date.now() + HOUR);
  const on = (day: number, time: string): number => {
    const [hour = 0, minute = 0] = time.split(':').map(Number);
    return friday.plus({ days: day }).set({ hour, minute, second: 20 }).toMillis();
  };
  const labourDay = friday.plus({ days: 3 }).toISODate() as string;
  run = await startCampaignRun(
    { agents: 6, dialingRate: 1, wrapUpLimitSeconds: 10 },
    { world: WORLD, at: on(0, '17:30'), bot: promise(on(1, '15:30'), on(1, '18:00')) },
  );
  const { admin, system, organisationId, dialerId } = run;
  countries = await setUpCountries(run, folder);
  const { campaignId, otherCampaignId, internalListId } = countries;
  const from = new Date(system.clock.now() - HOUR);
  const silent = new Map<string, number>();
  for (const customer of ['US-15', 'US-16', 'GB-5']) silent.set(customer, 0);

  for (const bot of run.bots) bot.start();
  for (const id of [campaignId, otherCampaignId]) {
    // Refused while its lists are being taken in.
    await until(
      'the campaign to start',
      () => change(admin, 'Campaign', 'startCampaign(id: $id)', 'state', { id: { type: 'ID!', value: id } }),
      30_000,
    );
  }
  const promisedIn = await until('a callback is promised in a call', () => promising, 30_000);
  await settled(run, 800);
  let step: Step = { told: await foretell(run), at: system.clock.now() };
  await goTo(on(0, '18:55'));
  step = await compare(step);

  // In mid-run: one person of both campaigns says no, another is written on the list, a third is promised a call.
  await change(admin, 'OptOut', 'addOptOut(input: $input)', 'id', {
    input: { type: 'OptOutInput!', value: { customerId: 'SH-1' } },
  });
  silent.set('SH-1', system.clock.now());
  await listed(run, internalListId, 'NUMBER', '+12145550161');
  await listed(run, internalListId, 'NUMBER', '+12145550168');
  silent.set('US-9', system.clock.now());
  const promisedContact = await contactOf('GB-1');
  await schedule(admin, {
    campaignId,
    contactId: promisedContact,
    mode: 'Home',
    from: new Date(on(2, '10:00')).toISOString(),
    until: new Date(on(2, '12:00')).toISOString(),
  });
  step = { told: await foretell(run), at: system.clock.now() };

  for (const at of [on(0, '20:20'), on(1, '00:20')]) {
    await goTo(at);
    step = await compare(step);
  }
  // To the minute: a minute before a moment that was foretold nobody is called for whom it was, at it they are.
  const moments = [...step.told.values()].flatMap(({ from: moment }) => moment ?? []);
  const moment = Math.min(...moments.filter((one) => one > step.at + 5 * MINUTE));
  await goTo(moment - MINUTE);
  step = await compare(step);
  const due = [...step.told.values()].filter((told) => told.from === moment).map(({ customer }) => customer);
  expect(due.length).toBeGreaterThan(0);
  await goTo(moment + 1_000);
  await until(
    'all for whom it was are called',
    async () => {
      const called = new Set((await since(step)).map(({ customer }) => customer));
      return due.every((customer) => called.has(customer));
    },
    20_000,
  );
  step = await compare(step);

  for (const at of [on(1, '15:35'), on(2, '10:05'), on(2, '17:10'), on(3, '15:20'), on(4, '14:30')]) {
    await goTo(at);
    step = await compare(step);
  }
  const states = () => Promise.all([campaignState(run), campaignState(run, otherCampaignId)]);
  for (let more = 0; more < 20 && !(await states()).every((state) => state === 'COMPLETED'); more += 1) {
    await goTo(system.clock.now() + Math.max(4 * HOUR, (await nobodyFor(run)) + 1_000));
    step = await compare(step);
  }
  expect(await states()).toEqual(['COMPLETED', 'COMPLETED']);
  await comeToRest(system);

  const made = await attemptsOf(run);
  const spoken = made.find(({ id }) => id === promisedIn) as MadeAttempt;
  const promised = new Map([
    [spoken.customer, { from: on(1, '15:30'), until: on(1, '18:00') }],
    ['GB-1', { from: on(2, '10:00'), until: on(2, '12:00') }],
  ]);
  const holidays = { 'US-AL': [labourDay], CA: [labourDay] };
  const kept: Kept = { holidays, silent, promised, countries };
  expect(made.flatMap((attempt) => wrongWith(attempt, made, kept))).toEqual([]);

  // Both promises were kept in their time.
  const { callbacks } = await admin.query<{ callbacks: { edges: { node: { state: string; endReason: string } }[] } }>(
    'query($id: ID!) { callbacks(campaignId: $id) { edges { node { state endReason } } } }',
    { id: campaignId },
  );
  expect(callbacks.edges.map(({ node }) => node)).toEqual([
    { state: 'DONE', endReason: 'REACHED' },
    { state: 'DONE', endReason: 'REACHED' },
  ]);
  for (const [customer, window] of promised) {
    const reached = made.filter(
      (attempt) =>
        attempt.customer === customer &&
        attempt.outcome === 'LIVE_VOICE' &&
        attempt.claimedAt >= window.from &&
        attempt.claimedAt < window.until,
    );
    expect({ customer, calls: reached.length }).toEqual({ customer, calls: 1 });
  }
  // All of it happened: a person in Florida would have been called more often, every country was called on several days.
  expect(made.filter(({ customer }) => customer === 'US-1').length).toBeGreaterThan(3);
  for (const code of ['US', 'GB', 'CA']) {
    const days = new Set(
      made
        .filter(({ law }) => law.split('|').includes(code))
        .map(({ claimedAt }) => DateTime.fromMillis(claimedAt).toISODate()),
    );
    expect(days.size).toBeGreaterThan(1);
  }

  const verdict = await audit({
    pool: system.pool,
    warehouse: system.warehouse,
    truth: () => system.truth(),
    seeded: { organisationId, dialerId },
  });
  expect(tellFaults(verdict.faults)).toBe('');
  const filter = {
    from: from.toISOString(),
    to: new Date(system.clock.now() + HOUR).toISOString(),
    campaignIds: [campaignId, otherCampaignId],
  };
  const all = await totals(admin, filter);
  expect(all.attempts).toBe(made.length);
  expect(await byOutcome(admin, filter)).toEqual(verdict.outcomes);
  expect(verdict.outcomes).toEqual(truthByOutcome());
  for (const [level, sum] of Object.entries(await sumsByLevel(admin, filter))) {
    expect({ level, sum }).toEqual({ level, sum: all });
  }
  expect(await countAttempts(admin, filter)).toBe(all.attempts);
  expect(all.abandoned).toBe(0);
}, 240_000);
