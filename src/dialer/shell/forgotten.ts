import type { Clock } from '../../infra/clock';
import { monotonic } from '../../infra/clock';
import type { Logger } from '../../infra/logger';
import type { LegMark, TelephonyPort } from '../../telephony/port';
import type { DialerDatabase } from './dialer-transaction';
import type { Lines } from './lines';
import { fateOf } from './takeover';
import { type OpenAttempt, readOpenAttempts } from './takeover-read';
import type { OutcomeItem } from './write-items';
import type { Writer } from './writer';

/**
 * Ends attempts that are open in PostgreSQL and that nobody works on: one whose outcome was refused for good would hold
 * its number for ever. Only what neither this process nor the switch knows at two looks is ended: as it was decided, when
 * that is known, else by its mark.
 */
export interface Forgotten {
  /** PostgreSQL refused this outcome for good. */
  dropped(item: OutcomeItem): void;
  sweep(): Promise<void>;
}

export interface ForgottenOptions {
  database: DialerDatabase;
  port: Pick<TelephonyPort, 'snapshot' | 'readMark' | 'clearMark'>;
  clock: Clock;
  lines: Lines;
  writer: Writer;
  logger: Logger;
  /** Whether the switch can be asked. */
  linkUp: () => boolean;
  onStrayLeg: (leg: string) => void;
  onResolved: (mark: LegMark) => void;
  /** Younger attempts may still be on their way from a claim. */
  olderThanMs: number;
}

type Decision = Pick<OutcomeItem, 'outcome' | 'abandonCause' | 'liveAnswer' | 'late' | 'counted'>;

const FATES: Record<ReturnType<typeof fateOf>, Omit<Decision, 'counted'>> = {
  SERVED: { outcome: 'LIVE_VOICE', abandonCause: null, liveAnswer: true, late: false },
  ABANDONED: { outcome: 'ABANDONED', abandonCause: 'FAULT', liveAnswer: true, late: false },
  UNKNOWN: { outcome: 'UNKNOWN', abandonCause: null, liveAnswer: false, late: false },
};

/** A person counts as early as can be, an abandon when it is found. Whether the bridge was in time nobody knows. */
const decided = (attempt: OpenAttempt, mark: LegMark, now: number): Decision => {
  const fate = FATES[fateOf(attempt, mark)];
  const live = fate.liveAnswer ? (attempt.answeredAt ?? attempt.placedAt ?? attempt.claimedAt).getTime() : null;
  return { ...fate, counted: { live, served: null, abandoned: fate.abandonCause === null ? null : now } };
};

export const createForgotten = (options: ForgottenOptions): Forgotten => {
  const { database, port, clock, lines, writer, logger } = options;
  /** Refused again, what was decided cannot be written as it is: from then on the mark alone counts. */
  const decisions = new Map<string, Decision>();
  const tried = new Set<string>();
  let suspects = new Set<string>();

  const end = async (attempt: OpenAttempt): Promise<void> => {
    const offset = clock.now() - Date.now();
    const placedAt = (attempt.placedAt ?? attempt.claimedAt).getTime() - offset;
    const mark = await port.readMark(attempt.id, placedAt);
    const decision = decisions.get(attempt.id) ?? decided(attempt, mark, clock.now());
    logger.warn({ attemptId: attempt.id, mark, outcome: decision.outcome }, 'a forgotten attempt is ended');
    decisions.delete(attempt.id);
    tried.add(attempt.id);
    // Nothing that PostgreSQL may have taken offence at comes along.
    const bare = { agentId: null, port: null, by: 'unknown', q850: null, sip: null, times: { endedAt: monotonic() } };
    writer.push({ kind: 'outcome', attemptId: attempt.id, ...decision, ...bare, wall: clock.now() });
    options.onResolved(mark);
  };

  return {
    dropped({ attemptId, outcome, abandonCause, liveAnswer, late, counted }) {
      if (!tried.has(attemptId)) decisions.set(attemptId, { outcome, abandonCause, liveAnswer, late, counted });
    },
    async sweep() {
      if (!options.linkUp()) return;
      await writer.settled();
      const before = clock.now() - options.olderThanMs;
      const open = await readOpenAttempts(database.pool, database.dialerId);
      const unknown = open.filter(({ id, claimedAt }) => claimedAt.getTime() < before && !lines.has(id));
      const found = new Map(unknown.map((attempt) => [attempt.id, attempt]));
      for (const id of tried) if (!found.has(id)) tried.delete(id);
      if (found.size === 0) {
        suspects = new Set();
        return;
      }
      const shown = new Set((await port.snapshot()).legs.map(({ leg }) => leg));
      for (const id of found.keys()) {
        if (!shown.has(id)) continue;
        options.onStrayLeg(id);
        found.delete(id);
      }
      const gone = [...found.values()].filter(({ id }) => suspects.has(id));
      suspects = new Set(found.keys());
      for (const attempt of gone) if (!lines.has(attempt.id)) await end(attempt);
    },
  };
};
