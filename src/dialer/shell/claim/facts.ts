import type { GateFacts, NextNumber } from '../../../compliance/gates';
import { firstOpen } from '../../../compliance/zoned-windows';
import { freeAt, nextFree } from '../../../contacts/dnc/free-number';
import type { Hours, Plan } from '../../../contacts/strategy/plan';
import type { CampaignFacts } from './campaigns';
import type { ContactFacts } from './contacts';
import { type ListedAs, listedAs } from './do-not-call';
import type { NumberFacts } from './numbers';
import type { Batch } from './read-batch';
import { type ContactRules, suppressionOf } from './suppression';

export const hasNumber = (contact: ContactFacts): contact is ContactFacts & { number: string } =>
  contact.number !== null;

/** One contact of a batch with what belongs to it. */
export interface Candidate {
  campaign: CampaignFacts;
  contact: ContactFacts & { number: string };
  number: NumberFacts;
  /** Another contact of this batch has just been given the number. */
  numberTaken: boolean;
  /** The line is pledged to an agent. */
  agentGuaranteed: boolean;
  /** The agent, where it is known who. */
  pledgedTo: string | null;
}

/** When numbers of a contact may be called, as far as the law goes; lists besides; and rules besides. */
type HoursOf = Record<'lawful' | 'listed' | 'all', Hours>;

const hoursOf = (
  { lawOf }: Batch,
  campaign: CampaignFacts,
  { numbers }: ContactFacts,
  listed: readonly ListedAs[],
  rules: ContactRules | null,
): HoursOf => {
  const lawful: Hours = (place, at) => {
    const { law = '', zone } = numbers[place] as ContactFacts['numbers'][number];
    return lawOf(law, at).callingHours(at, zone, campaign);
  };
  const from =
    (freeFrom: (place: number, at: number) => number | undefined): Hours =>
    (place, at) => {
      const nextAt = freeFrom(place, at);
      return nextAt === at ? lawful(place, at) : { open: false, ...(nextAt !== undefined && { nextAt }) };
    };
  const unlisted = (place: number, at: number) => freeAt(listed[place] ?? [], at);
  const unsuppressed = (place: number, at: number) => {
    const free = unlisted(place, at);
    const verdict = free === undefined ? undefined : rules?.at(place, free);
    return verdict?.suppressed ? verdict.nextAt : free;
  };
  return { lawful, listed: from(unlisted), all: from(unsuppressed) };
};

/** The next number as the contact strategy has it, those that must not be called left out until they may be. */
const planned = (plan: Plan, { numbers, place, tried }: ContactFacts, hours: HoursOf) => {
  // One that was never tried begins with the first mode, wherever the list has it.
  const asked = { numbers, tried: tried ?? {}, preferred: tried ? place : null };
  return (at: number): NextNumber => {
    const within = (which: Hours) => plan.next({ ...asked, from: () => at, hours: which });
    const next = within(hours.all);
    if (next !== 'NO_WINDOW') return next;
    if (typeof within(hours.listed) === 'object') return 'SUPPRESSED';
    return typeof within(hours.lawful) === 'object' ? 'DNC' : next;
  };
};

/** What the gates are asked about one contact: the same for a claim and for an explanation. */
export const factsOf = (batch: Batch, candidate: Candidate): GateFacts => {
  const { campaign, contact, number, numberTaken, agentGuaranteed, pledgedTo } = candidate;
  const { plan } = campaign;
  const listed = listedAs(batch.doNotCall, contact, campaign);
  const rules = suppressionOf(campaign, contact, batch.attributes);
  const hours = hoursOf(batch, campaign, contact, listed, rules);
  const next = plan && planned(plan, contact, hours);
  return {
    at: batch.at,
    organisation: batch.organisation,
    campaign: {
      id: campaign.id,
      state: campaign.state,
      subject: campaign.subject,
      caps: campaign.caps,
      schedule: campaign.schedule,
      maxAttempts: campaign.maxAttempts,
      ndnc: campaign.ndnc,
      callingHours: campaign,
    },
    contact: {
      state: contact.state,
      dueAt: contact.dueAt,
      wanted: contact.wanted,
      attempts: contact.attempts,
      person: contact.person,
      zone: contact.zone,
      callback: contact.callbackUntil && {
        until: contact.callbackUntil.getTime(),
        agentId: contact.callbackAgentId,
        anyoneAt: contact.callbackAnyoneAt?.getTime() ?? null,
      },
    },
    list: { stopped: contact.listStopped, expiresAt: contact.listExpiresAt?.getTime() ?? null },
    // What was promised to the person goes before the strategy's own windows, not before the law.
    modes: next && !contact.callbackUntil ? { numberIndex: contact.place, next } : null,
    instead(at) {
      const { place, numbers } = contact;
      const other = next
        ? next(at)
        : nextFree(numbers.length, place, (index) => firstOpen(at, (moment) => hours.all(index, moment)));
      return typeof other === 'object' && other.numberIndex !== place ? other : undefined;
    },
    number: {
      number: contact.number,
      abandonedAt: number.abandonedAt?.getTime() ?? null,
      listedAs: listed[contact.place] ?? [],
      inFlight: numberTaken || number.open !== null,
    },
    attempts: batch.attempts.of(contact.number, contact.person),
    agentGuaranteed,
    pledgedTo,
    suppression: rules && { ...rules, at: (moment) => rules.at(contact.place, moment) },
    lawAt: (at) => batch.lawOf(contact.law, at),
  };
};
