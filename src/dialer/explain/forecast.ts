import type { Pool } from 'pg';
import { evaluate, firstRefusal, type GateFacts, type GateName, type GateVerdict } from '../../compliance/gates';
import type { LawBook } from '../../compliance/own/law-book';
import type { Clock } from '../../infra/clock';
import { type Sql, transaction } from '../../infra/postgres';
import type { Caller } from '../../organisations/caller';
import { isId } from '../../organisations/records';
import type { Wanted } from '../shell/claim/contacts';
import { type BatchQuestion, readBatch } from '../shell/claim/read-batch';
import { createLaws } from '../shell/laws';
import { factsOfBatch, isPledged } from './contact-explanation';

export interface SkipReason {
  gate: GateName;
  contacts: number;
}

/** How many contacts of a campaign its gates would refuse now, by the gate that decides. */
export interface SkipForecast {
  campaignId: string;
  at: Date;
  /** Contacts that are not closed. */
  contacts: number;
  /** How many of them were judged: all, or a sample spread evenly over the list. */
  judged: number;
  /** How many are to be judged. */
  toJudge: number;
  /** All of these are; until then figures are raised from those that were. */
  done: boolean;
  /** `contacts` were all judged; else figures are of the sample, raised to the whole. */
  exact: boolean;
  skipped: number;
  reasons: SkipReason[];
}

/** Judged one by one: beyond it a sample says as much. */
const MOST_JUDGED = 10_000;
const BATCH = 1_000;

const COUNT = `/* forecast.count */
SELECT (SELECT count(*) FROM campaign_contact
  WHERE organisation_id = $1 AND campaign_id = c.id AND state <> 'CLOSED') AS contacts
FROM campaign c WHERE c.organisation_id = $1 AND c.id = $2`;

// Spread by a hash of the id: the same contacts whenever it is asked, and no part of the list more than another.
const SAMPLE = `/* forecast.sample */
SELECT contact_id AS id FROM campaign_contact
WHERE organisation_id = $1 AND campaign_id = $2 AND state <> 'CLOSED' AND contact_id > $3
  AND (hashint8(contact_id)::bigint + 2147483648) % $4 < $5
ORDER BY contact_id LIMIT $6`;

/** Before a start: that the campaign does not run yet, and that a contact's turn or agent has not come, skips nobody. */
const asIfRunning = (facts: GateFacts): GateFacts => ({
  ...facts,
  organisation: { ...facts.organisation, diallingStopped: false },
  campaign: { ...facts.campaign, state: 'RUNNING', schedule: null },
  contact: {
    ...facts.contact,
    state: 'READY',
    dueAt: Math.min(facts.contact.dueAt, facts.at),
    callback: facts.contact.callback && { ...facts.contact.callback, agentId: null },
  },
});

/** Why contacts would be skipped. Whoever is called on another number at once is not, unless that number is refused too. */
const refusalsOf = async (sql: Sql, question: BatchQuestion, pledged: boolean): Promise<GateVerdict[]> => {
  const ask = async (wanted: readonly Wanted[]) =>
    factsOfBatch(await readBatch(sql, { ...question, wanted }), pledged).flatMap(({ contact, facts }) => {
      const refusal = firstRefusal(evaluate(asIfRunning(facts)));
      return refusal ? [{ contact, refusal, other: refusal.other }] : [];
    });
  const first = await ask(question.wanted);
  const now = question.now();
  const others = first.flatMap(({ contact: { campaignId, contactId }, other }) =>
    other && other.at <= now ? [{ campaignId, contactId, place: other.numberIndex }] : [],
  );
  const decided = first.filter(({ other }) => !other || other.at > now);
  const again = others.length > 0 ? await ask(others) : [];
  return [...decided, ...again].map(({ refusal }) => refusal);
};

const reasonsOf = (counts: ReadonlyMap<GateName, number>, raised: (count: number) => number): SkipReason[] =>
  [...counts].map(([gate, count]) => ({ gate, contacts: raised(count) })).sort((a, b) => b.contacts - a.contacts);

export class SkipForecasts {
  constructor(private readonly deps: { pool: Pool; clock: Clock; laws: LawBook }) {}

  /** Null when there is no such campaign. */
  async of(caller: Caller, campaignId: string): Promise<SkipForecast | null> {
    let last: SkipForecast | null = null;
    for await (const forecast of this.follow(caller, campaignId)) last = forecast;
    return last;
  }

  /** The forecast as it grows, at first of nobody, at last `done`; nothing when there is no such campaign. */
  async *follow(caller: Caller, campaignId: string): AsyncGenerator<SkipForecast, void> {
    if (!isId(campaignId)) return;
    const { organisationId } = caller;
    const { clock } = this.deps;
    const laws = createLaws(this.deps.laws, organisationId);
    const at = clock.now();
    const begun = await this.look(async (sql) => {
      const { rows } = await sql.query<{ contacts: number }>(COUNT, [organisationId, campaignId]);
      return rows[0] && { contacts: rows[0].contacts, pledged: await isPledged(sql, organisationId, campaignId) };
    });
    if (!begun) return;
    const { contacts, pledged } = begun;
    const exact = contacts <= MOST_JUDGED;
    const share = exact ? [1, 1] : [contacts, MOST_JUDGED];
    const counts = new Map<GateName, number>();
    let judged = 0;
    const view = (done: boolean): SkipForecast => {
      const raised = (count: number): number =>
        exact && done ? count : Math.round((count * contacts) / Math.max(1, judged));
      const skipped = raised([...counts.values()].reduce((sum, count) => sum + count, 0));
      const toJudge = done ? judged : Math.max(judged, Math.min(contacts, MOST_JUDGED));
      const reasons = reasonsOf(counts, raised);
      return { campaignId, at: new Date(at), contacts, judged, toJudge, done, exact, skipped, reasons };
    };
    yield view(false);
    for (let last = 0, more = true; more; ) {
      await this.look(async (sql) => {
        const values = [organisationId, campaignId, last, ...share, BATCH];
        const { rows } = await sql.query<{ id: number }>(SAMPLE, values);
        const wanted = rows.map(({ id }) => ({ campaignId, contactId: id }));
        const question: BatchQuestion = { organisationId, laws, locking: 'LOOK', now: () => at, wanted };
        const refusals = wanted.length > 0 ? await refusalsOf(sql, question, pledged) : [];
        for (const { gate } of refusals) counts.set(gate, (counts.get(gate) ?? 0) + 1);
        judged += rows.length;
        last = rows.at(-1)?.id ?? last;
        more = rows.length === BATCH;
      });
      yield view(!more);
    }
  }

  /** All readers see one state. None is held while nobody asks for more. */
  private look<T>(work: (sql: Sql) => Promise<T>): Promise<T> {
    return transaction(this.deps.pool, async (sql) => {
      await sql.query(
        "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY; SET LOCAL statement_timeout = '60s'",
      );
      return work(sql);
    });
  }
}
