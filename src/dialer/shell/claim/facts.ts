import type { GateFacts } from '../../../compliance/gates';
import type { Law } from '../../../compliance/law/law';
import type { CampaignFacts } from './campaigns';
import type { ContactFacts } from './contacts';
import type { NumberFacts } from './numbers';
import type { Batch } from './read-batch';

/** The law of a called person at a moment, by the codes stored with the number. */
export type LawOf = (codes: string, at: number) => Law;

/** One contact of a batch with what belongs to it. */
export interface Candidate {
  campaign: CampaignFacts;
  contact: ContactFacts & { number: string };
  number: NumberFacts;
}

/** What the batch itself changes as it is judged. */
export interface Standing {
  at: number;
  lawOf: LawOf;
  /** Another contact of this batch has just been given the number. */
  numberTaken: boolean;
}

/** What the gates are asked about one contact: the same for a claim and for an explanation. */
export const factsOf = (batch: Batch, { campaign, contact, number }: Candidate, standing: Standing): GateFacts => ({
  at: standing.at,
  organisation: batch.organisation,
  campaign: {
    state: campaign.state,
    schedule: campaign.schedule,
    maxAttempts: campaign.maxAttempts,
    callingHours: campaign,
  },
  contact: {
    state: contact.state,
    dueAt: contact.dueAt.getTime(),
    attempts: contact.attempts,
    zone: contact.zone,
  },
  number: {
    onDncList: batch.doNotCall.has(contact.number),
    optedOut: number.optedOut,
    inFlight: standing.numberTaken || number.inFlight,
  },
  lawAt: (at) => standing.lawOf(contact.law, at),
});
