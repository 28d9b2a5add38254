import type { LegTruth } from '../../src/telephony/simulated-switch';
import { type Outages, possibleOutcomes } from './audit-outcomes';
import { type AttemptRow, type Audited, type Evidence, type Fault, offsetAt, readEvidence } from './audit-read';
import { tableFaults } from './audit-tables';
import type { System } from './system';

export type { Fault } from './audit-read';

export interface AuditOptions {
  /** When nobody acted for the dialer, as the test brought it about; real epoch milliseconds. */
  outages?: Outages;
  /** A live person may be neither with an agent nor hear the message for this long without being counted. */
  silenceLimitMs?: number;
  /** For events that were late on a busy machine. */
  toleranceMs?: number;
}

export interface Audit {
  /** Empty when all is well. */
  faults: Fault[];
  /** For the eye: how many attempts of each outcome. */
  outcomes: Record<string, number>;
  attempts: number;
  placed: number;
}

/** A leg leaves its bridge a moment before it ends. */
const CUT_MS = 100;

const fault = (kind: string, subject: string, detail = ''): Fault => ({ kind, subject, detail });
const time = (at: number | undefined): string => (at === undefined ? '-' : new Date(at).toISOString().slice(11, 23));

const describe = (leg: LegTruth | undefined, attempt?: AttemptRow): string =>
  [
    attempt && `epoch ${attempt.epoch} outcome ${attempt.outcome} ${attempt.abandonCause ?? ''} by ${attempt.endedBy}`,
    attempt &&
      (['claimedAt', 'placedAt', 'answeredAt', 'connectedAt', 'endedAt'] as const)
        .map((key) => `${key} ${time(attempt[key]?.getTime())}`)
        .join(' '),
    leg && 'at the switch',
    leg && `placed ${time(leg.originatedAt)} answered ${time(leg.answeredAt)} ${leg.live ? 'live' : (leg.voice ?? '')}`,
    leg?.withAgent.map((span) => `with agent ${time(span.from)}-${time(span.to)}`).join(' '),
    leg?.messages.map((span) => `message by ${span.by} ${time(span.from)}-${time(span.to)}`).join(' '),
    leg && `ended ${time(leg.endedAt)} by ${leg.endedBy} cause ${leg.cause}`,
  ]
    .filter(Boolean)
    .join('; ');

function* numbers({ truth, legsOf, attempts }: Evidence): Generator<Fault> {
  for (const { number, first, second, at } of truth.overlaps) {
    yield fault('NUMBER_IN_TWO_ATTEMPTS', number, `${first} and ${second} at ${time(at)}`);
  }
  const known = new Map(attempts.map((attempt) => [attempt.id, attempt]));
  for (const [id, legs] of legsOf) {
    const attempt = known.get(id);
    if (legs.length > 1) yield fault('PLACED_TWICE', id, legs.map((leg) => describe(leg)).join(' | '));
    if (!attempt) yield fault('PLACED_UNRECORDED', id, describe(legs[0]));
    else if (legs.some((leg) => leg.to !== attempt.number)) yield fault('WRONG_NUMBER', id);
  }
}

function* moments({ legsOf, attempts, witness }: Evidence, toleranceMs: number): Generator<Fault> {
  for (const attempt of attempts) {
    for (const leg of legsOf.get(attempt.id) ?? []) {
      const notAfter = attempt.notAfter.getTime() - offsetAt(witness, attempt.claimedAt.getTime());
      if (leg.originatedAt > notAfter + toleranceMs) {
        yield fault('PLACED_TOO_LATE', attempt.id, `${leg.originatedAt - notAfter} ms; ${describe(leg, attempt)}`);
      }
      const raised = witness.epochs.find(({ epoch }) => epoch > attempt.epoch);
      if (raised && leg.originatedAt > raised.at) {
        yield fault('PLACED_BY_STALE_DIALER', attempt.id, `epoch raised ${time(raised.at)}; ${describe(leg, attempt)}`);
      }
    }
  }
}

function* outcomes({ legsOf, attempts }: Evidence, outages: Outages): Generator<Fault> {
  for (const attempt of attempts) {
    const leg = legsOf.get(attempt.id)?.[0];
    if (attempt.outcome === null) yield fault('NO_OUTCOME', attempt.id, describe(leg, attempt));
    else {
      const possible = possibleOutcomes(leg, attempt, outages);
      if (!possible.includes(attempt.outcome)) {
        yield fault('WRONG_OUTCOME', attempt.id, `not ${possible.join(' or ')}: ${describe(leg, attempt)}`);
      }
    }
    const counted = attempt.abandonCause !== null;
    if ((attempt.outcome === 'ABANDONED' || attempt.late) !== counted) {
      yield fault('ABANDON_WITHOUT_CAUSE', attempt.id, describe(leg, attempt));
    }
    if (counted && !attempt.liveAnswer) yield fault('ABANDON_OUTSIDE_DENOMINATOR', attempt.id, describe(leg, attempt));
  }
}

function* people({ truth, attempts }: Evidence, silenceMs: number): Generator<Fault> {
  const known = new Map(attempts.map((attempt) => [attempt.id, attempt]));
  for (const leg of truth.silentLivePersons(silenceMs)) {
    const attempt = known.get(leg.leg);
    if (attempt && attempt.abandonCause === null) yield fault('SILENCE_UNCOUNTED', leg.leg, describe(leg, attempt));
  }
}

/** Whoever is with an agent stays so until hanging up: in these tests no agent ends a talk. */
function* talks({ truth, attempts }: Evidence): Generator<Fault> {
  const known = new Map(attempts.map((attempt) => [attempt.id, attempt]));
  const byAgent = new Map<string, { from: number; to: number; leg: string }[]>();
  for (const leg of truth.customers) {
    const last = leg.withAgent.at(-1);
    if (!last) continue;
    const detail = describe(leg, known.get(leg.leg));
    if (leg.endedBy !== undefined && leg.endedBy !== 'callee') yield fault('CUSTOMER_DROPPED', leg.leg, detail);
    if (leg.withAgent.length > 1 || (leg.endedAt !== undefined && last.to < leg.endedAt - CUT_MS)) {
      yield fault('BRIDGE_CUT', leg.leg, detail);
    }
    for (const span of leg.withAgent) {
      byAgent.set(span.agentLeg, [...(byAgent.get(span.agentLeg) ?? []), { ...span, leg: leg.leg }]);
    }
  }
  for (const [agent, spans] of byAgent) {
    spans.sort((a, b) => a.from - b.from);
    for (const [index, span] of spans.entries()) {
      const before = spans[index - 1];
      if (before && before.to > span.from) yield fault('AGENT_WITH_TWO', agent, `${before.leg} and ${span.leg}`);
    }
  }
}

function* warehouse({ attempts, facts }: Evidence): Generator<Fault> {
  const told = new Map<string, number>();
  for (const { id } of facts) told.set(id, (told.get(id) ?? 0) + 1);
  for (const [id, count] of told) if (count > 1) yield fault('FACT_TWICE', id, `${count} rows`);
  const known = new Map(attempts.map((attempt) => [attempt.id, attempt]));
  for (const row of facts) {
    const attempt = known.get(row.id);
    if (!attempt) yield fault('FACT_OF_NOTHING', row.id);
    else {
      const ours = [attempt.outcome, attempt.abandonCause ?? '', attempt.liveAnswer, attempt.late, attempt.version];
      const theirs = [row.outcome, row.abandonCause, row.liveAnswer, row.late, row.version];
      if (ours.join() !== theirs.join()) yield fault('FACT_DIFFERS', row.id, `${ours.join()} but ${theirs.join()}`);
    }
  }
  for (const { id, outcome } of attempts)
    if (outcome !== null && !told.has(id)) yield fault('FACT_MISSING', id, outcome);
}

/** Compares the switch's truth, PostgreSQL and the warehouse, attempt by attempt. The system must have come to rest. */
export const audit = async (system: Audited, options: AuditOptions = {}): Promise<Audit> => {
  const { outages = [], silenceLimitMs = 2_000, toleranceMs = 500 } = options;
  const evidence = await readEvidence(system);
  const faults = [
    ...numbers(evidence),
    ...moments(evidence, toleranceMs),
    ...outcomes(evidence, outages),
    ...people(evidence, silenceLimitMs + toleranceMs),
    ...talks(evidence),
    ...warehouse(evidence),
    ...(await tableFaults(system.pool, system.seeded.organisationId)),
  ];
  const counts: Record<string, number> = {};
  for (const { outcome } of evidence.attempts) counts[outcome ?? 'NONE'] = (counts[outcome ?? 'NONE'] ?? 0) + 1;
  return { faults, outcomes: counts, attempts: evidence.attempts.length, placed: evidence.legsOf.size };
};

const REST = `SELECT (SELECT count(*) FROM call_attempt WHERE outcome IS NULL) AS attempts,
  (SELECT count(*) FROM agent_state WHERE attempt_id IS NOT NULL) AS conversations,
  (SELECT count(*) FROM outbox) AS outbox, (SELECT count(*) FROM outbox_batch) AS batches`;

/**
 * Waits until no attempt is open, no agent has one to write up and every fact is in the warehouse. Something must keep the
 * dialer from placing more.
 */
export const comeToRest = async (system: Pick<System, 'pool'>, withinMs = 60_000): Promise<void> => {
  const until = performance.now() + withinMs;
  for (;;) {
    // PostgreSQL may just be coming back.
    const rows = await system.pool.query<Record<string, number>>(REST).then(
      (answer) => answer.rows,
      () => [],
    );
    const left = rows[0];
    if (left && Object.values(left).every((count) => count === 0)) return;
    if (performance.now() > until) throw new Error(`no rest after ${withinMs} ms: ${JSON.stringify(left)}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
};

const SHOWN = 4;

/** For the message of a failed test: each kind with its count and a few of its faults. */
export const tellFaults = (faults: readonly Fault[]): string => {
  const kinds = [...new Set(faults.map(({ kind }) => kind))];
  return kinds
    .map((kind) => {
      const all = faults.filter((found) => found.kind === kind);
      return [
        `${kind}: ${all.length}`,
        ...all.slice(0, SHOWN).map((found) => `  ${found.subject}: ${found.detail}`),
      ].join('\n');
    })
    .join('\n');
};
