import { IANAZone } from 'luxon';
import { z } from 'zod';
import { invalid } from '../errors';

const ids = z.array(z.uuid()).max(200).optional();
const words = z.array(z.string().max(100)).max(200).optional();

/** Which attempts a report is about. Every given list narrows it; drilling down is the same filter with one more value. */
export const attemptFilterSchema = z
  .strictObject({
    /** By the moment of the claim: `from` inclusive, `to` exclusive. */
    from: z.date(),
    to: z.date(),
    campaignIds: ids,
    listIds: ids,
    /** Null among them stands for attempts that no agent was behind. */
    agentIds: z.array(z.uuid().nullable()).max(500).optional(),
    modes: words,
    outcomes: words,
    wrapUpCodes: words,
  })
  .refine(({ from, to }) => from < to, { path: ['to'], message: 'must be after `from`' });

export type AttemptFilter = z.infer<typeof attemptFilterSchema>;

/** Lists may be null in a request: the same as not given. */
export type AttemptFilterInput = { [K in keyof AttemptFilter]: AttemptFilter[K] | null };

export const parseFilter = (input: AttemptFilterInput): AttemptFilter => {
  const given = Object.fromEntries(Object.entries(input).filter(([, value]) => value !== null));
  const parsed = attemptFilterSchema.safeParse(given);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw invalid(`filter.${issue?.path.join('.') ?? ''}`, `filter.${issue?.path.join('.')}: ${issue?.message}`);
};

export const parseZone = (zone: string): string => {
  if (IANAZone.isValidZone(zone)) return zone;
  throw invalid('interval.timeZone', `interval.timeZone ${zone.slice(0, 60)} is not an IANA time zone`);
};

/** Progressive and predictive campaigns are one report. */
const CAMPAIGN_TYPES = ['PROGRESSIVE', 'PREDICTIVE'];

export interface Where {
  /** Conditions joined by AND; every value is a bound parameter, the organisation is always among them. */
  sql: string;
  params: Record<string, unknown>;
}

export const whereOf = (organisationId: string, filter: AttemptFilter): Where => {
  const conditions = [
    'organisation_id = {organisation:UUID}',
    'campaign_type IN {types:Array(String)}',
    `claimed_at >= {from:DateTime64(3, 'UTC')}`,
    `claimed_at < {to:DateTime64(3, 'UTC')}`,
  ];
  const params: Where['params'] = {
    organisation: organisationId,
    types: CAMPAIGN_TYPES,
    from: filter.from,
    to: filter.to,
  };
  const among = (column: string, type: string, values: readonly string[] | undefined): void => {
    if (!values) return;
    conditions.push(`${column} IN {${column}:Array(${type})}`);
    params[column] = values;
  };
  among('campaign_id', 'UUID', filter.campaignIds);
  among('list_id', 'UUID', filter.listIds);
  among('mode', 'String', filter.modes);
  among('outcome', 'String', filter.outcomes);
  among('wrap_up_code', 'String', filter.wrapUpCodes);
  if (filter.agentIds) {
    const agents = filter.agentIds.filter((id) => id !== null);
    const none = agents.length < filter.agentIds.length ? ' OR agent_id IS NULL' : '';
    conditions.push(`(agent_id IN {agent_id:Array(UUID)}${none})`);
    params.agent_id = agents;
  }
  return { sql: conditions.join('\n  AND '), params };
};
