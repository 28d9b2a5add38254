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
  /** `contacts` were all judged; else figures are of the sample, raised to the whole. */
  exact: boolean;
  skipped: number;
  reasons: SkipReason[];
}

/** Judged one by one: beyond it a sample says as much. */
const MOST_JUDGED = 10_000;
const BATCH = 1_000;

const COUNT = `/* forecast.count */
SELECT count(*) AS contacts FROM campaign_contact WHERE organisation_id = $1 AND campaign_id = $2 AND state <> 'CLOSED'`;

// Spread by a hash of the id: the same contacts whenever it is asked, and no part of the list more than another.
const SAMPLE = `/* forecast.sample */
SELECT contact_id AS id FROM campaign_contact
WHERE organisation_id = $1 AND campaign_id = $2 AND state <> 'CLOSED' AND contact_id > $3
  AND (hashint8(contact_id)::bigint + 2147483648) % $4 < $5
ORDER BY contact_id LIMIT $6`;

/** Before a start: that the campaign does not run yet, and that a contact's turn has not come, skips nobody. */
const asIfRunning = (facts: GateFacts): GateFacts => ({
  ...facts,
  organisation: { ...facts.organisation, diallingStopped: false },
  campaign: { ...facts.campaign, state: 'RUNNING', schedule: null },
  contact: { ...facts.contact, state: 'READY', dueAt: Math.min(facts.contact.dueAt, facts.at) },
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

export class SkipForecasts {
  constructor(private readonly deps: { pool: Pool; clock: Clock; laws: LawBook }) {}

  /** Null when there is no such campaign. */
  async of(caller: Caller, campaignId: string): Promise<SkipForecast | null> {
    if (!isId(campaignId)) return null;
    const { organisationId } = caller;
    const { pool, clock } = this.deps;
    const laws = createLaws(this.deps.laws, organisationId);
    const at = clock.now();
    return transaction(pool, async (sql) => {
      await sql.query(
        "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY; SET LOCAL statement_timeout = '60s'",
      );
      const known = await sql.query('SELECT FROM campaign WHERE organisation_id = $1 AND id = $2', [
        organisationId,
        campaignId,
      ]);
      if (!known.rowCount) return null;
      const counted = await sql.query<{ contacts: number }>(COUNT, [organisationId, campaignId]);
      const contacts = counted.rows[0]?.contacts ?? 0;
      const exact = contacts <= MOST_JUDGED;
      const share = exact ? [1, 1] : [contacts, MOST_JUDGED];
      const pledged = await isPledged(sql, organisationId, campaignId);
      const reasons = new Map<GateName, number>();
      let judged = 0;
      let last = 0;
      for (;;) {
        const values = [organisationId, campaignId, last, ...share, BATCH];
        const { rows } = await sql.query<{ id: number }>(SAMPLE, values);
        const wanted = rows.map(({ id }) => ({ campaignId, contactId: id }));
        if (wanted.length > 0) {
          for (const { gate } of await refusalsOf(
            sql,
            { organisationId, laws, locking: 'LOOK', now: () => at, wanted },
            pledged,
          )) {
            reasons.set(gate, (reasons.get(gate) ?? 0) + 1);
          }
        }
        judged += rows.length;
        last = rows.at(-1)?.id ?? last;
        if (rows.length < BATCH) break;
      }
      const raised = (count: number): number =>
        exact || judged === 0 ? count : Math.round((count * contacts) / judged);
      const told = [...reasons].map(([gate, count]) => ({ gate, contacts: raised(count) }));
      told.sort((a, b) => b.contacts - a.contacts);
      const skipped = raised([...reasons.values()].reduce((sum, count) => sum + count, 0));
      return { campaignId, at: new Date(at), contacts, judged, exact, skipped, reasons: told };
    });
  }
}
