import { PLACED_WITHIN_MS } from '../../compliance/gates';
import type { Clock } from '../../infra/clock';
import { monotonic } from '../../infra/clock';
import type { Logger } from '../../infra/logger';
import type { LegMark, LegSnapshot, SwitchSnapshot, TelephonyPort } from '../../telephony/port';
import type { AgentState, CallSeed } from '../kernel/messages';
import type { AgentRegistry } from './agent-registry';
import { endpointOf } from './endpoint';
import type { Feed } from './inputs';
import type { Lines } from './lines';
import type { OpenAttempt, OpenSession } from './takeover-read';
import { treatmentId } from './treatments';
import { blankOutcome } from './write-items';
import type { Writer } from './writer';

/**
 * Goes on where another process ended. What the switch shows beats what was written. An attempt that the switch does not
 * show may still come: its originate may have left in the last moment, so its number is kept until that is impossible and
 * a second look proves it absent. Then its mark tells what became of it; in doubt a person was there and is counted.
 */
export interface TakeoverOptions {
  port: TelephonyPort;
  clock: Clock;
  logger: Logger;
  lines: Lines;
  agents: AgentRegistry;
  feed: Feed;
  writer: Writer;
  organisationId: string;
  endpointTemplate: string;
  trunk: string;
  /** When the epoch was raised: no claim of an earlier one was committed later. */
  fencedAt: number;
  resumeTreatment: (attemptId: string) => void;
  onStrayLeg: (leg: string) => void;
  onResolved: (mark: LegMark | 'stray') => void;
}

/** Between the last moment an originate may leave and the switch's showing its channel. */
const MARGIN_MS = 750;
const LOOK_AGAIN_MS = 500;

/** Monotonic time of a moment of business time; the offset between the two is taken once. */
const toMonotonic = (clock: Clock, at: Date): number => monotonic() - (clock.now() - at.getTime());

/**
 * Whether a port has the person. The switch shows it while the message is heard; once it has been heard, what was written
 * of its beginning does.
 */
const isTreated = async ({ port }: TakeoverOptions, attempt: OpenAttempt, leg: LegSnapshot): Promise<boolean> => {
  if (!attempt.ivr || leg.state !== 'up' || leg.bridgedTo !== undefined || leg.heldByDialplan) return false;
  return attempt.phase === 'CONNECTED' || (await port.isPlaying(treatmentId(attempt.id)));
};

/** Tells the kernel of calls that the switch shows. */
const bring = async (
  options: TakeoverOptions,
  attempts: readonly OpenAttempt[],
  legs: ReadonlyMap<string, LegSnapshot>,
): Promise<void> => {
  const shown = attempts.flatMap((attempt) => {
    const leg = legs.get(attempt.id);
    return leg ? [{ attempt, leg }] : [];
  });
  const treated = await Promise.all(shown.map(({ attempt, leg }) => isTreated(options, attempt, leg)));
  const calls = shown.map(({ attempt, leg }, index) => seedOf(options, attempt, leg, treated[index] ?? false));
  options.feed({ type: 'callsRestored', calls });
  shown.forEach(({ attempt }, index) => {
    if (treated[index]) options.resumeTreatment(attempt.id);
  });
};

const seedOf = (
  { agents, clock }: TakeoverOptions,
  attempt: OpenAttempt,
  leg: LegSnapshot,
  treated: boolean,
): CallSeed => {
  const bridged = leg.bridgedTo === undefined ? undefined : agents.bySession(leg.bridgedTo);
  const served = bridged !== undefined || treated;
  const placedAt = toMonotonic(clock, attempt.placedAt ?? attempt.claimedAt);
  const written = attempt.answeredAt ? toMonotonic(clock, attempt.answeredAt) : undefined;
  // Answered while nobody listened, who knows when: the person has waited since the first moment at which it could be.
  const answeredAt = written ?? (served ? undefined : placedAt);
  return {
    attemptId: attempt.id,
    campaignId: attempt.campaignId,
    agentId: bridged?.agentId ?? attempt.agentId,
    ...(treated && attempt.port !== null && { port: attempt.port }),
    phase: served ? 'CONNECTED' : leg.state === 'up' ? 'ANSWERED' : leg.state === 'ringing' ? 'RINGING' : 'PLACED',
    placedAt,
    ...(leg.state === 'up' && answeredAt !== undefined && { answeredAt }),
    ...(served && attempt.connectedAt && { connectedAt: toMonotonic(clock, attempt.connectedAt) }),
  };
};

const restoredState = (session: OpenSession): { state: AgentState; idleReason?: string } => {
  switch (session.state) {
    case 'AVAILABLE':
    case 'RESERVED':
    case 'CONNECTED':
      return { state: session.state };
    case 'WRAP_UP':
      return { state: session.wrappedUp ? 'AVAILABLE' : 'WRAP_UP' };
    case 'IDLE':
      return { state: 'IDLE', idleReason: session.reason ?? 'TAKE_OVER' };
    case 'LOGGED_OUT':
    case null:
      return { state: 'IDLE', idleReason: 'LOGGED_IN' };
  }
};

/** Agents whose session is open, with the state that was written last; then the calls that the switch shows. */
export const restore = async (
  options: TakeoverOptions,
  attempts: readonly OpenAttempt[],
  sessions: readonly OpenSession[],
  snapshot: SwitchSnapshot,
): Promise<OpenAttempt[]> => {
  const { agents, feed, lines, organisationId } = options;
  const legsUp = new Set(snapshot.agentSessions);
  for (const session of sessions) {
    const { agentId, sessionId, teamId } = session;
    agents.add({ agentId, sessionId, teamId, endpoint: endpointOf(session, options) }, session.seq ?? 0);
    if (session.state && session.since) {
      agents.restoreShown(agentId, { state: session.state, since: session.since.getTime() });
    }
    const legUp = legsUp.has(sessionId);
    const restored = restoredState(session);
    const agent = { id: agentId, organisationId, teamId, sessionId, legUp };
    feed({ type: 'agentLoggedIn', agent, ...restored, attemptId: session.attemptId });
  }
  const legs = new Map(snapshot.legs.map((leg) => [leg.leg, leg]));
  const open = new Set(attempts.map((attempt) => attempt.id));
  for (const attempt of attempts) {
    lines.set(attempt.id, {
      attemptId: attempt.id,
      campaignId: attempt.campaignId,
      contactId: attempt.contactId,
      to: attempt.number,
      callerId: attempt.callerId,
      cpa: undefined,
      // Never placed by us: whoever claimed it had its chance.
      notAfter: 0,
      notAfterWall: 0,
      heldByDialplan: legs.get(attempt.id)?.heldByDialplan ?? false,
    });
  }
  for (const leg of snapshot.legs) if (!open.has(leg.leg)) options.onStrayLeg(leg.leg);
  await bring(options, attempts, legs);
  return attempts.filter((attempt) => !legs.has(attempt.id));
};

/** What became of a call that is no more: by its mark, and where that says nothing by what was written. */
export const fateOf = (attempt: OpenAttempt, mark: LegMark): 'SERVED' | 'ABANDONED' | 'UNKNOWN' => {
  if (mark === 'served') return 'SERVED';
  if (mark === 'answered') return 'ABANDONED';
  if (attempt.phase === 'CONNECTED') return 'SERVED';
  return mark === 'unreadable' || attempt.phase === 'ANSWERED' ? 'ABANDONED' : 'UNKNOWN';
};

/** Told to the kernel like any other call, so that its ledger counts it; only one of unknown fate counts nowhere. */
const tell = (options: TakeoverOptions, attempt: OpenAttempt, mark: LegMark): void => {
  const { feed, writer, lines, clock } = options;
  const fate = fateOf(attempt, mark);
  const placedAt = toMonotonic(clock, attempt.placedAt ?? attempt.claimedAt);
  if (fate === 'UNKNOWN') {
    writer.push(blankOutcome(attempt.id, 'UNKNOWN', 'unknown', { at: monotonic(), wall: clock.now() }));
    lines.delete(attempt.id);
    return;
  }
  const seed: CallSeed = {
    attemptId: attempt.id,
    campaignId: attempt.campaignId,
    agentId: null,
    phase: fate === 'SERVED' ? 'CONNECTED' : 'ANSWERED',
    placedAt,
    answeredAt: attempt.answeredAt ? toMonotonic(clock, attempt.answeredAt) : placedAt,
    ...(fate === 'SERVED' && attempt.connectedAt && { connectedAt: toMonotonic(clock, attempt.connectedAt) }),
  };
  feed({ type: 'callsRestored', calls: [seed] });
  feed({ type: 'ended', attemptId: attempt.id, cause: 'answered', by: 'unknown' });
};

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, Math.max(0, ms)));

/** Ends the attempts that the switch did not show, once that is certain. Resolves when none is left. */
export const resolveAbsent = async (
  options: TakeoverOptions,
  absent: readonly OpenAttempt[],
  stopped: () => boolean,
): Promise<void> => {
  const { port, writer, clock, logger } = options;
  let left = absent;
  await pause(options.fencedAt + PLACED_WITHIN_MS + MARGIN_MS - monotonic());
  while (left.length > 0 && !stopped()) {
    try {
      const snapshot = await port.snapshot();
      const legs = new Map(snapshot.legs.map((leg) => [leg.leg, leg]));
      // What came after the first look is a call like the others.
      if (left.some((attempt) => legs.has(attempt.id))) await bring(options, left, legs);
      const gone = left.filter((attempt) => !legs.has(attempt.id));
      const offset = clock.now() - Date.now();
      const marks = await Promise.all(
        gone.map((attempt) => port.readMark(attempt.id, (attempt.placedAt ?? attempt.claimedAt).getTime() - offset)),
      );
      gone.forEach((attempt, index) => {
        const mark = marks[index] ?? 'unreadable';
        tell(options, attempt, mark);
        options.onResolved(mark);
      });
      left = [];
      await writer.settled();
      for (const attempt of gone) await port.clearMark(attempt.id);
    } catch (error) {
      logger.warn({ reason: String(error) }, 'what became of earlier calls cannot be read yet');
      await pause(LOOK_AGAIN_MS);
    }
  }
};
