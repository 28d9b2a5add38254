import type { LegTruth, TruthSummary } from '../../src/telephony/simulated-switch';
import type { Seeded } from './seed';
import type { System } from './system';
import { readWitness, type Testimony } from './witness';

/** What an audit looks at: a system, and whose attempts in it. */
export interface Audited extends Pick<System, 'pool' | 'warehouse' | 'truth'> {
  seeded: Pick<Seeded, 'organisationId' | 'dialerId'>;
}

export interface Fault {
  kind: string;
  subject: string;
  detail: string;
}

/** What there is to compare: the switch's truth, PostgreSQL's attempts, the warehouse's facts. */
export interface Evidence {
  truth: TruthSummary;
  attempts: AttemptRow[];
  facts: FactRow[];
  witness: Testimony;
  /** Of each attempt, its legs at the switch: one at most, if all is well. */
  legsOf: Map<string, LegTruth[]>;
}

export interface AttemptRow {
  id: string;
  campaignId: string;
  contactId: number;
  number: string;
  epoch: number;
  claimedAt: Date;
  notAfter: Date;
  placedAt: Date | null;
  answeredAt: Date | null;
  connectedAt: Date | null;
  endedAt: Date | null;
  outcome: string | null;
  abandonCause: string | null;
  liveAnswer: boolean;
  late: boolean;
  endedBy: string | null;
  agentId: string | null;
  version: number;
}

export interface FactRow {
  id: string;
  outcome: string;
  abandonCause: string;
  liveAnswer: boolean;
  late: boolean;
  version: number;
}

const ATTEMPTS = `SELECT id, campaign_id AS "campaignId", contact_id AS "contactId", number, epoch, claimed_at AS "claimedAt",
  not_after AS "notAfter", placed_at AS "placedAt", answered_at AS "answeredAt", connected_at AS "connectedAt",
  ended_at AS "endedAt", outcome, abandon_cause AS "abandonCause", live_answer AS "liveAnswer", late, ended_by AS "endedBy",
  agent_id AS "agentId", version
FROM call_attempt WHERE organisation_id = $1 ORDER BY claimed_at, id`;

const FACTS = `SELECT toString(attempt_id) AS id, toString(outcome) AS outcome, toString(abandon_cause) AS abandonCause,
  live_answer AS liveAnswer, late, version
FROM call_attempt FINAL WHERE organisation_id = {organisation: UUID}`;

export const readEvidence = async (system: Audited): Promise<Evidence> => {
  const { organisationId, dialerId } = system.seeded;
  const truth = system.truth();
  const [attempts, facts, witness] = await Promise.all([
    system.pool.query<AttemptRow>(ATTEMPTS, [organisationId]),
    system.warehouse
      .query({ query: FACTS, query_params: { organisation: organisationId }, format: 'JSONEachRow' })
      .then((answer) => answer.json<FactRow>()),
    readWitness(system.pool, dialerId),
  ]);
  const legsOf = new Map<string, LegTruth[]>();
  for (const leg of truth.customers) legsOf.set(leg.leg, [...(legsOf.get(leg.leg) ?? []), leg]);
  return { truth, attempts: attempts.rows, facts, witness, legsOf };
};

/**
 * How far business time was ahead of real time at a business moment: of all offsets, the last that was already in force
 * then. A process sees a new offset a little late, which is why a moment just after a move may still be of the old one.
 */
export const offsetAt = ({ offsets }: Testimony, business: number): number => {
  let found = 0;
  for (const { offsetMs, at } of offsets) if (business - offsetMs >= at) found = Math.max(found, offsetMs);
  return found;
};
