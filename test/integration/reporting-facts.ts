import { connect, createServer, type Socket } from 'node:net';
import type { Pool } from 'pg';
import { newId } from '../../src/infra/ids';
import { transaction } from '../../src/infra/postgres';
import { writeAttemptFacts } from '../../src/reporting/facts';
import { fictionalNumber, type Seeded } from '../setup/seed';

/** What a test says of an attempt; the rest is filled in. */
export interface AttemptSpec {
  claimedAt: Date;
  outcome: string | null;
  agentId?: string | null;
  abandonCause?: string;
  liveAnswer?: boolean;
  mode?: string;
  number?: string;
  contactId?: number;
  answeredAt?: Date;
  connectedAt?: Date;
  endedAt?: Date;
  wrappedUpAt?: Date;
}

const INSERT = `
INSERT INTO call_attempt (id, organisation_id, campaign_id, list_id, contact_id, dialer_id, epoch, number, mode, zone,
  caller_id, attempt_no, agent_id, covered, claimed_at, not_after, phase, placed_at, answered_at, connected_at, ended_at,
  outcome, abandon_cause, live_answer, wrapped_up_at, verdict_id)
SELECT id, $1, $2, $3, contact_id, $4, 1, number, mode, 'UTC', '+12025550100', 1, agent_id, true, claimed_at,
  claimed_at + interval '2 s', CASE WHEN outcome IS NULL THEN 'RINGING' ELSE 'ENDED' END, claimed_at, answered_at,
  connected_at, ended_at, outcome, abandon_cause, live_answer, wrapped_up_at, gen_random_uuid()
FROM unnest($5::uuid[], $6::bigint[], $7::text[], $8::text[], $9::uuid[], $10::timestamptz[], $11::timestamptz[],
  $12::timestamptz[], $13::timestamptz[], $14::text[], $15::text[], $16::boolean[], $17::timestamptz[])
  AS n (id, contact_id, number, mode, agent_id, claimed_at, answered_at, connected_at, ended_at, outcome, abandon_cause,
        live_answer, wrapped_up_at)`;

/** Attempts and, for those that have ended, their facts: in one transaction, as the dialer writes them. */
export const seedAttempts = async (pool: Pool, seeded: Seeded, specs: AttemptSpec[], at: Date): Promise<string[]> => {
  const ids = specs.map(() => newId());
  const column = <T>(pick: (spec: AttemptSpec, index: number) => T): T[] => specs.map(pick);
  await transaction(pool, async (sql) => {
    await sql.query(INSERT, [
      seeded.organisationId,
      seeded.campaignId,
      seeded.listId,
      seeded.dialerId,
      ids,
      column((spec, index) => spec.contactId ?? index + 1),
      column((spec, index) => spec.number ?? fictionalNumber(index)),
      column((spec) => spec.mode ?? 'Mobile'),
      column((spec) => spec.agentId ?? null),
      column((spec) => spec.claimedAt),
      column((spec) => spec.answeredAt ?? null),
      column((spec) => spec.connectedAt ?? null),
      column((spec) => (spec.outcome ? (spec.endedAt ?? new Date(spec.claimedAt.getTime() + 20_000)) : null)),
      column((spec) => spec.outcome),
      column((spec) => spec.abandonCause ?? null),
      column((spec) => spec.liveAnswer ?? false),
      column((spec) => spec.wrappedUpAt ?? null),
    ]);
    await writeAttemptFacts(sql, ids, at);
  });
  return ids;
};

export type WireMode = 'open' | 'down' | 'answersLost';

/** A wire to a store that a test can cut, or that loses the answer to what has been done. */
export const faultyWire = async (targetUrl: string) => {
  const target = new URL(targetUrl);
  const sockets = new Set<Socket>();
  let mode: WireMode = 'open';
  const server = createServer((near) => {
    if (mode === 'down') {
      near.destroy();
      return;
    }
    const far = connect(Number(target.port), target.hostname);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        near.destroy();
        far.destroy();
      });
    }
    near.pipe(far);
    far.on('data', (chunk) => {
      if (mode === 'answersLost') near.destroy();
      else near.write(chunk);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const url = new URL(targetUrl);
  url.port = String(typeof address === 'object' && address ? address.port : 0);
  return {
    url: url.toString(),
    set(next: WireMode) {
      mode = next;
      for (const socket of sockets) if (next === 'down') socket.destroy();
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};
