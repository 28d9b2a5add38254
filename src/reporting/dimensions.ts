import { invalid } from '../errors';
import { parseZone } from './report-filter';

export const DIMENSIONS = ['CAMPAIGN', 'INTERVAL', 'AGENT', 'LIST', 'MODE', 'OUTCOME', 'WRAP_UP_CODE'] as const;
export type Dimension = (typeof DIMENSIONS)[number];

export const INTERVAL_UNITS = ['QUARTER_HOUR', 'HOUR', 'DAY'] as const;
export type IntervalUnit = (typeof INTERVAL_UNITS)[number];

export interface Interval {
  unit: IntervalUnit;
  /** IANA zone in which hours and days begin. */
  timeZone: string;
}

/** A row's keys are few, so that its cursor stays short; a finer view is the filter plus the next dimension. */
export const MAX_DIMENSIONS = 3;

const STARTS: Record<IntervalUnit, string> = {
  QUARTER_HOUR: 'toStartOfFifteenMinutes',
  HOUR: 'toStartOfHour',
  DAY: 'toStartOfDay',
};

/** Each key as text, so that one comparison of tuples serves all for paging; seconds have ten digits until 2286. */
const KEYS: Record<Exclude<Dimension, 'INTERVAL'>, string> = {
  CAMPAIGN: 'toString(campaign_id)',
  AGENT: `ifNull(toString(agent_id), '')`,
  LIST: 'toString(list_id)',
  MODE: 'toString(mode)',
  OUTCOME: 'toString(outcome)',
  WRAP_UP_CODE: 'toString(wrap_up_code)',
};

export interface GroupKeys {
  /** One expression per dimension, in order. */
  expressions: string[];
  params: Record<string, unknown>;
}

export const groupKeys = (groupBy: readonly Dimension[], interval: Interval | null | undefined): GroupKeys => {
  if (groupBy.length === 0 || groupBy.length > MAX_DIMENSIONS || new Set(groupBy).size !== groupBy.length) {
    throw invalid('groupBy', `groupBy takes 1 to ${MAX_DIMENSIONS} different dimensions, not ${groupBy.length}`);
  }
  if (!groupBy.includes('INTERVAL')) {
    return { expressions: groupBy.map((dimension) => KEYS[dimension as keyof typeof KEYS]), params: {} };
  }
  if (!interval) throw invalid('interval', 'interval is needed to group by INTERVAL');
  const start = `toString(toUnixTimestamp(${STARTS[interval.unit]}(toDateTime(claimed_at, {zone:String}), {zone:String})))`;
  return {
    expressions: groupBy.map((dimension) => (dimension === 'INTERVAL' ? start : KEYS[dimension])),
    params: { zone: parseZone(interval.timeZone) },
  };
};

/** What a row is about; only the dimensions that were asked for are set. */
export interface RowKeys {
  campaignId?: string;
  intervalStart?: Date;
  /** Null: no agent was behind the attempt. */
  agentId?: string | null;
  listId?: string;
  mode?: string;
  outcome?: string;
  wrapUpCode?: string;
}

export const rowKeys = (groupBy: readonly Dimension[], values: readonly string[]): RowKeys => {
  const keys: RowKeys = {};
  for (const [index, dimension] of groupBy.entries()) {
    const value = values[index] ?? '';
    if (dimension === 'CAMPAIGN') keys.campaignId = value;
    else if (dimension === 'INTERVAL') keys.intervalStart = new Date(Number(value) * 1000);
    else if (dimension === 'AGENT') keys.agentId = value === '' ? null : value;
    else if (dimension === 'LIST') keys.listId = value;
    else if (dimension === 'MODE') keys.mode = value;
    else if (dimension === 'OUTCOME') keys.outcome = value;
    else keys.wrapUpCode = value;
  }
  return keys;
};
