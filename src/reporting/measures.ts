/**
 * The measures of a report. What comes from the warehouse is counts and sums of whole numbers, so a level always sums
 * exactly to the one above it; rates and averages are worked out from those sums. The percentile and the ports used are not
 * additive.
 */
const elapsed = (from: string, to: string): string =>
  `sum(ifNull(greatest(0, dateDiff('millisecond', ${from}, ${to})), 0))`;

const outcome = (name: string): string => `countIf(outcome = '${name}')`;
const cause = (name: string): string => `countIf(abandon_cause = '${name}')`;

const SUMS = {
  attempts: 'count()',
  answers: 'countIf(isNotNull(answered_at))',
  liveAnswers: 'countIf(live_answer)',
  machine: outcome('MACHINE'),
  busy: outcome('BUSY'),
  noAnswer: outcome('NO_ANSWER'),
  invalidNumber: outcome('INVALID_NUMBER'),
  /** All outcomes without a measure of their own. */
  other: `countIf(outcome NOT IN ('LIVE_VOICE', 'MACHINE', 'BUSY', 'NO_ANSWER', 'INVALID_NUMBER', 'ABANDONED', 'CUSTOMER_ABANDONED'))`,
  connected: 'countIf(isNotNull(connected_at))',
  customerAbandoned: outcome('CUSTOMER_ABANDONED'),
  abandoned: `countIf(abandon_cause != '')`,
  abandonedOverdial: cause('OVERDIAL'),
  abandonedAgentLost: cause('AGENT_LOST'),
  abandonedAmdFalse: cause('AMD_FALSE'),
  abandonedFault: cause('FAULT'),
  answerToConnectMs: elapsed('answered_at', 'connected_at'),
  talkMs: elapsed('connected_at', 'ended_at'),
  wrapUpMs: elapsed('ended_at', 'wrapped_up_at'),
} as const;

export type Sums = Record<keyof typeof SUMS, number>;

const P95 = `quantileExactIf(0.95)(ifNull(dateDiff('millisecond', answered_at, connected_at), 0), isNotNull(connected_at))`;

/** Different ports of IVR campaigns that had an attempt: not a sum either. */
const PORTS_USED = 'uniqExactIf((campaign_id, ifNull(ivr_port, 0)), isNotNull(ivr_port))';

export const MEASURE_COLUMNS = [
  ...Object.entries(SUMS).map(([name, sql]) => `${sql} AS ${name}`),
  `${P95} AS p95Ms`,
  `${PORTS_USED} AS portsUsed`,
].join(',\n  ');

export interface Measures extends Omit<Sums, 'answerToConnectMs' | 'talkMs' | 'wrapUpMs'> {
  /** Percent of live answers; null without any. */
  abandonRatePercent: number | null;
  /** Percent of attempts that reached a person; null without attempts. */
  contactRatePercent: number | null;
  answerToConnectAverageMs: number | null;
  answerToConnectP95Ms: number | null;
  portsUsed: number;
  talkSeconds: number;
  wrapUpSeconds: number;
}

export type MeasureRow = Record<keyof Sums | 'p95Ms' | 'portsUsed', number | string | null>;

const percent = (part: number, whole: number): number | null => (whole === 0 ? null : (100 * part) / whole);

export const measuresOf = (row: MeasureRow): Measures => {
  const sums = Object.fromEntries(Object.keys(SUMS).map((name) => [name, Number(row[name as keyof Sums])])) as Sums;
  const { answerToConnectMs, talkMs, wrapUpMs, ...counts } = sums;
  const { connected } = counts;
  return {
    ...counts,
    abandonRatePercent: percent(counts.abandoned, counts.liveAnswers),
    contactRatePercent: percent(counts.liveAnswers, counts.attempts),
    answerToConnectAverageMs: connected === 0 ? null : answerToConnectMs / connected,
    answerToConnectP95Ms: connected === 0 ? null : Number(row.p95Ms),
    portsUsed: Number(row.portsUsed),
    talkSeconds: talkMs / 1000,
    wrapUpSeconds: wrapUpMs / 1000,
  };
};
