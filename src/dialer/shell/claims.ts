import { PLACED_WITHIN_MS } from '../../compliance/gates';
import type { Clock } from '../../infra/clock';
import { monotonic } from '../../infra/clock';
import { collectYoung } from '../../infra/garbage';
import { newId } from '../../infra/ids';
import type { BusinessTime } from '../kernel/clocks';
import { type Candidates, candidatesInput } from './candidates';
import type { AttemptToWrite } from './claim/attempts';
import { type Claimed, claim } from './claim/claim';
import { findAttempts } from './claim/find-attempts';
import { type ClaimGuard, type ClaimPart, contactsOf, isUncovered, Judge, type SlotToFill } from './claim/judge';
import type { BatchSizes } from './claim/read-batch';
import { Verdicts } from './claim/verdicts';
import { CommitUnknownError, type DialerDatabase, StaleEpochError } from './dialer-transaction';
import type { CommandOf, Feed } from './inputs';
import type { Laws } from './laws';
import { cpaOf, type Lines } from './lines';

export interface Claims {
  claim(command: CommandOf<'claim'>): void;
  /** Resolves once no claim is in flight or waiting. */
  idle(): Promise<void>;
}

export interface ClaimsOptions {
  database: DialerDatabase;
  organisationId: string;
  clock: Clock;
  laws: Laws;
  guards: {
    guardOf(campaignId: string): ClaimGuard;
    /** What its guard does not know yet is to be read now. */
    lawMissed(campaignId: string): void;
  };
  /** Business time as the kernel sees it. */
  time: () => BusinessTime;
  lines: Lines;
  candidatesOf: (campaignId: string) => Candidates | undefined;
  /** How many more lines may be begun now: what is left of the switch's lines and of its rate. */
  budget: () => number;
  feed: Feed;
  /** Contacts that are read, judged and written at once; left out: as many as are quickest. */
  batchSizes?: BatchSizes;
  /** Written although it will never be placed: its end must be recorded. */
  onNotPlaced: (attemptId: string) => void;
  onClaimed: (placed: number, tookMs: number) => void;
  onError: (error: unknown) => void;
}

/** More contacts than slots are looked at, so that refused ones do not leave agents without a line. */
const SPARE = 20;

/** So many contacts judged, in one claim or in small ones together, leave enough behind to be collected between two claims. */
const COLLECTED_AFTER = 200;

export const createClaims = (options: ClaimsOptions): Claims => {
  const { database, organisationId, clock, laws, guards, lines, feed } = options;
  const guardOf = (campaignId: string) => guards.guardOf(campaignId);
  const verdicts = new Verdicts();
  let waiting: CommandOf<'claim'>[] = [];
  let running: Promise<void> | undefined;
  let uncollected = 0;

  const prepare = (commands: readonly CommandOf<'claim'>[]): ClaimPart[] => {
    let budget = options.budget();
    return commands.map((command) => {
      const asked = command.slots.slice(0, Math.max(0, budget));
      budget -= asked.length;
      const candidates = options.candidatesOf(command.campaignId);
      const slots = asked.flatMap(({ personal, ...slot }): SlotToFill[] => {
        if (!personal || slot.pledge === null) return [slot];
        const contactId = candidates?.personal.take(slot.pledge);
        return contactId === undefined ? [] : [{ ...slot, contactId }];
      });
      const shared = slots.filter(({ contactId }) => contactId === undefined).length;
      const contactIds = shared === 0 ? [] : (candidates?.take(shared + Math.min(shared, SPARE)) ?? []);
      return { claimId: command.id, campaignId: command.campaignId, slots, contactIds };
    });
  };

  const answer = (part: ClaimPart, filled: { slot: number; attemptId: string }[]): void => {
    const candidates = options.candidatesOf(part.campaignId);
    if (candidates) {
      candidates.personal.release(part.slots.flatMap(({ contactId }) => contactId ?? []));
      feed(candidatesInput(part.campaignId, candidates));
    }
    feed({ type: 'claimed', claimId: part.claimId, campaignId: part.campaignId, lines: filled });
  };

  /** The answer to COMMIT was lost: what it wrote is found out, and ended without ever being placed. */
  const resolveUnknown = async (attempts: readonly AttemptToWrite[]): Promise<void> => {
    for (;;) {
      try {
        const written = await database.transaction((sql) => findAttempts(sql, attempts));
        for (const id of written) options.onNotPlaced(id);
        for (const attempt of attempts) options.candidatesOf(attempt.campaignId)?.release([attempt.contactId]);
        return;
      } catch (error) {
        if (error instanceof StaleEpochError) return;
        await new Promise((resolve) => setTimeout(resolve, 500));
      }
    }
  };

  const run = async (commands: readonly CommandOf<'claim'>[]): Promise<void> => {
    const parts = prepare(commands);
    const wanted = parts.flatMap((part) =>
      contactsOf(part).map((contactId) => ({ campaignId: part.campaignId, contactId })),
    );
    if (wanted.length === 0) {
      for (const part of parts) answer(part, []);
      return;
    }
    const began = monotonic();
    // Only a campaign that wants lines without an agent has to ask the scopes it is in.
    const scopes = parts
      .filter(({ slots }) => slots.some(isUncovered))
      .flatMap(({ campaignId }) => guardOf(campaignId).scopes);
    const judge = new Judge(parts, { guardOf, verdicts, newAttemptId: newId });
    let campaigns: Claimed['campaigns'];
    let placed = { notAfter: 0, notAfterWall: 0 };
    const now = () => {
      // Before the rows are sent, so never later than 2 s after COMMIT was.
      placed = { notAfter: monotonic() + PLACED_WITHIN_MS, notAfterWall: Date.now() + PLACED_WITHIN_MS };
      return clock.now();
    };
    const guard = { scopes, time: options.time() };
    const question = { organisationId, wanted, laws, now, guard };
    try {
      const claimed = await database.transaction((sql) =>
        claim(sql, { question, judge, dialer: database }, options.batchSizes),
      );
      claimed.keepVerdicts();
      campaigns = claimed.campaigns;
    } catch (error) {
      const attempts = judge.attempts();
      if (error instanceof CommitUnknownError && attempts.length > 0) {
        const doubtful = new Set(attempts.map((attempt) => `${attempt.campaignId}/${attempt.contactId}`));
        for (const part of parts) {
          const rest = part.contactIds.filter((id) => !doubtful.has(`${part.campaignId}/${id}`));
          options.candidatesOf(part.campaignId)?.giveBack(rest);
        }
        void resolveUnknown(attempts);
      } else {
        for (const part of parts) options.candidatesOf(part.campaignId)?.giveBack(part.contactIds);
      }
      for (const part of parts) answer(part, []);
      options.onError(error);
      return;
    }
    for (const campaignId of judge.lawMissed) guards.lawMissed(campaignId);
    for (const { part, filled, unused, refusedBy } of judge.parts) {
      const candidates = options.candidatesOf(part.campaignId);
      const kept = new Set(unused);
      candidates?.judged(filled.length, refusedBy);
      candidates?.giveBack(unused);
      candidates?.release(part.contactIds.filter((id) => !kept.has(id)));
      const campaign = campaigns.get(part.campaignId);
      const cpa = campaign && cpaOf(campaign.cpa).params;
      for (const { attempt } of filled) {
        lines.set(attempt.id, {
          attemptId: attempt.id,
          campaignId: attempt.campaignId,
          contactId: attempt.contactId,
          to: attempt.number,
          callerId: attempt.callerId,
          cpa,
          ...placed,
        });
      }
      answer(
        part,
        filled.map(({ slot, attempt }) => ({ slot, attemptId: attempt.id })),
      );
    }
    options.onClaimed(judge.attempts().length, monotonic() - began);
    uncollected += wanted.length;
    if (uncollected >= COLLECTED_AFTER) {
      uncollected = 0;
      // Behind what the answers set going: the lines come first.
      setImmediate(collectYoung);
    }
  };

  const work = async (): Promise<void> => {
    while (waiting.length > 0) {
      const commands = waiting;
      waiting = [];
      await run(commands);
    }
  };

  const begin = (): void => {
    // Begun after the step that asks: claims of the same step share the transaction.
    running = Promise.resolve()
      .then(work)
      .finally(() => {
        running = undefined;
        if (waiting.length > 0) begin();
      });
  };

  return {
    claim(command) {
      waiting.push(command);
      if (!running) begin();
    },
    async idle() {
      while (running) await running;
    },
  };
};
