import { notFound } from '../errors';
import { type Page, type PageRequest, pageOf } from '../infra/page';
import { type Caller, seesNumbers } from '../organisations/caller';
import type { ReportDeps } from './campaign-report';
import { namesOf, personsOf } from './names';
import { type AttemptFilterInput, parseFilter, whereOf } from './report-filter';
import { requireReports } from './report-roles';
import { decodeTimeKey, isUuid, timeKey } from './time-key';
import { readWarehouse } from './warehouse-read';

const MOMENTS = {
  CLAIMED: 'claimed_at',
  PLACED: 'placed_at',
  RINGING: 'ringing_at',
  ANSWERED: 'answered_at',
  CLASSIFIED: 'classified_at',
  CONNECTED: 'connected_at',
  ENDED: 'ended_at',
  WRAPPED_UP: 'wrapped_up_at',
} as const;

export const TIMELINE_EVENTS = Object.keys(MOMENTS) as TimelineEvent[];
export type TimelineEvent = keyof typeof MOMENTS;

export interface ReportedAttempt {
  id: string;
  campaignId: string;
  campaignName: string | null;
  listId: string;
  listName: string | null;
  agentId: string | null;
  agentName: string | null;
  ivrPort: number | null;
  contactId: string;
  /** Null for roles that may not see numbers. */
  number: string | null;
  maskedNumber: string;
  /** The contact's id in the system its list came from. */
  externalId: string | null;
  mode: string;
  zone: string;
  attemptNo: number;
  outcome: string;
  abandonCause: string | null;
  liveAnswer: boolean;
  endedBy: string | null;
  q850: number | null;
  sip: number | null;
  wrapUpCode: string | null;
  claimedAt: Date;
  endedAt: Date | null;
  timeline: { event: TimelineEvent; at: Date }[];
}

interface RawAttempt extends Record<`${(typeof MOMENTS)[TimelineEvent]}_ms`, number | string | null> {
  id: string;
  campaign_id: string;
  list_id: string;
  agent_id: string | null;
  ivr_port: number | null;
  contact_id: string | number;
  masked_number: string;
  mode: string;
  zone: string;
  attempt_no: number;
  outcome: string;
  abandon_cause: string;
  live_answer: boolean;
  ended_by: string;
  q850: number | null;
  sip: number | null;
  wrap_up_code: string;
}

/** Moments as milliseconds: no time zone or format stands between the warehouse and us. */
const COLUMNS = [
  'toString(attempt_id) AS id',
  'campaign_id, list_id, agent_id, ivr_port, contact_id, masked_number, mode, zone, attempt_no, outcome, abandon_cause',
  'live_answer, ended_by, q850, sip, wrap_up_code',
  ...Object.values(MOMENTS).map((column) => `toUnixTimestamp64Milli(${column}) AS ${column}_ms`),
].join(', ');

const momentOf = (value: number | string | null): Date | null => (value === null ? null : new Date(Number(value)));

const timelineOf = (raw: RawAttempt): ReportedAttempt['timeline'] =>
  TIMELINE_EVENTS.flatMap((event) => {
    const at = momentOf(raw[`${MOMENTS[event]}_ms`]);
    return at ? [{ event, at }] : [];
  }).sort((a, b) => a.at.getTime() - b.at.getTime());

export const createAttemptReport = ({ warehouse, pool }: ReportDeps) => {
  const complete = async (caller: Caller, raw: RawAttempt[]): Promise<ReportedAttempt[]> => {
    const { organisationId } = caller;
    const [campaigns, lists, agents, persons] = await Promise.all([
      namesOf(
        pool,
        organisationId,
        'campaign',
        raw.map((row) => row.campaign_id),
      ),
      namesOf(
        pool,
        organisationId,
        'list',
        raw.map((row) => row.list_id),
      ),
      namesOf(
        pool,
        organisationId,
        'agent',
        raw.map((row) => row.agent_id),
      ),
      personsOf(
        pool,
        organisationId,
        raw.map((row) => row.id),
      ),
    ]);
    return raw.map((row) => ({
      id: row.id,
      campaignId: row.campaign_id,
      campaignName: campaigns.get(row.campaign_id) ?? null,
      listId: row.list_id,
      listName: lists.get(row.list_id) ?? null,
      agentId: row.agent_id,
      agentName: (row.agent_id && agents.get(row.agent_id)) || null,
      ivrPort: row.ivr_port,
      contactId: String(row.contact_id),
      number: seesNumbers(caller) ? (persons.get(row.id)?.number ?? null) : null,
      maskedNumber: row.masked_number,
      externalId: persons.get(row.id)?.externalId ?? null,
      mode: row.mode,
      zone: row.zone,
      attemptNo: row.attempt_no,
      outcome: row.outcome,
      abandonCause: row.abandon_cause || null,
      liveAnswer: row.live_answer,
      endedBy: row.ended_by || null,
      q850: row.q850,
      sip: row.sip,
      wrapUpCode: row.wrap_up_code || null,
      claimedAt: new Date(Number(row.claimed_at_ms)),
      endedAt: momentOf(row.ended_at_ms),
      timeline: timelineOf(row),
    }));
  };

  return {
    /** Single attempts, in the order they were claimed. */
    async attempts(caller: Caller, input: AttemptFilterInput, page: PageRequest): Promise<Page<ReportedAttempt>> {
      requireReports(caller);
      const where = whereOf(caller.organisationId, parseFilter(input));
      const after = page.after === undefined ? undefined : decodeTimeKey(page.after);
      const beyond = after
        ? `AND (claimed_at, attempt_id) > (fromUnixTimestamp64Milli({afterMs:Int64}, 'UTC'), {afterId:UUID})`
        : '';
      const raw = await readWarehouse<RawAttempt>(warehouse, {
        sql: `SELECT ${COLUMNS} FROM call_attempt FINAL
WHERE ${where.sql} ${beyond}
ORDER BY claimed_at, attempt_id LIMIT {limit:UInt32}`,
        params: { ...where.params, afterMs: after?.ms, afterId: after?.id, limit: page.first + 1 },
      });
      const { rows, more } = pageOf(raw, page.first);
      return { rows: await complete(caller, rows), more };
    },

    async attempt(caller: Caller, id: string): Promise<ReportedAttempt> {
      requireReports(caller);
      if (!isUuid(id)) throw notFound('CallAttempt', id.slice(0, 60));
      const raw = await readWarehouse<RawAttempt>(warehouse, {
        sql: `SELECT ${COLUMNS} FROM call_attempt FINAL
WHERE organisation_id = {organisation:UUID} AND attempt_id = {id:UUID}`,
        params: { organisation: caller.organisationId, id },
      });
      const [attempt] = await complete(caller, raw);
      if (!attempt) throw notFound('CallAttempt', id);
      return attempt;
    },
  };
};

export type AttemptReport = ReturnType<typeof createAttemptReport>;

/** An attempt's place in the list: when it was claimed, then its id. */
export const attemptKey = ({ claimedAt, id }: Pick<ReportedAttempt, 'claimedAt' | 'id'>): string =>
  timeKey(claimedAt, id);
