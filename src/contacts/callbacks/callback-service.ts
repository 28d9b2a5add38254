import type { Pool } from 'pg';
import { lawOf } from '../../compliance/law/law-of';
import type { LawBook } from '../../compliance/own/law-book';
import { invalid, notFound, OutdialError } from '../../errors';
import type { Clock } from '../../infra/clock';
import { newId } from '../../infra/ids';
import { type Page, type PageRequest, pageOf } from '../../infra/page';
import { type Sql, transaction } from '../../infra/postgres';
import { parse } from '../../infra/validate';
import { audit } from '../../organisations/audit';
import { type Caller, hasRole } from '../../organisations/caller';
import { takeKey } from '../../organisations/idempotency';
import { findListed, holdsAt, listingsOf } from '../dnc/listed';
import { anyoneAt, CALLBACK_PRIORITY, type Callback, type CallbackState, callbackColumns } from './callback';
import { ownerOf } from './callback-agent';
import {
  cancelCallbackInput,
  requireLawful,
  type ScheduleCallback,
  scheduleCallbackInput,
  windowOf,
} from './callback-input';

// Whose call it was comes first; the contact's own row is locked after it was found.
const ATTEMPT = `/* callback.attempt */
SELECT campaign_id AS "campaignId", contact_id AS "contactId", agent_id AS "agentId", number FROM call_attempt
WHERE id = $1 AND organisation_id = $2`;

const STANDING = `/* callback.standing */
SELECT cc.state, cc.close_reason AS "closeReason", cc.last_attempt_id AS "lastAttemptId", cc.number_index AS "numberIndex",
  cc.callback_id AS "callbackId", p.numbers, p.external_id AS "customerId", c.calling_hours_start_minute AS "startMinute",
  c.calling_hours_end_minute AS "endMinute", c.callback_limit_per_agent AS "limit", c.name AS campaign
FROM campaign_contact cc
JOIN campaign c ON c.id = cc.campaign_id
JOIN contact p ON p.id = cc.contact_id
WHERE cc.campaign_id = $1 AND cc.contact_id = $2 AND cc.organisation_id = $3 FOR UPDATE OF cc`;

const OPEN_OF_AGENT = `/* callback.open-of-agent */
SELECT count(*)::integer AS open FROM callback WHERE agent_id = $1 AND state = 'SCHEDULED' AND organisation_id = $2`;

const INSERT = `/* callback.insert */
INSERT INTO callback (id, organisation_id, campaign_id, contact_id, attempt_id, agent_id, from_at, until_at, fallback, note,
  created_by, created_at, kind, if_away)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) RETURNING ${callbackColumns('$12')}`;

const REPLACE = `/* callback.replace */
UPDATE callback SET state = 'CANCELLED', end_reason = 'REPLACED', ended_at = $2 WHERE id = $1 AND state = 'SCHEDULED'`;

// One in a call or being written up gets its due time with its next step. A promise has at least one attempt, and goes before
// the campaign's filter.
const PROMISE = `/* callback.promise */
UPDATE campaign_contact cc SET queued = false, filtered_out = false, callback_id = $3, callback_until = $4,
  callback_agent_id = $7, callback_anyone_at = $8, number_index = $6::integer,
  zone = p.numbers -> $6::integer ->> 'zone', law = coalesce(p.numbers -> $6::integer ->> 'law', ''),
  state = CASE WHEN cc.state = 'CLOSED' THEN 'READY' ELSE cc.state END,
  close_reason = NULL, close_after = NULL,
  due_at = CASE WHEN cc.state IN ('READY', 'CLOSED') THEN $5 ELSE cc.due_at END,
  attempts = CASE WHEN cc.state IN ('READY', 'CLOSED') THEN least(cc.attempts, c.max_attempts - 1) ELSE cc.attempts END,
  priority = ${CALLBACK_PRIORITY}, version = cc.version + 1
FROM campaign c, contact p
WHERE cc.campaign_id = $1 AND cc.contact_id = $2 AND c.id = cc.campaign_id AND p.id = cc.contact_id`;

const READ = `/* callback.read */ SELECT ${callbackColumns('$3')} FROM callback WHERE id = $1 AND organisation_id = $2`;

const PAGE = `/* callback.page */
SELECT * FROM (SELECT ${callbackColumns('$1')} FROM callback
  WHERE organisation_id = $2 AND place > $3 AND ($4::uuid IS NULL OR campaign_id = $4) AND ($5::uuid IS NULL OR agent_id = $5)) k
WHERE $6::text IS NULL OR state = $6 ORDER BY place LIMIT $7`;

const COUNTS = `/* callback.counts */
SELECT CASE WHEN state = 'SCHEDULED' AND from_at <= $3 THEN 'DUE' ELSE state END AS state, count(*)::integer AS count
FROM callback WHERE organisation_id = $1 AND campaign_id = $2 GROUP BY 1`;

const LOCK_OPEN = `/* callback.lock-open */
SELECT 1 FROM callback k JOIN campaign_contact cc ON cc.campaign_id = k.campaign_id AND cc.contact_id = k.contact_id
WHERE k.id = $1 AND k.organisation_id = $2 FOR UPDATE OF cc`;
const CANCEL = `/* callback.cancel */
UPDATE callback SET state = 'CANCELLED', end_reason = $3, ended_at = $4
WHERE id = $1 AND organisation_id = $2 AND state = 'SCHEDULED' RETURNING ${callbackColumns('$4')}`;
/** The contact is one among the others again, as far as the campaign's filter takes it. */
export const RELEASE = `/* callback.release */
UPDATE campaign_contact cc SET callback_id = NULL, callback_until = NULL, callback_agent_id = NULL, callback_anyone_at = NULL,
  filtered_out = NOT contact_matches(p.attributes, c.contact_filter_path), version = cc.version + 1, priority = coalesce((
  SELECT l.priority FROM campaign_list l WHERE l.campaign_id = cc.campaign_id AND l.list_id = cc.list_id), 100)
FROM campaign c, contact p
WHERE cc.callback_id = ANY($1::uuid[]) AND c.id = cc.campaign_id AND p.id = cc.contact_id`;

/** Closed by how its calls went: a promise opens it again. Never what the law, the person or the list has closed. */
const CLOSED_FOR_GOOD = new Set([
  'DNC',
  'OPTED_OUT',
  'LIST_STOPPED',
  'LIST_EXPIRED',
  'LIST_DETACHED',
  'NO_LAWFUL_HOURS',
]);

interface Standing {
  state: string;
  closeReason: string | null;
  lastAttemptId: string | null;
  numberIndex: number;
  callbackId: string | null;
  customerId: string | null;
  numbers: { mode: string; number: string; zone: string; law?: string }[];
  startMinute: number;
  endMinute: number;
  limit: number;
  campaign: string;
}

interface Promised {
  campaignId: string;
  contactId: string;
  attemptId: string | null;
  agentId: string | null;
  /** The number of the call. */
  number: string | null;
}

export interface CallbackFilter {
  campaignId?: string | undefined;
  agentId?: string | undefined;
  state?: CallbackState | undefined;
}

export interface CallbackDeps {
  pool: Pool;
  clock: Clock;
  laws: LawBook;
  /** The dialer holds its next contacts in memory. */
  changed(organisationId: string, campaignId: string): Promise<void>;
}

/** Lists that hold for every campaign; those a campaign chooses are asked when the callback is due. */
const EVERYBODY = { ndnc: false, listIds: [] };

const MANAGERS = ['CAMPAIGN_MANAGER', 'SUPERVISOR', 'INTEGRATION'] as const;

const requireOpen = ({ state, closeReason, lastAttemptId }: Standing, attemptId: string | null): void => {
  const why =
    ((state === 'IN_FLIGHT' || state === 'AWAITING_RETRY') &&
      (lastAttemptId === null || lastAttemptId !== attemptId) &&
      'it is being called; give the attemptId of that call') ||
    (state === 'CLOSED' && CLOSED_FOR_GOOD.has(closeReason ?? '') && `it is closed: ${closeReason}`);
  if (why) throw new OutdialError('INVALID_STATE', `no callback can be promised to the contact: ${why}`, 'contactId');
};

const placeOf = ({ numbers, numberIndex }: Standing, mode: string | undefined, number: string | null): number => {
  const place = mode
    ? numbers.findIndex((one) => one.mode === mode)
    : Math.max(
        numbers.findIndex((one) => one.number === number),
        -1,
      );
  if (place >= 0) return place;
  if (!mode) return numberIndex;
  throw invalid('mode', `mode ${mode} is none of the contact's: it has ${numbers.map((one) => one.mode).join(', ')}`);
};

export class CallbackService {
  constructor(private readonly deps: CallbackDeps) {}

  async schedule(caller: Caller, input: unknown): Promise<Callback> {
    const given = parse(scheduleCallbackInput, input);
    const at = this.deps.clock.date();
    const window = windowOf(given, at);
    const made = await transaction(this.deps.pool, async (sql) => {
      const promised = await this.promisedTo(sql, caller, given);
      const { campaignId, contactId, attemptId } = promised;
      const found = await sql.query<Standing>(STANDING, [campaignId, contactId, caller.organisationId]);
      const standing = found.rows[0];
      if (!standing) throw notFound('contact in this campaign', contactId);
      const callbackId = newId();
      const once = {
        key: given.idempotencyKey,
        mutation: 'schedule callback',
        request: given,
        entityId: callbackId,
        at,
      };
      const known = await takeKey(sql, caller, once);
      if (known) return (await sql.query<Callback>(READ, [known, caller.organisationId, at])).rows[0];
      requireOpen(standing, attemptId);
      const index = placeOf(standing, given.mode, promised.number);
      await this.requireAllowed(sql, caller, window.from, standing, index);
      if (standing.callbackId) await sql.query(REPLACE, [standing.callbackId, at]);
      const { organisationId } = caller;
      const by = { organisationId, campaignId, agentId: promised.agentId, manages: hasRole(caller, ...MANAGERS) };
      const { kind, ifAway, agentId } = await ownerOf(sql, given, by);
      if (agentId) await this.requireRoom(sql, caller, { agentId, given: given.agentId !== undefined }, standing);
      const { fallback, note } = given;
      const ids = [callbackId, organisationId, campaignId, contactId, attemptId, agentId];
      const values = [...ids, window.from, window.until, fallback, note, caller.actor, at, kind, ifAway];
      const { rows } = await sql.query<Callback>(INSERT, values);
      const owner = kind === 'PERSONAL' ? agentId : null;
      const place = [window.until, window.from, index, owner, anyoneAt({ ifAway, ...window })];
      await sql.query(PROMISE, [campaignId, contactId, callbackId, ...place]);
      const after = { campaignId, contactId, ...window, fallback, kind, ifAway, agentId };
      await audit(sql, caller, at, { action: 'schedule', entity: 'callback', entityId: callbackId, after });
      return rows[0];
    });
    if (!made) throw new OutdialError('INTERNAL', 'the callback could not be read back');
    await this.deps.changed(caller.organisationId, made.campaignId);
    return made;
  }

  async cancel(caller: Caller, input: unknown): Promise<Callback> {
    const { id, reason } = parse(cancelCallbackInput, input);
    const at = this.deps.clock.date();
    const key = [id, caller.organisationId];
    const cancelled = await transaction(this.deps.pool, async (sql) => {
      await sql.query(LOCK_OPEN, key);
      const before = (await sql.query<Callback>(READ, [...key, at])).rows[0];
      if (!before || (!hasRole(caller, ...MANAGERS) && before.agentId !== caller.agentId))
        throw notFound('callback', id);
      const after = (await sql.query<Callback>(CANCEL, [...key, reason, at])).rows[0];
      if (!after) throw new OutdialError('INVALID_STATE', `the callback is ${before.state} already`, 'id');
      await sql.query(RELEASE, [[id]]);
      await audit(sql, caller, at, { action: 'cancel', entity: 'callback', entityId: id, after: { reason } });
      return after;
    });
    await this.deps.changed(caller.organisationId, cancelled.campaignId);
    return cancelled;
  }

  /** In the order in which they were made; an agent without a further role sees its own. */
  async list(caller: Caller, { first, after }: PageRequest, filter: CallbackFilter): Promise<Page<Callback>> {
    const agentId = hasRole(caller, ...MANAGERS, 'ANALYST') ? filter.agentId : (caller.agentId ?? newId());
    const of = [filter.campaignId ?? null, agentId ?? null, filter.state ?? null];
    const values = [this.deps.clock.date(), caller.organisationId, Number(after ?? 0) || 0, ...of, first + 1];
    return pageOf((await this.deps.pool.query<Callback>(PAGE, values)).rows, first);
  }

  async counts(caller: Caller, campaignId: string): Promise<Record<CallbackState, number>> {
    const values = [caller.organisationId, campaignId, this.deps.clock.date()];
    const { rows } = await this.deps.pool.query<{ state: CallbackState; count: number }>(COUNTS, values);
    const none = { SCHEDULED: 0, DUE: 0, DONE: 0, MISSED: 0, CANCELLED: 0 };
    return { ...none, ...Object.fromEntries(rows.map(({ state, count }) => [state, count])) };
  }

  private async promisedTo(sql: Sql, caller: Caller, given: ScheduleCallback): Promise<Promised> {
    const manages = hasRole(caller, ...MANAGERS);
    const { attemptId, campaignId, contactId } = given;
    if (!attemptId) {
      if (!manages)
        throw invalid('attemptId', 'attemptId must be given: an agent promises a callback in a call of its own');
      if (!campaignId) throw invalid('campaignId', 'campaignId must be given, or attemptId');
      if (!contactId) throw invalid('contactId', 'contactId must be given, or attemptId');
      return { campaignId, contactId, attemptId: null, agentId: null, number: null };
    }
    const { rows } = await sql.query<Promised>(ATTEMPT, [attemptId, caller.organisationId]);
    const attempt = rows[0];
    if (!attempt || (!manages && attempt.agentId !== caller.agentId)) throw notFound('attempt', attemptId);
    const stray =
      (campaignId && campaignId !== attempt.campaignId && 'campaignId') ||
      (contactId && contactId !== String(attempt.contactId) && 'contactId');
    if (stray) throw invalid(stray, `${stray} is not that of the attempt; leave it out`);
    return { ...attempt, contactId: String(attempt.contactId), attemptId };
  }

  private async requireAllowed(sql: Sql, caller: Caller, from: Date, standing: Standing, place: number): Promise<void> {
    const number = standing.numbers[place];
    if (!number) throw new OutdialError('INVALID_STATE', 'the contact has no number', 'contactId');
    const person = { number: number.number, customerId: standing.customerId };
    const listings = await findListed(sql, caller.organisationId, [person]);
    const [listed] = listingsOf(listings, person, EVERYBODY).filter(holdsAt(from));
    if (listed) {
      const why = listed.kind === 'OPT_OUT' ? 'the person has opted out' : 'the person is on a do-not-call list';
      throw new OutdialError('INVALID_STATE', `no callback can be promised: ${why}`, 'contactId');
    }
    const registry = await this.deps.laws.registryOf(sql, caller.organisationId);
    const law = lawOf(number.law ?? '', from.getTime(), registry);
    requireLawful(from, { law, zone: number.zone, within: standing });
  }

  private async requireRoom(
    sql: Sql,
    caller: Caller,
    { agentId, given }: { agentId: string; given: boolean },
    { limit, campaign }: Standing,
  ): Promise<void> {
    const { rows } = await sql.query<{ open: number }>(OPEN_OF_AGENT, [agentId, caller.organisationId]);
    const open = rows[0]?.open ?? 0;
    if (open < limit) return;
    const message = `the agent has ${open} open callbacks: campaign "${campaign}" allows ${limit}`;
    throw new OutdialError('CONFLICT', message, given ? 'agentId' : 'attemptId');
  }
}
