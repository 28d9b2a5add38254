import { consequenceOf, type Evaluation, evaluate, firstRefusal, type GateFacts } from '../../compliance/gates';
import { type Schedule, scheduleSchema } from '../../compliance/schedule';
import { callerIdOf } from './caller-id';
import type { AttemptToWrite, ClaimCampaignRow, ClaimContactRow, LockedBatch, RefusedContact } from './claim-sql';

export interface SlotToFill {
  slot: number;
  pledge: string | null;
}

/** One campaign's part of a batch: its slots and the candidates for them, in order. */
export interface ClaimPart {
  claimId: string;
  campaignId: string;
  slots: SlotToFill[];
  contactIds: number[];
}

export interface JudgedPart {
  part: ClaimPart;
  filled: { slot: number; attempt: AttemptToWrite }[];
  /** Allowed or undecided but not used: they stay candidates. */
  unused: number[];
}

export interface Judged {
  parts: JudgedPart[];
  refused: RefusedContact[];
}

export interface JudgeOptions {
  at: number;
  newAttemptId: () => string;
}

const scheduleOf = (row: ClaimCampaignRow): Schedule | null => {
  if (row.schedule === null) return null;
  const parsed = scheduleSchema.safeParse(row.schedule);
  // A schedule that cannot be read opens never: dialling at an hour nobody chose would be worse than not dialling.
  return parsed.success ? parsed.data : { timeZone: 'UTC', weekly: {} };
};

const factsOf = (
  at: number,
  batch: LockedBatch,
  campaign: ClaimCampaignRow,
  schedule: Schedule | null,
  contact: ClaimContactRow & { number: string },
  takenHere: boolean,
): GateFacts => {
  const number = batch.numbers.get(contact.number);
  return {
    at,
    organisation: { diallingStopped: batch.organisationStopped },
    campaign: {
      state: campaign.state,
      schedule,
      maxAttempts: campaign.maxAttempts,
      callingHours: { startMinute: campaign.startMinute, endMinute: campaign.endMinute },
    },
    contact: {
      state: contact.state,
      dueAt: contact.dueAt.getTime(),
      attempts: contact.attempts,
      zone: contact.zone,
    },
    number: {
      onDncList: batch.dnc.has(contact.number),
      optedOut: number?.optedOut ?? false,
      inFlight: takenHere || (number?.inFlight ?? false),
    },
  };
};

const verdictOf = ({ gates, tz }: Evaluation, at: number) => ({
  at: new Date(at).toISOString(),
  tz,
  gates: Object.fromEntries(gates.map((verdict) => [verdict.gate, verdict.detail])),
});

/** Judges a locked batch: pure but for the attempts' ids. A number is given to one contact of the batch at most. */
export const judgeBatch = (batch: LockedBatch, parts: readonly ClaimPart[], options: JudgeOptions): Judged => {
  const contacts = new Map(batch.contacts.map((row) => [`${row.campaignId}/${row.contactId}`, row]));
  const taken = new Set<string>();
  const refused: RefusedContact[] = [];
  const judgePart = (part: ClaimPart): JudgedPart => {
    const judged: JudgedPart = { part, filled: [], unused: [] };
    const campaign = batch.campaigns.get(part.campaignId);
    if (!campaign) return judged;
    const schedule = scheduleOf(campaign);
    for (const contactId of part.contactIds) {
      const contact = contacts.get(`${part.campaignId}/${contactId}`);
      // Locked by somebody: forgotten here, the next refill brings it.
      if (!contact) continue;
      const slot = part.slots[judged.filled.length];
      if (!slot) {
        judged.unused.push(contactId);
        continue;
      }
      const { number } = contact;
      if (number === null) {
        refused.push({ campaignId: part.campaignId, contactId, closeReason: 'NO_NUMBER', dueAt: null });
        continue;
      }
      if (!batch.numbers.has(number)) continue;
      const facts = factsOf(options.at, batch, campaign, schedule, { ...contact, number }, taken.has(number));
      const evaluation = evaluate(facts);
      const refusal = firstRefusal(evaluation);
      if (refusal) {
        const consequence = consequenceOf(refusal);
        if (consequence.kind === 'CLOSE') {
          refused.push({ campaignId: part.campaignId, contactId, closeReason: consequence.reason, dueAt: null });
        } else if (consequence.kind === 'DELAY') {
          refused.push({ campaignId: part.campaignId, contactId, closeReason: null, dueAt: consequence.dueAt });
        }
        continue;
      }
      const callerId = callerIdOf(contact.callerId, campaign);
      if (callerId === null) continue;
      taken.add(number);
      judged.filled.push({
        slot: slot.slot,
        attempt: {
          id: options.newAttemptId(),
          campaignId: part.campaignId,
          listId: contact.listId,
          contactId,
          number,
          mode: contact.mode ?? '',
          zone: contact.zone,
          callerId,
          attemptNo: contact.attempts + 1,
          agentId: slot.pledge,
          verdict: verdictOf(evaluation, options.at),
        },
      });
    }
    return judged;
  };
  return { parts: parts.map(judgePart), refused };
};
