import { consequenceOf, evaluate, firstRefusal, type GateName, PLACED_WITHIN_MS } from '../../../compliance/gates';
import { callerIdOf } from '../caller-id';
import type { GuardScope } from '../campaign-law';
import type { AttemptToWrite } from './attempts';
import type { CampaignFacts } from './campaigns';
import type { ContactFacts } from './contacts';
import { factsOf, hasNumber } from './facts';
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

/** One campaign's part of a claim: its slots and the candidates for them, in order. */
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

/** What the contacts of a batch have come to: rows to be written. */
export interface Judgement {
  attempts: AttemptToWrite[];
  refused: RefusedContact[];
}

export interface JudgeOptions {
  guardOf: (campaignId: string) => ClaimGuard;
  verdicts: Verdicts;
  newAttemptId: () => string;
}

interface Standing {
  campaign: CampaignFacts;
  contact: ContactFacts;
}

/** A contact whose turn comes. */
interface Turn {
  contactId: number;
  /** The slot that is for it alone. */
  own: SlotToFill | undefined;
  /** Slots for whoever may be called next: those that are not given yet. */
  shared: SlotToFill[];
  judged: JudgedPart;
}

const turnsOf = (judged: JudgedPart): Turn[] => {
  const { slots, contactIds } = judged.part;
  const shared = slots.filter(({ contactId }) => contactId === undefined);
  const own = slots.flatMap((slot) => (slot.contactId === undefined ? [] : { contactId: slot.contactId, own: slot }));
  const others = contactIds.map((contactId) => ({ contactId, own: undefined }));
  return [...own, ...others].map(({ contactId, own }) => ({ contactId, own, shared, judged }));
};

/**
 * Judges the contacts of a claim, in one locked batch or in several: pure but for the attempts' ids. A number is given to one
 * contact of the claim at most, and what is given counts for the contacts after it.
 */
export class Judge {
  readonly parts: readonly JudgedPart[];
  readonly verdicts: Verdicts;
  /** Campaigns with a contact under a law that their guard does not know. */
  readonly lawMissed = new Set<string>();
  private readonly turns: Turn[];
  private readonly taken = new Set<string>();

  constructor(
    parts: readonly ClaimPart[],
    private readonly options: JudgeOptions,
  ) {
    this.verdicts = options.verdicts;
    this.parts = parts.map((part) => ({ part, filled: [], unused: [], refusedBy: [] }));
    this.turns = this.parts.flatMap(turnsOf);
  }

  /** All that it has allowed so far. */
  attempts(): AttemptToWrite[] {
    return this.parts.flatMap(({ filled }) => filled.map(({ attempt }) => attempt));
  }

  /** The batch that was asked for next. */
  judge(batch: Batch): Judgement {
    const contacts = new Map(batch.contacts.map((row) => [`${row.campaignId}/${row.contactId}`, row]));
    const judgement: Judgement = { attempts: [], refused: [] };
    for (const turn of this.turns.splice(0, batch.wanted.length)) {
      const { campaignId } = turn.judged.part;
      const campaign = batch.campaigns.get(campaignId);
      const contact = contacts.get(`${campaignId}/${turn.contactId}`);
      // Locked by somebody: forgotten here, the next refill brings it.
      if (campaign && contact) this.decide(batch, turn, { campaign, contact }, judgement);
    }
    return judgement;
  }

  private decide(batch: Batch, turn: Turn, { campaign, contact }: Standing, { attempts, refused }: Judgement): void {
    const { guardOf, newAttemptId } = this.options;
    const { uncovered } = batch;
    const { judged, shared } = turn;
    const { campaignId, contactId } = contact;
    const guard = guardOf(campaignId);
    const { scopes } = guard;
    const slot = turn.own ?? shared[0];
    const atRisk = slot !== undefined && isUncovered(slot) && scopes.length > 0;
    if (!slot || (atRisk && !uncovered.mayTake(scopes))) {
      judged.unused.push(contactId);
      return;
    }
    if (!guard.knows(contact.law)) {
      this.lawMissed.add(campaignId);
      judged.unused.push(contactId);
      return;
    }
    if (!hasNumber(contact)) {
      refused.push({ contact, consequence: { kind: 'CLOSE', reason: 'NO_NUMBER' } });
      return;
    }
    const { number, person } = contact;
    const held = batch.numbers.get(number);
    if (!held) return;
    const evaluation = evaluate(
      factsOf(batch, {
        campaign,
        contact,
        number: held,
        numberTaken: this.taken.has(number),
        agentGuaranteed: slot.pledge !== null,
        pledgedTo: slot.pledge,
      }),
    );
    const refusal = firstRefusal(evaluation);
    if (refusal) {
      const consequence = consequenceOf(refusal);
      if (consequence.kind === 'KEEP') return;
      judged.refusedBy.push(refusal.gate);
      refused.push({ contact, consequence });
      return;
    }
    const callerId = callerIdOf(contact.callerId, campaign);
    if (callerId === null) return;
    const { subject } = campaign;
    const attempt: AttemptToWrite = {
      id: newAttemptId(),
      tid: contact.tid,
      campaignId,
      listId: contact.listId,
      contactId,
      number,
      mode: contact.mode ?? '',
      zone: contact.zone,
      callerId,
      attemptNo: contact.attempts + 1,
      agentId: slot.pledge,
      port: slot.port ?? null,
      verdict: this.verdicts.of(evaluation, batch.lawOf(contact.law, batch.at)),
      person,
      subject,
      law: contact.law,
      guardScopes: scopes.map(({ rule }) => rule),
      atRisk,
    };
    this.taken.add(number);
    batch.attempts.add({ id: attempt.id, at: batch.at + PLACED_WITHIN_MS, campaignId, subject, number, person });
    if (atRisk) uncovered.take(scopes);
    if (!turn.own) shared.shift();
    attempts.push(attempt);
    judged.filled.push({ slot: slot.slot, attempt });
  }
}
