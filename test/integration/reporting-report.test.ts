import { pipeline } from 'node:stream/promises';
import { parse } from 'csv-parse/sync';
import type { Pool } from 'pg';
import { createWarehouse, type Warehouse } from '../../src/infra/clickhouse';
import { OffsetClock } from '../../src/infra/clock';
import { newId } from '../../src/infra/ids';
import { createLogger, maskNumber } from '../../src/infra/logger';
import { createMetrics } from '../../src/infra/metrics';
import { createPool } from '../../src/infra/postgres';
import type { Caller, Role } from '../../src/organisations/caller';
import { attemptKey, createAttemptReport } from '../../src/reporting/attempt-report';
import { createCampaignReport, type ReportRow } from '../../src/reporting/campaign-report';
import type { Dimension, Interval } from '../../src/reporting/dimensions';
import type { Measures } from '../../src/reporting/measures';
import { createOutboxExporter } from '../../src/reporting/outbox-exporter';
import { reportCsv } from '../../src/reporting/report-csv';
import type { AttemptFilterInput } from '../../src/reporting/report-filter';
import { fictionalNumber, type Seeded, seedCampaign } from '../setup/seed';
import { type TestStores, testStores } from '../setup/stores';
import { type AttemptSpec, faultyWire, seedAttempts } from './reporting-facts';
import { seededIntegers } from './reporting-random';

const SEED = 20260401;
const COUNT = 2_000;
const from = new Date('2026-03-27T00:00:00Z');
const to = new Date('2026-03-31T00:00:00Z');
const OUTCOMES = [
  'LIVE_VOICE',
  'MACHINE',
  'BUSY',
  'NO_ANSWER',
  'INVALID_NUMBER',
  'ABANDONED',
  'CUSTOMER_ABANDONED',
  'UNKNOWN',
];
const CAUSES = ['OVERDIAL', 'AGENT_LOST', 'AMD_FALSE', 'FAULT'];

let stores: TestStores;
let pool: Pool;
let warehouse: Warehouse;
let report: ReturnType<typeof createCampaignReport>;
let attempts: ReturnType<typeof createAttemptReport>;
let first: Seeded;
let second: Seeded;
let foreign: Seeded;
let specs: AttemptSpec[];
let ids: string[];

const callerOf = ({ organisationId }: Seeded, ...roles: Role[]): Caller => ({
  organisationId,
  actor: 'user:test',
  roles,
});
const analyst = () => callerOf(first, 'ANALYST');
const all = (): AttemptFilterInput => ({ from, to });

/** Attempts over four days, the change to summer time in Europe among them. */
const randomSpecs = (random: (below: number) => number, seeded: Seeded, count: number): AttemptSpec[] =>
  Array.from({ length: count }, (_, index) => {
    const outcome = OUTCOMES[random(OUTCOMES.length)] as string;
    const claimedAt = new Date(from.getTime() + random(to.getTime() - from.getTime()));
    const after = (base: Date, below: number) => new Date(base.getTime() + random(below));
    const answered = ['LIVE_VOICE', 'MACHINE', 'ABANDONED', 'CUSTOMER_ABANDONED'].includes(outcome);
    const answeredAt = answered ? after(claimedAt, 20_000) : undefined;
    const connectedAt = outcome === 'LIVE_VOICE' && answeredAt ? after(answeredAt, 1_500) : undefined;
    const endedAt = after(connectedAt ?? answeredAt ?? claimedAt, 90_000);
    return {
      claimedAt,
      outcome,
      answeredAt,
      connectedAt,
      endedAt,
      wrappedUpAt: connectedAt && random(3) > 0 ? after(endedAt, 30_000) : undefined,
      agentId: random(4) === 0 ? null : (seeded.agents[random(seeded.agents.length)]?.id ?? null),
      abandonCause: outcome === 'ABANDONED' ? CAUSES[random(CAUSES.length)] : undefined,
      liveAnswer: ['LIVE_VOICE', 'ABANDONED', 'CUSTOMER_ABANDONED'].includes(outcome),
      mode: ['Mobile', 'Home', 'Work'][random(3)],
      number: fictionalNumber(index),
    };
  });

beforeAll(async () => {
  stores = await testStores();
  pool = createPool({ url: stores.databaseUrl, applicationName: 'test' });
  warehouse = createWarehouse(stores.clickhouseUrl);
  report = createCampaignReport({ warehouse, pool });
  attempts = createAttemptReport({ warehouse, pool });
  first = await seedCampaign(pool, { at: from, agents: 6 });
  second = await seedCampaign(pool, { at: from, agents: 2, organisationId: first.organisationId });
  foreign = await seedCampaign(pool, { at: from, agents: 2 });
  const random = seededIntegers(SEED);
  specs = randomSpecs(random, first, COUNT);
  ids = await seedAttempts(pool, first, specs, from);
  await seedAttempts(pool, second, randomSpecs(random, second, 500), from);
  await seedAttempts(pool, foreign, randomSpecs(random, foreign, 300), from);
  const metrics = createMetrics('test');
  const logger = createLogger('test', 'silent');
  const exporter = createOutboxExporter({ pool, warehouse, clock: new OffsetClock(), logger, metrics, batchRows: 700 });
  let sent = 0;
  while (sent < COUNT + 800) sent += (await exporter.run()).rows;
});

afterAll(async () => {
  await Promise.allSettled([warehouse?.close(), pool?.end()]);
  await stores?.close();
});

const ADDITIVE = [
  'attempts',
  'answers',
  'liveAnswers',
  'machine',
  'busy',
  'noAnswer',
  'invalidNumber',
  'other',
  'connected',
  'customerAbandoned',
  'abandoned',
  'abandonedOverdial',
  'abandonedAgentLost',
  'abandonedAmdFalse',
  'abandonedFault',
  'talkSeconds',
  'wrapUpSeconds',
] as const satisfies readonly (keyof Measures)[];

const sumOf = (rows: ReportRow[]): number[] =>
  ADDITIVE.map((name) => Math.round(1000 * rows.reduce((sum, row) => sum + row.measures[name], 0)));
const flat = (measures: Measures): number[] => ADDITIVE.map((name) => Math.round(1000 * measures[name]));

/** All rows, read page by page. */
const pages = async (
  filter: AttemptFilterInput,
  groupBy: Dimension[],
  interval: Interval | null = null,
  size = 200,
): Promise<ReportRow[]> => {
  const rows: ReportRow[] = [];
  for (let after: string | undefined; ; ) {
    const page = await report.rows(analyst(), filter, { groupBy, interval }, { first: size, after });
    rows.push(...page.rows);
    if (!page.more) return rows;
    after = page.rows.at(-1)?.key;
  }
};

const HOURS: Interval = { unit: 'HOUR', timeZone: 'Europe/Berlin' };

test('the totals are what was written', async () => {
  const totals = await report.totals(analyst(), { ...all(), campaignIds: [first.campaignId] });
  const count = (is: (spec: AttemptSpec) => unknown) => specs.filter(is).length;
  expect(totals).toMatchObject({
    attempts: COUNT,
    answers: count((spec) => spec.answeredAt),
    liveAnswers: count((spec) => spec.liveAnswer),
    machine: count((spec) => spec.outcome === 'MACHINE'),
    other: count((spec) => spec.outcome === 'UNKNOWN'),
    connected: count((spec) => spec.connectedAt),
    abandoned: count((spec) => spec.abandonCause),
    abandonedFault: count((spec) => spec.abandonCause === 'FAULT'),
  });
  const waits = specs
    .flatMap((spec) => (spec.connectedAt && spec.answeredAt ? [+spec.connectedAt - +spec.answeredAt] : []))
    .sort((a, b) => a - b);
  const average = waits.reduce((sum, wait) => sum + wait, 0) / waits.length;
  expect(totals.answerToConnectAverageMs).toBeCloseTo(average, 6);
  expect(waits.indexOf(totals.answerToConnectP95Ms ?? -1) / waits.length).toBeCloseTo(0.95, 1);
  expect(totals.abandonRatePercent).toBeCloseTo((100 * totals.abandoned) / totals.liveAnswers, 9);
});

test.each<[string, Dimension[], Interval | null]>([
  ['campaign', ['CAMPAIGN'], null],
  ['quarter of an hour', ['INTERVAL'], { unit: 'QUARTER_HOUR', timeZone: 'Asia/Kolkata' }],
  ['hour', ['INTERVAL'], HOURS],
  ['day', ['INTERVAL'], { unit: 'DAY', timeZone: 'America/St_Johns' }],
  ['agent', ['AGENT'], null],
  ['list', ['LIST'], null],
  ['mode', ['MODE'], null],
  ['outcome', ['OUTCOME'], null],
  ['wrap-up code', ['WRAP_UP_CODE'], null],
  ['campaign, hour and agent', ['CAMPAIGN', 'INTERVAL', 'AGENT'], HOURS],
])('rows by %s sum to the totals, page by page', async (_name, groupBy, interval) => {
  const rows = await pages(all(), groupBy, interval);
  expect(sumOf(rows)).toEqual(flat(await report.totals(analyst(), all())));
  expect(new Set(rows.map((row) => row.key)).size).toBe(rows.length);
});

test('every row sums from the rows below it, down to single attempts', async () => {
  const campaigns = await pages(all(), ['CAMPAIGN']);
  expect(campaigns.map((row) => row.campaignId).sort()).toEqual([first.campaignId, second.campaignId].sort());
  const campaign = campaigns.find((row) => row.campaignId === first.campaignId) as ReportRow;
  const within = { ...all(), campaignIds: [first.campaignId] };
  const days = await pages(within, ['INTERVAL'], { unit: 'DAY', timeZone: 'Europe/Berlin' }, 2);
  expect(sumOf(days)).toEqual(flat(campaign.measures));
  for (const [index, day] of days.entries()) {
    const start = new Date(Math.max(+from, +(day.intervalStart as Date)));
    const ofDay = { ...within, from: start, to: days[index + 1]?.intervalStart ?? to };
    const hours = await pages(ofDay, ['INTERVAL'], HOURS);
    expect(sumOf(hours)).toEqual(flat(day.measures));
    const byAgent = await pages(ofDay, ['AGENT'], null, 3);
    expect(sumOf(byAgent)).toEqual(flat(day.measures));
    const row = byAgent.find((candidate) => candidate.agentId === null) as ReportRow;
    const single = await attempts.attempts(analyst(), { ...ofDay, agentIds: [null] }, { first: 200 });
    expect(single.rows).toHaveLength(Math.min(200, row.measures.attempts));
    expect(single.rows.every((attempt) => attempt.agentId === null)).toBe(true);
  }
});

test('hours begin on the hour of the zone, through the change to summer time', async () => {
  const rows = await pages(all(), ['INTERVAL'], HOURS);
  const starts = rows.map((row) => +(row.intervalStart as Date));
  // The change skips a local hour, not one of real time: all 96 are there.
  expect(starts).toHaveLength(96);
  expect(starts.every((start, index) => index === 0 || start - (starts[index - 1] as number) === 3_600_000)).toBe(true);
  const days = await pages(all(), ['INTERVAL'], { unit: 'DAY', timeZone: 'Europe/Berlin' });
  expect(days.map((day) => (day.intervalStart as Date).toISOString())).toEqual([
    '2026-03-26T23:00:00.000Z',
    '2026-03-27T23:00:00.000Z',
    '2026-03-28T23:00:00.000Z',
    '2026-03-29T22:00:00.000Z',
    '2026-03-30T22:00:00.000Z',
  ]);
});

test('names come from PostgreSQL as they are now', async () => {
  await pool.query(`UPDATE campaign SET name = 'Renamed' WHERE id = $1`, [second.campaignId]);
  const rows = await pages({ ...all(), campaignIds: [second.campaignId] }, ['CAMPAIGN', 'AGENT', 'LIST']);
  expect(rows.every((row) => row.campaignName === 'Renamed')).toBe(true);
  expect(rows.some((row) => row.agentName?.startsWith('Agent '))).toBe(true);
  expect(rows.every((row) => row.listName === `List ${second.listId}`)).toBe(true);
});

test('single attempts come page by page, each once, with their timeline', async () => {
  const filter = { ...all(), campaignIds: [first.campaignId] };
  const seen: string[] = [];
  for (let after: string | undefined; ; ) {
    const page = await attempts.attempts(analyst(), filter, { first: 173, after });
    seen.push(...page.rows.map((attempt) => attempt.id));
    const last = page.rows.at(-1);
    if (!page.more || !last) break;
    after = attemptKey(last);
  }
  expect(seen).toHaveLength(COUNT);
  expect([...seen].sort()).toEqual([...ids].sort());
  const index = specs.findIndex((spec) => spec.wrappedUpAt);
  const spec = specs[index] as AttemptSpec;
  const attempt = await attempts.attempt(analyst(), ids[index] as string);
  expect(attempt.timeline).toEqual([
    { event: 'CLAIMED', at: spec.claimedAt },
    { event: 'PLACED', at: spec.claimedAt },
    { event: 'ANSWERED', at: spec.answeredAt },
    { event: 'CONNECTED', at: spec.connectedAt },
    { event: 'ENDED', at: spec.endedAt },
    { event: 'WRAPPED_UP', at: spec.wrappedUpAt },
  ]);
});

test('a full number is only for roles that may see it', async () => {
  const id = ids[0] as string;
  const number = specs[0]?.number as string;
  expect(await attempts.attempt(analyst(), id)).toMatchObject({ number: null, maskedNumber: maskNumber(number) });
  expect(await attempts.attempt(callerOf(first, 'CAMPAIGN_MANAGER'), id)).toMatchObject({ number });
});

test('nothing of another organisation is read, whatever is asked for', async () => {
  const stranger = callerOf(foreign, 'ADMIN');
  const asked = { ...all(), campaignIds: [first.campaignId, second.campaignId] };
  expect((await report.totals(stranger, asked)).attempts).toBe(0);
  expect(
    (await report.totals(stranger, { ...all(), agentIds: [...first.agents.map(({ id }) => id), null] })).attempts,
  ).toBeLessThan(300);
  expect((await report.rows(stranger, asked, { groupBy: ['CAMPAIGN'] }, { first: 10 })).rows).toEqual([]);
  expect((await attempts.attempts(stranger, asked, { first: 10 })).rows).toEqual([]);
  await expect(attempts.attempt(stranger, ids[0] as string)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  expect((await report.totals(stranger, all())).attempts).toBe(300);
});

test('roles without reports are refused', async () => {
  await expect(report.totals(callerOf(first, 'AGENT'), all())).rejects.toMatchObject({ code: 'FORBIDDEN' });
  await expect(attempts.attempts(callerOf(first, 'INTEGRATION'), all(), { first: 1 })).rejects.toMatchObject({
    code: 'FORBIDDEN',
  });
});

test('bad input is named', async () => {
  const rows = (filter: AttemptFilterInput, groupBy: Dimension[], interval?: Interval, after?: string) =>
    report.rows(analyst(), filter, { groupBy, interval }, { first: 5, after });
  await expect(rows({ from: to, to: from }, ['MODE'])).rejects.toMatchObject({
    code: 'INVALID_INPUT',
    field: 'filter.to',
  });
  await expect(rows({ ...all(), campaignIds: ["1' OR 1=1"] }, ['MODE'])).rejects.toMatchObject({
    field: 'filter.campaignIds.0',
  });
  await expect(rows(all(), ['INTERVAL'])).rejects.toMatchObject({ field: 'interval' });
  await expect(rows(all(), ['INTERVAL'], { unit: 'DAY', timeZone: 'Mars/Olympus' })).rejects.toMatchObject({
    field: 'interval.timeZone',
  });
  await expect(rows(all(), [])).rejects.toMatchObject({ field: 'groupBy' });
  await expect(rows(all(), ['MODE', 'MODE'])).rejects.toMatchObject({ field: 'groupBy' });
  await expect(rows(all(), ['MODE'], undefined, '[]')).rejects.toMatchObject({ field: 'after' });
  await expect(attempts.attempts(analyst(), all(), { first: 5, after: 'x' })).rejects.toMatchObject({ field: 'after' });
  await expect(attempts.attempt(analyst(), newId())).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

test('text from outside stays text', async () => {
  const hostile = `'); DROP TABLE call_attempt; --`;
  expect((await report.totals(analyst(), { ...all(), outcomes: [hostile], wrapUpCodes: [hostile] })).attempts).toBe(0);
  expect((await report.totals(analyst(), all())).attempts).toBe(COUNT + 500);
});

test('a CSV export has every row, and its sums', async () => {
  await pool.query(`UPDATE agent SET name = '=HYPERLINK("x")' WHERE id = $1`, [first.agents[0]?.id]);
  let text = '';
  const grouping = { groupBy: ['AGENT', 'INTERVAL'] as Dimension[], interval: HOURS };
  await pipeline(reportCsv(grouping.groupBy, report.stream(analyst(), all(), grouping)), async (chunks) => {
    for await (const chunk of chunks) text += String(chunk);
  });
  const records = parse(text, { columns: true }) as Record<string, string>[];
  const totals = await report.totals(analyst(), all());
  expect(records.reduce((sum, record) => sum + Number(record.attempts), 0)).toBe(totals.attempts);
  expect(Object.keys(records[0] ?? {}).slice(0, 4)).toEqual(['agent_id', 'agent', 'interval_start', 'attempts']);
  expect(records.some((record) => record.agent === `'=HYPERLINK("x")`)).toBe(true);
});

test('a warehouse that is away is said so, to be asked again', async () => {
  const wire = await faultyWire(stores.clickhouseUrl);
  const wired = createWarehouse(wire.url);
  try {
    wire.set('down');
    const away = createCampaignReport({ warehouse: wired, pool });
    await expect(away.totals(analyst(), all())).rejects.toMatchObject({ code: 'REPORTS_UNAVAILABLE', retryable: true });
    await expect(
      createAttemptReport({ warehouse: wired, pool }).attempts(analyst(), all(), { first: 1 }),
    ).rejects.toMatchObject({ code: 'REPORTS_UNAVAILABLE' });
    wire.set('open');
    expect((await away.totals(analyst(), all())).attempts).toBe(COUNT + 500);
  } finally {
    await wired.close();
    await wire.close();
  }
});
