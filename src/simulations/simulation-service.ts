import type { Pool, PoolClient } from 'pg';
import { notFound, OutdialError } from '../errors';
import type { Clock } from '../infra/clock';
import { newId } from '../infra/ids';
import type { JobClient } from '../infra/job-client';
import { type Page, type PageRequest, pageOf } from '../infra/page';
import { transaction } from '../infra/postgres';
import { type PubSub, topics } from '../infra/pubsub';
import { id as idOf, parse } from '../infra/validate';
import { audit } from '../organisations/audit';
import type { Caller } from '../organisations/caller';
import { takeKey } from '../organisations/idempotency';
import { isId } from '../organisations/records';
import { checkHistory, periodOf } from './history-read';
import { simulateCampaignInput } from './input';
import { checkRequest, planOf, STATED } from './plan';
import { SIMULATION_COLUMNS, type Simulation } from './simulation';

export interface SimulationServiceDeps {
  pool: Pool;
  pubsub: PubSub;
  clock: Clock;
  jobs: JobClient;
}

/** Of one organisation, waiting and running. */
export const MOST_OPEN = 20;

const OPEN = `/* simulation.open */
SELECT count(*)::int AS open FROM simulation WHERE organisation_id = $1 AND state IN ('QUEUED', 'RUNNING')`;
const INSERT = `/* simulation.insert */
INSERT INTO simulation (id, organisation_id, campaign_id, state, input, plan, created_by, created_at)
VALUES ($1, $2, $3, 'QUEUED', $4, $5, $6, $7) RETURNING ${SIMULATION_COLUMNS}`;
const READ = `/* simulation.read */ SELECT ${SIMULATION_COLUMNS} FROM simulation WHERE id = $1 AND organisation_id = $2`;
const LIST = `/* simulation.list */
SELECT ${SIMULATION_COLUMNS} FROM simulation
WHERE organisation_id = $1 AND ($2::uuid IS NULL OR campaign_id = $2) AND ($3::uuid IS NULL OR id > $3) ORDER BY id LIMIT $4`;
const CANCEL = `/* simulation.cancel */
UPDATE simulation SET state = 'CANCELLED', ended_at = $3, seq = seq + 1
WHERE id = $1 AND organisation_id = $2 AND state IN ('QUEUED', 'RUNNING') RETURNING ${SIMULATION_COLUMNS}`;

export class SimulationService {
  constructor(private readonly deps: SimulationServiceDeps) {}

  /** A row that a worker takes up; what can be refused is refused here. */
  async simulate(caller: Caller, input: unknown): Promise<Simulation> {
    const { pool, clock, jobs } = this.deps;
    const given = parse(simulateCampaignInput, input);
    checkRequest(given);
    const { organisationId } = caller;
    const at = clock.date();
    const own = given.campaignId && (await checkHistory(pool, organisationId, given.campaignId, periodOf(given, at)));
    // With a history the worker makes the plan; one made on the defaults has its figures checked at once.
    const plan = planOf(given, { ...STATED, ...(own || {}) });
    const id = newId();
    const { idempotencyKey: key, ...request } = given;
    const made = await transaction(pool, async (sql) => {
      const once = { key, mutation: 'simulate campaign', request: given, entityId: id, at };
      const known = await takeKey(sql, caller, once);
      if (known) return this.read(sql, caller, known);
      await this.checkOpen(sql, organisationId);
      const ready = own ? null : JSON.stringify(plan);
      const values = [id, organisationId, given.campaignId ?? null, JSON.stringify(request), ready, caller.actor, at];
      const { rows } = await sql.query<Simulation>(INSERT, values);
      await audit(sql, caller, at, { action: 'create', entity: 'simulation', entityId: id, after: request });
      return rows[0];
    });
    if (!made) throw notFound('simulation', id);
    await jobs.enqueue('simulate', { organisationId, simulationId: made.id });
    return made;
  }

  async find(caller: Caller, id: string): Promise<Simulation | null> {
    if (!isId(id)) return null;
    return (await this.read(this.deps.pool, caller, id)) ?? null;
  }

  async get(caller: Caller, id: string): Promise<Simulation> {
    const found = await this.find(caller, id);
    if (!found) throw notFound('simulation', id);
    return found;
  }

  async list(caller: Caller, { first, after }: PageRequest, campaignId?: string): Promise<Page<Simulation>> {
    const from = after && isId(after) ? after : null;
    const values = [caller.organisationId, campaignId ? parse(idOf(), campaignId) : null, from, first + 1];
    const { rows } = await this.deps.pool.query<Simulation>(LIST, values);
    return pageOf(rows, first);
  }

  async cancel(caller: Caller, id: string): Promise<Simulation> {
    const { pool, clock, pubsub } = this.deps;
    const { organisationId } = caller;
    await this.get(caller, id);
    const at = clock.date();
    const ended = await transaction(pool, async (sql) => {
      const { rows } = await sql.query<Simulation>(CANCEL, [id, organisationId, at]);
      if (rows[0]) await audit(sql, caller, at, { action: 'cancel', entity: 'simulation', entityId: id });
      return rows[0];
    });
    if (ended) {
      pubsub.publish(topics.simulation(organisationId, id), { seq: ended.seq });
      return ended;
    }
    const now = await this.get(caller, id);
    if (now.state === 'CANCELLED') return now;
    throw new OutdialError('INVALID_STATE', `the simulation is ${now.state}: it cannot be cancelled any more`, 'id');
  }

  private async checkOpen(sql: PoolClient, organisationId: string): Promise<void> {
    const { rows } = await sql.query<{ open: number }>(OPEN, [organisationId]);
    if ((rows[0]?.open ?? 0) < MOST_OPEN) return;
    throw new OutdialError(
      'INVALID_STATE',
      `${MOST_OPEN} simulations wait or run already: more are taken when one has ended`,
    );
  }

  private async read(sql: Pick<PoolClient, 'query'>, { organisationId }: Caller, id: string) {
    const { rows } = await sql.query<Simulation>(READ, [id, organisationId]);
    return rows[0];
  }
}
