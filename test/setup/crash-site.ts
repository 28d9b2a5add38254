import { type Audit, audit, comeToRest, tellFaults } from './audit';
import type { Outages } from './audit-outcomes';
import { CRASH_WORLD, crashCampaign } from './campaign-world';
import { addRivalCampaign } from './crashes';
import { createDesk, type Desk } from './desk';
import { type System, type SystemStores, startSystem } from './system';

/** A system in which two campaigns want the same numbers for the same agents: where crashes are tried. */
export interface CrashSite {
  system: System;
  desk: Desk;
  campaigns: string[];
  close(): Promise<void>;
}

export const startCrashSite = async (contacts: number, stores?: SystemStores): Promise<CrashSite> => {
  const system = await startSystem({
    roles: { api: true, worker: true, dialers: 2 },
    world: CRASH_WORLD,
    campaign: crashCampaign(contacts),
    ...(stores && { stores }),
  });
  const { organisationId, dialerId, agents, campaignId } = system.seeded;
  const desk = createDesk({ ...system, organisationId, dialerId, agents });
  const close = async (): Promise<void> => {
    await desk.close();
    await system.close();
  };
  try {
    const campaigns = [campaignId, await addRivalCampaign(system)];
    await desk.open();
    return { system, desk, campaigns, close };
  } catch (error) {
    await close();
    throw error;
  }
};

export const order = async (site: CrashSite, kind: 'CAMPAIGN_START' | 'CAMPAIGN_PAUSE'): Promise<void> => {
  for (const id of site.campaigns) {
    const result = await site.desk.send(kind, `campaign:${id}`, {});
    if (!result.ok) throw new Error(`${kind} was refused: ${result.code} ${result.message}`);
  }
};

/** Waits for the end of every call and fact, then tells what is wrong; dialing must have been stopped. */
export const judge = async ({ system }: CrashSite, outages: Outages, story: string): Promise<Audit> => {
  await comeToRest(system).catch((error: unknown) => {
    throw new Error(`${story}\n${error instanceof Error ? error.message : error}\n${system.logs()}`);
  });
  const result = await audit(system, { outages });
  const told = `${story}; ${result.attempts} attempts, ${JSON.stringify(result.outcomes)}`;
  if (result.faults.length > 0) throw new Error(`${told}\n${tellFaults(result.faults)}\n${system.logs()}`);
  process.stderr.write(`${told}\n`);
  return result;
};
