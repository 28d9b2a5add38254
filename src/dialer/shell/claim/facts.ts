import type { GateFacts } from '../../../compliance/gates';
import type { ModeNumber } from '../../../contacts/strategy/plan';
import type { CampaignFacts } from './campaigns';
import type { ContactFacts } from './contacts';
import { listedAs } from './do-not-call';
import type { NumberFacts } from './numbers';
import type { Batch } from './read-batch';
import { suppressionOf } from './suppression';

/** One contact of a batch with what belongs to it. */
export interface Candidate {
  campaign: CampaignFacts;
  contact: ContactFacts & { number: string };
  number: NumberFacts;
  /** Another contact of this batch has just been given the number. */
  numberTaken: boolean;
  /** The line is pledged to an agent. */
  agentGuaranteed: boolean;
}

const modesOf = ({ lawOf }: Batch, { plan, ...campaign }: CampaignFacts, contact: ContactFacts): GateFacts['modes'] => {
  // What was promised to the person goes before the strategy's own windows, not before the law.
  if (!plan || contact.callbackUntil) return null;
  const { numbers, place: numberIndex } = contact;
  const tried = contact.tried ?? {};
  // One that was never tried begins with the first mode, wherever the list has it.
  const preferred = contact.tried ? numberIndex : null;
  const hours = (index: number, at: number) => {
    const { law = '', zone } = numbers[index] as ModeNumber & { law?: string };
    return lawOf(law, at).callingHours(at, zone, campaign);
  };
  return { numberIndex, next: (at) => plan.next({ numbers, tried, preferred, from: () => at, hours }) };
};

/** What the gates are asked about one contact: the same for a claim and for an explanation. */
export const factsOf = (batch: Batch, candidate: Candidate): GateFacts => {
  const { campaign, contact, number, numberTaken, agentGuaranteed } = candidate;
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
      dueAt: contact.dueAt.getTime(),
      wanted: contact.wanted,
      attempts: contact.attempts,
      person: contact.person,
      zone: contact.zone,
      callbackUntil: contact.callbackUntil?.getTime() ?? null,
    },
    list: { stopped: contact.listStopped, expiresAt: contact.listExpiresAt?.getTime() ?? null },
    modes: modesOf(batch, campaign, contact),
    number: {
      number: contact.number,
      abandonedAt: number.abandonedAt?.getTime() ?? null,
      listedAs: listedAs(batch.doNotCall, contact, campaign),
      inFlight: numberTaken || number.inFlight,
    },
    attempts: batch.attempts.of(contact.number, contact.person),
    agentGuaranteed,
    suppression: suppressionOf(campaign, contact, batch.attributes),
    lawAt: (at) => batch.lawOf(contact.law, at),
  };
};
