import { consequenceOf, evaluate, firstRefusal, type GateName } from '../../../compliance/gates';
import { callerIdOf } from '../caller-id';
import type { GuardScope } from '../campaign-law';
import type { AttemptToWrite } from './attempts';
import { factsOf, hasNumber } from './facts';
import type { UncoveredBudget } from './guard-scopes';
import type { Batch } from './read-batch';
import type { RefusedContact } from './refused';
import type { Verdicts } from './verdicts';

export interface SlotToFill {
  slot: number;
  pledge: string | null;
  port?: number;
  /** A callback of its agent's own: no other contact fills it. */
  contactId?: number;
}

/** Neither an agent nor a port stands behind it. */
export const isUncovered = ({ pledge, port }: SlotToFill): boolean => pledge === null && port === undefined;

/** What the guard of a campaign has to do with its claims. */
export interface ClaimGuard {
  /** Whether the windows of a law are in force: somebody under another is not called yet. */
  knows(law: string): boolean;
  scopes: readonly GuardScope[];
}

/** One campaign's part of a batch: its slots and the candidates for them, in order. */
export interface ClaimPart {
  claimId: string;
  campaignId: string;
  slots: SlotToFill[];
  /** For slots that name none. */
  contactIds: number[];
}

export const contactsOf = ({ slots, contactIds }: ClaimPart): number[] => [
  ...slots.flatMap(({ contactId }) => contactId ?? []),
  ...contactIds,
];

export interface JudgedPart {
  part: ClaimPart;
  filled: { slot: number; attempt: AttemptToWrite }[];
  /** Allowed or undecided but not used: they stay candidates. */
  unused: number[];
  /** The gates that have put contacts off or closed them, once for each contact. */
  refusedBy: GateName[];
}

export interface Judged {
  parts: JudgedPart[];
  refused: RefusedContact[];
  /** Campaigns with a contact under a law that their guard does not know. */
  lawMissed: Set<string>;
}

export interface JudgeOptions {
  guardOf: (campaignId: string) => ClaimGuard;
  uncovered: UncoveredBudget;
  verdicts: Verdicts;
  newAttemptId: () => string;
  /** Until when an attempt may be placed. */
  notAfter: number;
}

/**
 * Judges a locked batch: pure but for the attempts' ids. A number is given to one contact of the batch at most, and what is
 * given counts for the contacts after it.
 */
export const judgeBatch = (batch: Batch, parts: readonly ClaimPart[], options: JudgeOptions): Judged => {
  const contacts = new Map(batch.contacts.map((row) => [`${row.campaignId}/${row.contactId}`, row]));
  const taken = new Set<string>();
  const refused: RefusedContact[] = [];
  const lawMissed = new Set<string>();
  const judgePart = (part: ClaimPart): JudgedPart => {
    const judged: JudgedPart = { part, filled: [], unused: [], refusedBy: [] };
    const campaign = batch.campaigns.get(part.campaignId);
    if (!campaign) return judged;
    const guard = options.guardOf(part.campaignId);
    const { scopes } = guard;
    const own = part.slots.filter(({ contactId }) => contactId !== undefined);
    const shared = part.slots.filter(({ contactId }) => contactId === undefined);
    const turns = [
      ...own.map((slot) => ({ contactId: slot.contactId as number, slot })),
      ...part.contactIds.map((contactId) => ({ contactId, slot: undefined })),
    ];
    let given = 0;
    for (const { contactId, slot = shared[given] } of turns) {
      const contact = contacts.get(`${part.campaignId}/${contactId}`);
      // Locked by somebody: forgotten here, the next refill brings it.
      if (!contact) continue;
      const atRisk = slot !== undefined && isUncovered(slot) && scopes.length > 0;
      if (!slot || (atRisk && !options.uncovered.mayTake(scopes))) {
        judged.unused.push(contactId);
        continue;
      }
      if (!guard.knows(contact.law)) {
        lawMissed.add(part.campaignId);
        judged.unused.push(contactId);
        continue;
      }
      if (!hasNumber(contact)) {
        refused.push({ campaignId: part.campaignId, contactId, closeReason: 'NO_NUMBER', dueAt: null });
        continue;
      }
      const { number } = contact;
      const held = batch.numbers.get(number);
      if (!held) continue;
      const evaluation = evaluate(
        factsOf(batch, {
          campaign,
          contact,
          number: held,
          numberTaken: taken.has(number),
          agentGuaranteed: slot.pledge !== null,
          pledgedTo: slot.pledge,
        }),
      );
      const refusal = firstRefusal(evaluation);
      if (refusal) {
        const consequence = consequenceOf(refusal);
        if (consequence.kind !== 'KEEP') judged.refusedBy.push(refusal.gate);
        if (consequence.kind === 'CLOSE') {
          refused.push({ campaignId: part.campaignId, contactId, closeReason: consequence.reason, dueAt: null });
        } else if (consequence.kind === 'LEAVE_OUT') {
          refused.push({ campaignId: part.campaignId, contactId, closeReason: null, dueAt: null, leftOut: true });
        } else if (consequence.kind === 'DELAY') {
          const { dueAt, numberIndex } = consequence;
          refused.push({ campaignId: part.campaignId, contactId, closeReason: null, dueAt, numberIndex });
        }
        continue;
      }
      const callerId = callerIdOf(contact.callerId, campaign);
      if (callerId === null) continue;
      taken.add(number);
      if (slot.contactId === undefined) given += 1;
      const { person } = contact;
      const { subject } = campaign;
      batch.attempts.add({ at: options.notAfter, campaignId: part.campaignId, subject, number, person });
      if (atRisk) options.uncovered.take(scopes);
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
          port: slot.port ?? null,
          verdict: options.verdicts.of(evaluation, batch.lawOf(contact.law, batch.at)),
          person,
          subject,
          law: contact.law,
          guardScopes: scopes.map(({ rule }) => rule),
          atRisk,
        },
      });
    }
    return judged;
  };
  return { parts: parts.map(judgePart), refused, lawMissed };
};
