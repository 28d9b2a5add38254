import { newId } from '../../src/infra/ids';
import type { RoleProcess } from './processes';
import type { System } from './system';
import { pause, until } from './until';
import { readWitness } from './witness';

/** What is done to the dialer that acts. */
export type Crash = { kind: 'kill' } | { kind: 'stop'; forMs: number };

export interface TakeOver {
  crash: Crash;
  /** Real epoch milliseconds: the blow, and the moment when the next dialer had the switch's events. */
  from: number;
  to: number;
  /** Until the first call that the next dialer placed. */
  dialsAfterMs: number;
}

const TAKE_OVER_WITHIN_MS = 30_000;
const EXIT_WITHIN_MS = 10_000;

const epochOf = async (system: System): Promise<number> => {
  const { epochs } = await readWitness(system.pool, system.seeded.dialerId);
  return epochs.at(-1)?.epoch ?? 0;
};

/** The dialer process that holds the lease, whose owner is named by host, process and run. */
export const actingDialer = (system: System): Promise<RoleProcess> =>
  until(
    'a dialer acts',
    async () => {
      const { rows } = await system.pool.query<{ owner: string }>(
        'SELECT owner FROM dialer_lease WHERE dialer_id = $1',
        [system.seeded.dialerId],
      );
      const pid = Number(rows[0]?.owner.split(':').at(-2));
      return system.dialers.find((dialer) => dialer.pid === pid);
    },
    TAKE_OVER_WITHIN_MS,
  );

/** When the switch was first told after `since` that a dialer listens. */
const heardAfter = (system: System, since: number): number | undefined =>
  system.truth().entries.find((entry) => entry.t > since && entry.e === 'app' && entry.state !== 'gone')?.t;

const firstCallOf = async (system: System, epoch: number, since: number): Promise<number | undefined> => {
  const placed = system.truth().customers.filter((leg) => leg.originatedAt > since);
  if (placed.length === 0) return undefined;
  const { rows } = await system.pool.query<{ id: string }>(
    'SELECT id FROM call_attempt WHERE id = ANY($1::uuid[]) AND epoch > $2',
    [placed.map((leg) => leg.leg), epoch],
  );
  const ours = new Set(rows.map((row) => row.id));
  return placed.find((leg) => ours.has(leg.leg))?.originatedAt;
};

/** Hits the acting dialer and waits until another one dials; the next one to stand by is started meanwhile. */
export const crashDialer = async (system: System, crash: Crash): Promise<TakeOver> => {
  const victim = await actingDialer(system);
  const epoch = await epochOf(system);
  const from = Date.now();
  victim.signal(crash.kind === 'kill' ? 'SIGKILL' : 'SIGSTOP');
  const next = system.startDialer();
  const woken = crash.kind === 'stop' ? pause(crash.forMs).then(() => victim.signal('SIGCONT')) : undefined;
  const dialsAt = await until('another dialer dials', () => firstCallOf(system, epoch, from), TAKE_OVER_WITHIN_MS, 100);
  const to = heardAfter(system, from) ?? dialsAt;
  await woken;
  // Whoever was stopped finds itself replaced and goes.
  await until('the former dialer has ended', () => !victim.alive(), EXIT_WITHIN_MS);
  await next;
  return { crash, from, to, dialsAfterMs: dialsAt - from };
};

/**
 * A second campaign of the same rank on the same list, so that two of them want the same numbers at the same time. Answers
 * its id.
 */
export const addRivalCampaign = async ({ pool, seeded, clock }: System): Promise<string> => {
  const id = newId();
  const { organisationId, campaignId, listId } = seeded;
  await pool.query(
    `INSERT INTO campaign (id, organisation_id, group_id, name, state_since, rank, max_attempts,
       calling_hours_start_minute, calling_hours_end_minute, created_at)
     SELECT $1, organisation_id, group_id, 'Rival ' || name, $3, rank, max_attempts, calling_hours_start_minute,
       calling_hours_end_minute, $3 FROM campaign WHERE id = $2`,
    [id, campaignId, clock.date()],
  );
  await pool.query(
    `INSERT INTO campaign_list (campaign_id, list_id, organisation_id, attached_at, filled_at) VALUES ($1, $2, $3, $4, $4)`,
    [id, listId, organisationId, clock.date()],
  );
  await pool.query(
    `INSERT INTO campaign_contact (campaign_id, contact_id, organisation_id, list_id, due_at, zone)
     SELECT $1, contact_id, organisation_id, list_id, due_at, zone FROM campaign_contact WHERE campaign_id = $2`,
    [id, campaignId],
  );
  return id;
};
