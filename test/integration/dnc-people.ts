import { createSuppressionRuleSetService } from '../../src/compliance/suppression/rule-set';
import { CampaignDoNotCallService } from '../../src/contacts/dnc/campaign-do-not-call';
import { DncEntryService } from '../../src/contacts/dnc/dnc-entry-service';
import { createDncListService } from '../../src/contacts/dnc/dnc-list-service';
import { DncService } from '../../src/contacts/dnc/dnc-service';
import { OptOutService } from '../../src/contacts/dnc/opt-out-service';
import { DncScrubService } from '../../src/contacts/dnc/scrub';
import type { Caller } from '../../src/organisations/caller';
import type { TestApi } from '../setup/api';
import { LAW } from '../setup/gate-facts';
import { fictionalNumber, type Seeded } from '../setup/seed';
import { claimOnce, endAttempts, makeAllReady, type PersonSeed, seedGateWorld } from './gate-world';

const servicesOf = ({ container: { hot: pool, database, clock } }: TestApi) => ({
  lists: createDncListService({ database, pool, clock }),
  entries: new DncEntryService({ pool, clock }),
  numbers: new DncService({ pool, clock }),
  optOuts: new OptOutService({ pool, clock }),
  choices: new CampaignDoNotCallService({ pool, clock }),
  rules: createSuppressionRuleSetService({ database, clock }),
  scrubs: new DncScrubService({ pool, clock, jobs: { enqueue: async () => true, close: async () => undefined } }),
});

/** One campaign over people c0, c1 …, each with a number of its own. */
export const openPeople = async (api: TestApi, count: number, campaigns = 1) => {
  const { hot: pool, clock } = api.container;
  const people: PersonSeed[] = Array.from({ length: count }, (_, index) => ({
    number: fictionalNumber(index),
    person: `c${index}`,
  }));
  const at = clock.now();
  const world = await seedGateWorld(pool, { at: new Date(at), campaigns, people, law: LAW });
  const campaign = world.campaigns[0] as Seeded;
  const caller: Caller = { organisationId: world.organisationId, actor: 'test', roles: ['ADMIN'] };
  const ids = world.contactIds.get(campaign.campaignId) as number[];
  const { campaignId } = campaign;
  /** Which of the people a claim for all of them dials; what it closed says why. */
  const dialled = async (now = at): Promise<number[]> => {
    await makeAllReady(pool, world, at);
    const attempts = await claimOnce(pool, world, campaign, ids, { at: now });
    await endAttempts(
      pool,
      attempts.map(({ id }) => id),
      now,
    );
    return attempts.map(({ contactId }) => ids.indexOf(contactId)).sort((a, b) => a - b);
  };
  const standing = async (): Promise<Record<number, string>> => {
    const { rows } = await pool.query<{ id: number; reason: string }>(
      `SELECT contact_id AS id, close_reason AS reason FROM campaign_contact
       WHERE campaign_id = $1 AND state = 'CLOSED' ORDER BY 1`,
      [campaignId],
    );
    return Object.fromEntries(rows.map(({ id, reason }) => [ids.indexOf(id), reason]));
  };
  const set = async (input: object) => {
    const { rows } = await pool.query<{ version: number }>('SELECT version FROM campaign WHERE id = $1', [campaignId]);
    return services.choices.set(caller, { campaignId, version: rows[0]?.version, ...input });
  };
  const services = servicesOf(api);
  return { pool, world, campaign, caller, ids, at, dialled, standing, set, ...services };
};
