import type { Pool, PoolClient } from 'pg';
import type { Cap, Law } from '../../src/compliance/law/law';
import { claim } from '../../src/dialer/shell/claim/claim';
import { Judge } from '../../src/dialer/shell/claim/judge';
import type { BatchSizes } from '../../src/dialer/shell/claim/read-batch';
import { Verdicts } from '../../src/dialer/shell/claim/verdicts';
import type { Laws } from '../../src/dialer/shell/laws';
import { newId } from '../../src/infra/ids';
import { transaction } from '../../src/infra/postgres';
import { LAW } from '../setup/gate-facts';
import { noonZone, type Seeded, seedCampaign, seedOrganisation } from '../setup/seed';

/** A campaign whose guard has nothing to say to a claim. */
export const NO_GUARD = {
  guardOf: () => ({ knows: () => true, scopes: [] }),
  verdicts: new Verdicts(),
  newAttemptId: newId,
};

/** So small that the claims of a test have several batches. */
export const BATCHES: BatchSizes = { first: 1, most: 2 };

/** Several dialers of one organisation whose campaigns share people, over a real database and without a switch. */
export interface GateWorld {
  organisationId: string;
  campaigns: Seeded[];
  contactIds: Map<string, number[]>;
  laws: Laws;
}

export const lawWithCaps = (...caps: Cap[]): Law => ({ ...LAW, caps });

export interface PersonSeed {
  number: string;
  person: string | null;
}

/** Every campaign has every person, each as a contact of its own list. */
export const seedGateWorld = async (
  pool: Pool,
  { at, campaigns, people, law }: { at: Date; campaigns: number; people: readonly PersonSeed[]; law: Law },
): Promise<GateWorld> => {
  const organisationId = await seedOrganisation(pool, at);
  const seeded: Seeded[] = [];
  const contactIds = new Map<string, number[]>();
  for (let index = 0; index < campaigns; index++) {
    const campaign = await seedCampaign(pool, { at, agents: 0, organisationId, maxAttempts: 100 });
    const { campaignId, listId, dialerId } = campaign;
    await pool.query(`UPDATE campaign SET state = 'RUNNING', subject = 'loans' WHERE id = $1`, [campaignId]);
    await pool.query('INSERT INTO dialer_epoch VALUES ($1, 1)', [dialerId]);
    const { rows } = await pool.query<{ id: number }>(
      `WITH added AS (
         INSERT INTO contact (organisation_id, list_id, external_id, number, numbers, created_at)
         SELECT $1, $2, person, number, jsonb_build_array(jsonb_build_object('mode', 'Mobile', 'number', number, 'zone', $5::text)), $6
         FROM unnest($3::text[], $4::text[]) AS u(number, person)
         RETURNING id
       )
       INSERT INTO campaign_contact (campaign_id, contact_id, organisation_id, list_id, due_at, zone)
       SELECT $7, id, $1, $2, $6, $5 FROM added RETURNING contact_id AS id`,
      [
        organisationId,
        listId,
        people.map(({ number }) => number),
        people.map(({ person }) => person),
        noonZone(at),
        at,
        campaignId,
      ],
    );
    contactIds.set(
      campaignId,
      rows.map(({ id }) => id),
    );
    seeded.push(campaign);
  }
  return { organisationId, campaigns: seeded, contactIds, laws: { lawOf: () => law, read: async () => () => law } };
};

type Claimed = { id: string; contactId: number }[];
type When = { at: number; pledge?: string | null };

/** A claim as a dialer makes it, of these contacts and with a slot for each; answers with the attempts it recorded. */
export const claimIn = async (
  sql: PoolClient,
  { organisationId, laws }: GateWorld,
  { campaignId, dialerId }: Seeded,
  contactIds: number[],
  { at, pledge = null }: When,
): Promise<Claimed> => {
  const wanted = contactIds.map((contactId) => ({ campaignId, contactId }));
  const slots = contactIds.map((_, slot) => ({ slot, pledge }));
  const part = { claimId: newId(), campaignId, slots, contactIds };
  const judge = new Judge([part], { ...NO_GUARD, verdicts: new Verdicts() });
  const question = { organisationId, wanted, laws, now: () => at };
  await claim(sql, { question, judge, dialer: { dialerId, epoch: 1 } }, BATCHES);
  return judge.attempts().map(({ id, contactId }) => ({ id, contactId }));
};

export const claimOnce = (
  pool: Pool,
  world: GateWorld,
  campaign: Seeded,
  contactIds: number[],
  when: When,
): Promise<Claimed> => transaction(pool, (sql) => claimIn(sql, world, campaign, contactIds, when));

/** The attempts have ended, and whatever became of their contacts they may be claimed again. */
export const endAttempts = async (pool: Pool, ids: readonly string[], at: number, outcome = 'NO_ANSWER') => {
  await pool.query(
    `UPDATE call_attempt SET outcome = $3, phase = 'ENDED', ended_at = $2::timestamptz,
       placed_at = CASE WHEN $3 <> 'NOT_PLACED' THEN not_after END
     WHERE id = ANY($1::uuid[])`,
    [ids, new Date(at), outcome],
  );
};

/** All contacts of the world that are in no call may be claimed at once. */
export const makeAllReady = async (pool: Pool, world: GateWorld, at: number) => {
  await pool.query(
    `UPDATE campaign_contact cc SET state = 'READY', due_at = $2, close_reason = NULL
     WHERE organisation_id = $1 AND NOT EXISTS (
       SELECT FROM call_attempt a WHERE a.id = cc.last_attempt_id AND a.outcome IS NULL)`,
    [world.organisationId, new Date(at)],
  );
};
