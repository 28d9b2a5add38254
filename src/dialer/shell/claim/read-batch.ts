import { reachOf } from '../../../compliance/gates';
import { tryLocks } from '../../../contacts/claim-locks';
import type { Listings } from '../../../contacts/dnc/listed';
import { type Sql, together } from '../../../infra/postgres';
import type { BusinessTime } from '../../kernel/clocks';
import type { GuardScope } from '../campaign-law';
import type { LawOf, Laws } from '../laws';
import { type CampaignFacts, readCampaigns } from './campaigns';
import { type ContactFacts, readContacts, type Wanted } from './contacts';
import { readDoNotCall } from './do-not-call';
import { holdScopes, UncoveredBudget } from './guard-scopes';
import type { Locking } from './locking';
import { type NumberFacts, readNumbers } from './numbers';
import { type OrganisationFacts, readOrganisation } from './organisation';
import { PastAttempts, type Reach, readPastAttempts } from './past-attempts';
import { probeIndexes } from './plans';
import { type Attributes, readAttributes } from './suppression';

/** What is read once for a claim, however many batches it has. */
interface Ground {
  /** The moment that is judged: after whatever had to be waited for. */
  at: number;
  lawOf: LawOf;
  organisation: OrganisationFacts;
  campaigns: Map<string, CampaignFacts>;
  attempts: PastAttempts;
  uncovered: UncoveredBudget;
}

/** Everything that was read of a batch, each kind of fact by one reader. */
export interface Batch extends Ground {
  wanted: readonly Wanted[];
  /** In a claim those alone whose own row, number and person nobody else holds. */
  contacts: ContactFacts[];
  numbers: Map<string, NumberFacts>;
  doNotCall: Listings;
  attributes: Attributes;
}

export interface BatchQuestion {
  organisationId: string;
  wanted: readonly Wanted[];
  locking: Locking;
  now: () => number;
  laws: Laws;
  /** Of a claim that asks for lines without an agent. */
  guard?: { scopes: readonly GuardScope[]; time: BusinessTime };
}

const distinct = (values: Iterable<string | null>): string[] =>
  [...new Set(values)].filter((value) => value !== null).sort();

/** What attempts must be known: to all numbers, and to the persons whose attempts are counted together. */
const reachOfBatch = (
  contacts: readonly ContactFacts[],
  campaigns: Map<string, CampaignFacts>,
  lawOf: LawOf,
  at: number,
): Reach => {
  const numbers: string[] = [];
  const persons: string[] = [];
  let furthest = 0;
  const reaches = new Map<string, { ofNumber: number; ofPerson: number }>();
  for (const { campaignId, number, person, law } of contacts) {
    const key = `${campaignId}/${law}`;
    let reach = reaches.get(key);
    if (!reach) {
      const caps = [...lawOf(law, at).caps, ...(campaigns.get(campaignId)?.caps ?? [])];
      reach = { ofNumber: reachOf(caps), ofPerson: reachOf(caps.filter(({ scope }) => scope === 'PERSON')) };
      reaches.set(key, reach);
      furthest = Math.max(furthest, reach.ofNumber);
    }
    if (number !== null && reach.ofNumber > 0) numbers.push(number);
    if (person !== null && reach.ofPerson > 0) persons.push(person);
  }
  return { numbers: distinct(numbers), persons: distinct(persons), since: at - furthest };
};

const readGround = async (sql: Sql, question: BatchQuestion): Promise<Ground> => {
  const { organisationId, wanted, locking, laws, now, guard } = question;
  const campaignIds = distinct(wanted.map(({ campaignId }) => campaignId));
  const [, organisation, campaigns, uncovered] = await together(
    sql,
    async () => locking === 'CLAIM' && probeIndexes(sql),
    () => readOrganisation(sql, organisationId, locking),
    () => readCampaigns(sql, organisationId, campaignIds, locking),
    async () => (guard ? holdScopes(sql, organisationId, guard.scopes, guard.time) : new UncoveredBudget()),
  );
  // No change of the law can commit while the organisation's row is held: what is judged is the law until the commit.
  const lawOf = await laws.read(sql, organisation.lawVersion);
  // Contacts, numbers and persons are never waited for.
  return { at: now(), lawOf, organisation, campaigns, uncovered, attempts: new PastAttempts() };
};

/** `groundOf` is asked before the contacts. */
const readUpon = async (
  sql: Sql,
  { organisationId, wanted, locking }: BatchQuestion,
  groundOf: () => Promise<Ground>,
): Promise<Batch> => {
  const [ground, found] = await together(sql, groundOf, () => readContacts(sql, organisationId, wanted, locking));
  const { at, lawOf, campaigns, attempts } = ground;
  const reach = reachOfBatch(found, campaigns, lawOf, at);
  // Also those of whom nothing is counted here: another number of theirs, or another campaign, may be under a cap.
  const people = distinct(found.map(({ person }) => person));
  // Locks first: whatever is read is read behind them. Also of those who turn out to be held by somebody else: one journey.
  const [numbers, persons, doNotCall, attributes] = await together(
    sql,
    () => readNumbers(sql, organisationId, distinct(found.map(({ number }) => number)), locking),
    async () => (locking === 'CLAIM' ? tryLocks(sql, organisationId, 'PERSON', people) : new Set(people)),
    () => readDoNotCall(sql, organisationId, found),
    () => readAttributes(sql, organisationId, found, campaigns),
    () => readPastAttempts(sql, organisationId, reach, attempts),
  );
  const contacts = found.filter(
    ({ number, person }) => (number === null || numbers.has(number)) && (person === null || persons.has(person)),
  );
  for (const { open } of numbers.values()) if (open) attempts.add(open);
  return { ...ground, wanted, contacts, numbers, doNotCall, attributes };
};

/**
 * Reads what the gates look at, one statement for each kind of fact whatever the size of the batch. The order of the
 * readers is the lock order that every writer keeps: epoch, organisation, campaign, guard scope, campaign_contact, number, person;
 * for the last three a claim never waits. A reader that locks nothing comes after the locks that keep its answer true until
 * the commit.
 *
 * Statements that do not need each other's answers are sent one behind the other without waiting; the database works them off
 * in the order in which the readers are called here.
 */
export const readBatch = (sql: Sql, question: BatchQuestion): Promise<Batch> =>
  readUpon(sql, question, () => readGround(sql, question));

/** Of a claim that has more contacts than one batch: how many are in its first, and at most in each after it. */
export interface BatchSizes {
  first: number;
  most: number;
}

/**
 * Large enough that a statement's own cost does not count; the first is smaller, so that the database soon has something to write
 * while the rest is judged.
 */
const QUICKEST: BatchSizes = { first: 70, most: 150 };

const split = <T>(all: readonly T[], { first, most }: BatchSizes): (readonly T[])[] =>
  all.length <= most ? [all] : [all.slice(0, first), ...split(all.slice(first), { first: most, most })];

/**
 * The same in batches, on a connection that pipelines: the database reads the second one while the first is judged, and takes in
 * what became of it while the second is. To be used by `inTurn`.
 */
export const readBatches = (sql: Sql, question: BatchQuestion, sizes = QUICKEST): Promise<Batch>[] => {
  const ground = readGround(sql, question);
  return split(question.wanted, sizes).map((wanted) => readUpon(sql, { ...question, wanted }, () => ground));
};
