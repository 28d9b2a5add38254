import type { Pool } from 'pg';
import { evaluate, type GateFacts, type GateVerdict, nextLawful } from '../../compliance/gates';
import type { LawBook } from '../../compliance/own/law-book';
import { isRowId } from '../../contacts/contact-input';
import type { Clock } from '../../infra/clock';
import { maskNumber } from '../../infra/logger';
import { type Sql, transaction } from '../../infra/postgres';
import { type Caller, seesNumbers } from '../../organisations/caller';
import { isId } from '../../organisations/records';
import type { Wanted } from '../shell/claim/contacts';
import { factsOf } from '../shell/claim/facts';
import { type Batch, readBatch } from '../shell/claim/read-batch';
import { createLaws } from '../shell/laws';

export type ToldVerdict = Pick<GateVerdict, 'gate' | 'allowed' | 'detail'> & { nextAt: Date | null };

export interface NumberExplanation {
  mode: string;
  number: string;
  /** The number that would be dialled next. */
  next: boolean;
  allowed: boolean;
  gates: ToldVerdict[];
  /** When every gate lets it pass if nothing but time changes; null: time alone does not open them. */
  nextLawfulAt: Date | null;
  /** Versions of the compliance profiles that hold. */
  profiles: string[];
}

export interface ContactExplanation {
  campaignId: string;
  contactId: string;
  at: Date;
  /** Version of the time zone rules that were applied. */
  tz: string;
  numbers: NumberExplanation[];
}

const PLACES = `/* explain.places */
SELECT jsonb_array_length(ct.numbers) AS numbers FROM campaign_contact cc JOIN contact ct ON ct.id = cc.contact_id
WHERE cc.organisation_id = $1 AND cc.campaign_id = $2 AND cc.contact_id = $3`;

// Where every line is pledged to an agent before it is dialled.
const PLEDGED = `/* explain.pledged */
SELECT g.pacing_mode = 'PREVIEW' OR (g.pacing_mode = 'PROGRESSIVE' AND (g.pacing ->> 'dialingRate')::numeric = 1) AS pledged
FROM campaign c JOIN campaign_group g ON g.id = c.group_id WHERE c.organisation_id = $1 AND c.id = $2`;

/** Every line of the campaign has an agent behind it: it is dialled where one must be guaranteed. */
export const isPledged = async (sql: Sql, organisationId: string, campaignId: string): Promise<boolean> => {
  const { rows } = await sql.query<{ pledged: boolean | null }>(PLEDGED, [organisationId, campaignId]);
  return rows[0]?.pledged ?? false;
};

/** What a claim would ask about each contact of the batch, in the order in which they were read. */
export const factsOfBatch = (batch: Batch, agentGuaranteed: boolean) =>
  batch.contacts.flatMap((contact) => {
    const campaign = batch.campaigns.get(contact.campaignId);
    const number = contact.number === null ? undefined : batch.numbers.get(contact.number);
    if (!campaign || !number || contact.number === null) return [];
    const candidate = { campaign, contact: { ...contact, number: contact.number }, number };
    const line = { numberTaken: false, agentGuaranteed, pledgedTo: null };
    return [{ contact, facts: factsOf(batch, { ...candidate, ...line }) }];
  });

/**
 * Why a contact is or is not dialled at this moment: read by the very readers of the claim, without their locks, and judged
 * by the very gates.
 */
export class ContactExplanations {
  constructor(private readonly deps: { pool: Pool; clock: Clock; laws: LawBook }) {}

  /** Null when the campaign has no such contact. */
  async of(caller: Caller, campaignId: string, contactId: string): Promise<ContactExplanation | null> {
    if (!isId(campaignId) || !isRowId(contactId)) return null;
    const { organisationId } = caller;
    const laws = createLaws(this.deps.laws, organisationId);
    return transaction(this.deps.pool, async (sql) => {
      // All readers see one state, as under a claim's locks.
      await sql.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY');
      const { rows } = await sql.query<{ numbers: number }>(PLACES, [organisationId, campaignId, contactId]);
      const count = rows[0]?.numbers;
      if (count === undefined) return null;
      const wanted = Array.from(
        { length: count },
        (_, place): Wanted => ({ campaignId, contactId: Number(contactId), place }),
      );
      const now = () => this.deps.clock.now();
      const batch = await readBatch(sql, { organisationId, wanted, laws, locking: 'LOOK', now });
      const pledged = await isPledged(sql, organisationId, campaignId);
      const numbers = factsOfBatch(batch, pledged).map(({ contact, facts }) => {
        const shown = seesNumbers(caller) ? facts.number.number : maskNumber(facts.number.number);
        return { mode: contact.mode ?? '', number: shown, next: contact.next, ...explained(facts) };
      });
      return { campaignId, contactId, at: new Date(batch.at), tz: process.versions.tz ?? 'unknown', numbers };
    });
  }
}

const dateOf = (at: number | undefined): Date | null => (at === undefined ? null : new Date(at));

const explained = (facts: GateFacts) => {
  const { allowed, gates } = evaluate(facts);
  const next = nextLawful(facts);
  return {
    allowed,
    gates: gates.map(({ gate, allowed, detail, nextAt }) => ({ gate, allowed, detail, nextAt: dateOf(nextAt) })),
    nextLawfulAt: dateOf(next),
    profiles: facts.lawAt(facts.at).profiles,
  };
};
