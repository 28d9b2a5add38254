import { reachOf } from '../../../compliance/gates';
import { tryLocks } from '../../../contacts/claim-locks';
import type { Listings } from '../../../contacts/dnc/listed';
import { type Sql, together } from '../../../infra/postgres';
import type { LawOf, Laws } from '../laws';
import { type CampaignFacts, readCampaigns } from './campaigns';
import { type ContactFacts, readContacts, type Wanted } from './contacts';
import { readDoNotCall } from './do-not-call';
import type { Locking } from './locking';
import { type NumberFacts, readNumbers } from './numbers';
import { type OrganisationFacts, readOrganisation } from './organisation';
import { type PastAttempts, readPastAttempts, type Since } from './past-attempts';
import { probeIndexes } from './plans';
import { type Attributes, readAttributes } from './suppression';

/** Everything that was read of a batch, each kind of fact by one reader. */
export interface Batch {
  /** The moment that is judged: after whatever had to be waited for. */
  at: number;
  lawOf: LawOf;
  organisation: OrganisationFacts;
  campaigns: Map<string, CampaignFacts>;
  /** In a claim those alone whose own row, number and person nobody else holds. */
  contacts: ContactFacts[];
  numbers: Map<string, NumberFacts>;
  doNotCall: Listings;
  attributes: Attributes;
  attempts: PastAttempts;
}

export interface BatchQuestion {
  organisationId: string;
  wanted: readonly Wanted[];
  locking: Locking;
  now: () => number;
  laws: Laws;
}

const distinct = (values: Iterable<string | null>): string[] =>
  [...new Set(values)].filter((value) => value !== null).sort();

/** Since when attempts must be known: of all numbers, and of the persons whose attempts are counted together. */
const reachOfBatch = (
  contacts: readonly ContactFacts[],
  campaigns: Map<string, CampaignFacts>,
  lawOf: LawOf,
  at: number,
): Since => {
  const numbers = new Map<string, number>();
  const persons = new Map<string, { since: number; onlyNumber: string | null }>();
  const reaches = new Map<string, { ofNumber: number; ofPerson: number }>();
  for (const { campaignId, number, person, law } of contacts) {
    const key = `${campaignId}/${law}`;
    let reach = reaches.get(key);
    if (!reach) {
      const caps = [...lawOf(law, at).caps, ...(campaigns.get(campaignId)?.caps ?? [])];
      reach = { ofNumber: reachOf(caps), ofPerson: reachOf(caps.filter(({ scope }) => scope === 'PERSON')) };
      reaches.set(key, reach);
    }
    const { ofNumber, ofPerson } = reach;
    if (number !== null && ofNumber > 0) numbers.set(number, Math.min(at - ofNumber, numbers.get(number) ?? at));
    if (person !== null && ofPerson > 0) {
      const before = persons.get(person);
      persons.set(person, {
        since: Math.min(at - ofPerson, before?.since ?? at),
        onlyNumber: before && before.onlyNumber !== number ? null : number,
      });
    }
  }
  return { numbers, persons };
};

/**
 * Reads what the gates look at, one statement for each kind of fact whatever the size of the batch. The order of the
 * readers is the lock order that every writer keeps: epoch, organisation, campaign, campaign_contact, number, person, guard
 * scope. A reader that locks nothing comes after the locks that keep its answer true until the commit.
 *
 * Statements that do not need each other's answers are sent one behind the other without waiting; the database works them off
 * in the order in which the readers are called here.
 */
export const readBatch = async (sql: Sql, question: BatchQuestion): Promise<Batch> => {
  const { organisationId, wanted, locking, laws, now } = question;
  const campaignIds = distinct(wanted.map(({ campaignId }) => campaignId));
  const [, organisation, campaigns, found] = await together(
    sql,
    async () => locking === 'CLAIM' && probeIndexes(sql),
    () => readOrganisation(sql, organisationId, locking),
    () => readCampaigns(sql, organisationId, campaignIds, locking),
    () => readContacts(sql, organisationId, wanted, locking),
  );
  // No change of the law can commit while the organisation's row is held: what is judged is the law until the commit.
  const lawOf = await laws.read(sql, organisation.lawVersion);
  const numbers = distinct(found.map(({ number }) => number));
  const capped = reachOfBatch(found, campaigns, lawOf, now()).persons;
  const [standing, persons] = await together(
    sql,
    () => readNumbers(sql, organisationId, numbers, locking),
    async () => (locking === 'CLAIM' ? tryLocks(sql, organisationId, 'PERSON', distinct(capped.keys())) : undefined),
  );
  const at = now();
  const since = reachOfBatch(found, campaigns, lawOf, at);
  const contacts = persons
    ? found.filter(
        ({ number, person }) =>
          (number === null || standing.has(number)) &&
          (person === null || !since.persons.has(person) || persons.has(person)),
      )
    : found;
  const inFlight = [...standing.values()].flatMap(({ open }) => open ?? []);
  const [doNotCall, attributes, attempts] = await together(
    sql,
    () => readDoNotCall(sql, organisationId, contacts),
    () => readAttributes(sql, organisationId, contacts, campaigns),
    () => readPastAttempts(sql, organisationId, since, inFlight),
  );
  return { at, lawOf, organisation, campaigns, contacts, numbers: standing, doNotCall, attributes, attempts };
};
