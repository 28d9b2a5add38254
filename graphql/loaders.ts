import DataLoader from 'dataloader';
import { In } from 'typeorm';
import { type Agent, AgentEntity } from '../src/agents/agent';
import { type AgentStanding, agentStandings } from '../src/agents/agent-states';
import { type Device, DeviceEntity } from '../src/agents/device';
import { type Dialer, DialerEntity } from '../src/agents/dialer';
import { type Team, TeamEntity } from '../src/agents/team';
import { type CampaignGroup, CampaignGroupEntity } from '../src/campaigns/campaign-group';
import { type EntryPoint, EntryPointEntity } from '../src/campaigns/entry-point';
import { messageWarnings, type ReadinessWarning } from '../src/campaigns/message-warnings';
import { type Queue, QueueEntity } from '../src/campaigns/queue';
import { type Readiness, readinessOfCampaigns } from '../src/campaigns/readiness';
import { type CampaignDoNotCall, campaignsDoNotCall } from '../src/contacts/dnc/campaign-do-not-call';
import type { Container } from '../src/container';
import { loadByIds } from '../src/infra/load-by-id';
import type { Caller } from '../src/organisations/caller';

/** One statement for all records of a kind that one answer needs, always of the caller's own organisation. */
export interface Loaders {
  dialer: DataLoader<string, Dialer | null>;
  team: DataLoader<string, Team | null>;
  agent: DataLoader<string, Agent | null>;
  queue: DataLoader<string, Queue | null>;
  entryPoint: DataLoader<string, EntryPoint | null>;
  campaignGroup: DataLoader<string, CampaignGroup | null>;
  devicesOfAgent: DataLoader<string, Device[]>;
  agentStanding: DataLoader<string, AgentStanding>;
  campaignDoNotCall: DataLoader<string, CampaignDoNotCall | null>;
  /** Of campaigns that were read for this caller. */
  readiness: DataLoader<string, Readiness & { warnings: ReadinessWarning[] }>;
}

export const createLoaders = ({ database, hot, laws, clock }: Container, caller: Caller | undefined): Loaders => {
  // Without a caller every field that loads has been refused before; no organisation has this id.
  const organisationId = caller?.organisationId ?? '00000000-0000-0000-0000-000000000000';
  const loader = <T>(read: (ids: readonly string[]) => Promise<T[]>) =>
    new DataLoader<string, T>((ids) => read(ids), { maxBatchSize: 500 });
  const devicesOf = async (ids: readonly string[]): Promise<Device[][]> => {
    const where = { organisationId, agentId: In([...ids]) };
    const rows = await database.manager.find(DeviceEntity, { where, order: { id: 'ASC' } });
    return ids.map((id) => rows.filter(({ agentId }) => agentId === id));
  };
  return {
    dialer: loader((ids) => loadByIds(database, DialerEntity, organisationId, ids)),
    team: loader((ids) => loadByIds(database, TeamEntity, organisationId, ids)),
    agent: loader((ids) => loadByIds(database, AgentEntity, organisationId, ids)),
    queue: loader((ids) => loadByIds(database, QueueEntity, organisationId, ids)),
    entryPoint: loader((ids) => loadByIds(database, EntryPointEntity, organisationId, ids)),
    campaignGroup: loader((ids) => loadByIds(database, CampaignGroupEntity, organisationId, ids)),
    devicesOfAgent: loader(devicesOf),
    campaignDoNotCall: loader((ids) => campaignsDoNotCall(hot, organisationId, ids)),
    readiness: loader(async (ids) => {
      const found = await readinessOfCampaigns(hot, ids);
      const warned = await messageWarnings({ sql: hot, laws, at: clock.now() }, organisationId, ids);
      return ids.map((id) => ({ missing: found.get(id)?.missing ?? [], warnings: warned.get(id) ?? [] }));
    }),
    agentStanding: loader((ids) => agentStandings(hot, organisationId, ids)),
  };
};
