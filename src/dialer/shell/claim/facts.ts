import type { GateFacts, NextNumber } from '../../../compliance/gates';
import { freeAt, nextFree } from '../../../contacts/dnc/free-number';
import type { ModeNumber, Plan } from '../../../contacts/strategy/plan';
import type { CampaignFacts } from './campaigns';
import type { ContactFacts } from './contacts';
import { type ListedAs, listedAs } from './do-not-call';
import type { NumberFacts } from './numbers';
import type { Batch } from './read-batch';
import { suppressionOf } from './suppression';

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

/** The next number as the contact strategy has it, those that must not be called left out until they may be. */
const planned = (
  { lawOf }: Batch,
  { plan, ...campaign }: CampaignFacts & { plan: Plan },
  contact: ContactFacts,
  listed: readonly ListedAs[],
) => {
  const { numbers, place } = contact;
  const tried = contact.tried ?? {};
  // One that was never tried begins with the first mode, wherever the list has it.
  const preferred = contact.tried ? place : null;
  const lawful = (index: number, at: number) => {
    const { law = '', zone } = numbers[index] as ModeNumber & { law?: string };
    return lawOf(law, at).callingHours(at, zone, campaign);
  };
  const free = (index: number, at: number) => {
    const nextAt = freeAt(listed[index] ?? [], at);
    if (nextAt === at) return lawful(index, at);
    return { open: false, ...(nextAt !== undefined && { nextAt }) };
  };
  const asked = { numbers, tried, preferred };
  return (at: number): NextNumber => {
    const next = plan.next({ ...asked, from: () => at, hours: free });
    if (next !== 'NO_WINDOW' || listed.every(({ length }) => length === 0)) return next;
    return typeof plan.next({ ...asked, from: () => at, hours: lawful }) === 'string' ? next : 'DNC';
  };
};

/** What the gates are asked about one contact: the same for a claim and for an explanation. */
export const factsOf = (batch: Batch, candidate: Candidate): GateFacts => {
  const { campaign, contact, number, numberTaken, agentGuaranteed, pledgedTo } = candidate;
  const { plan } = campaign;
  const listed = listedAs(batch.doNotCall, contact, campaign);
  const next = plan && planned(batch, { ...campaign, plan }, contact, listed);
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
      const other = next ? next(at) : nextFree(listed, contact.place, at);
      return typeof other === 'object' && other.numberIndex !== contact.place ? other : undefined;
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
    suppression: suppressionOf(campaign, contact, batch.attributes),
    lawAt: (at) => batch.lawOf(contact.law, at),
  };
};
