import { scheduleAt } from '../../compliance/schedule';
import type { Clock } from '../../infra/clock';
import type { Logger } from '../../infra/logger';
import { campaignView, type KernelState } from '../kernel/kernel';
import type { AgentRegistry } from './agent-registry';
import { type CampaignRow, type CampaignState, readCampaign } from './campaign-load';
import { changeCampaignState, completeCampaign } from './campaign-state';
import { CampaignUpkeep, type Upkept } from './campaign-upkeep';
import { type Candidates, candidatesInput, createCandidates } from './candidates';
import type { ClaimGuard } from './claim/judge';
import type { DialerDatabase } from './dialer-transaction';
import type { Feed } from './inputs';
import type { Laws } from './laws';

/** A campaign in the dialer's hands: in the kernel, with its candidates, until nothing of it is in flight. */
export interface RunningCampaign {
  row: CampaignRow;
  state: CampaignState;
  candidates: Candidates;
  /** Leaves the kernel once its last line has ended. */
  leaving: boolean;
  /** The kernel was told that it leaves: coming back it begins anew. */
  gone: boolean;
  /** What the kernel was told of its candidates, as text. */
  told: string | undefined;
  upkept: Upkept;
}

export interface CampaignsOptions {
  database: DialerDatabase;
  clock: Clock;
  logger: Logger;
  feed: Feed;
  kernel: () => KernelState;
  agents: AgentRegistry;
  laws: Laws;
  /** Everything written so far is committed: a ledger read after it is whole. */
  settled: () => Promise<void>;
  onChanged: (campaignId: string) => void;
}

const dials = (state: CampaignState): boolean => state === 'RUNNING';

export class Campaigns {
  private readonly running = new Map<string, RunningCampaign>();
  private readonly upkeep: CampaignUpkeep;
  private sweeping = false;

  constructor(private readonly options: CampaignsOptions) {
    this.upkeep = new CampaignUpkeep(options);
  }

  get(id: string): RunningCampaign | undefined {
    return this.running.get(id);
  }

  all(): RunningCampaign[] {
    return [...this.running.values()];
  }

  candidatesOf(id: string): Candidates | undefined {
    return this.running.get(id)?.candidates;
  }

  /** Takes a campaign into the kernel, or brings it up to date there, in the state that its row has. */
  async bring(row: CampaignRow): Promise<void> {
    const { database, clock, feed } = this.options;
    const known = this.running.get(row.id);
    if (known && !known.gone) {
      known.row = row;
      known.leaving = false;
      known.state = row.state;
      known.candidates.reset(row.hours);
      known.told = undefined;
      this.upkeep.renew(known.upkept, row.config);
      feed({ type: 'campaignChanged', campaign: known.upkept.lawful.config });
      this.applyState(row.id, row.state);
      this.follow(known);
      return;
    }
    const { upkept, ledger, since } = await this.upkeep.begin(row.config);
    // Somebody else may have brought it while the ledger was read.
    const now = this.running.get(row.id);
    if (now && !now.gone) return this.bring(row);
    const candidates = createCandidates({
      pool: database.pool,
      clock,
      campaignId: row.id,
      hours: row.hours,
      laws: this.options.laws,
      isThere: (agentId) => this.isThere(row.id, agentId),
      onError: (error) => this.options.logger.debug({ campaignId: row.id, reason: String(error) }, 'no candidates'),
    });
    this.running.set(row.id, {
      row,
      state: row.state,
      candidates,
      leaving: false,
      gone: false,
      told: undefined,
      upkept,
    });
    feed({ type: 'campaignStarted', campaign: upkept.lawful.config, ledger, ledgerSince: since });
    this.applyState(row.id, row.state);
  }

  /** After the row's state was committed. */
  applyState(id: string, state: CampaignState): void {
    const campaign = this.running.get(id);
    if (!campaign) return;
    campaign.state = state;
    campaign.leaving = state === 'STOPPED' || state === 'COMPLETED' || state === 'DRAFT';
    this.options.feed({ type: 'campaignDialling', campaignId: id, dialling: dials(state) });
    this.options.onChanged(id);
  }

  /** Parameters, group or lists have changed. */
  async reload(id: string): Promise<void> {
    if (!this.running.has(id)) return;
    const row = await readCampaign(this.options.database.pool, this.options.database.dialerId, id);
    if (row) await this.bring(row);
    else this.applyState(id, 'STOPPED');
  }

  /** At every tick: candidates are refilled in the background, and the kernel learns how many there are. */
  tick(): void {
    for (const [id, campaign] of this.running) {
      const { candidates } = campaign;
      if (dials(campaign.state)) candidates.refill();
      const input = candidatesInput(id, candidates);
      const told = JSON.stringify(input);
      if (campaign.told === told) continue;
      campaign.told = told;
      this.options.feed(input);
    }
  }

  /** Each second: schedules open and close, finished campaigns complete, stopped ones leave. */
  async sweep(): Promise<void> {
    if (this.sweeping) return;
    this.sweeping = true;
    try {
      for (const campaign of this.all()) {
        if (campaign.gone) this.remove(campaign);
        if (campaign.gone) continue;
        this.follow(campaign);
        await this.followSchedule(campaign);
        if (campaign.state === 'RUNNING' && this.isIdle(campaign)) await this.complete(campaign);
        if (campaign.leaving && this.isIdle(campaign)) this.remove(campaign);
      }
    } finally {
      this.sweeping = false;
    }
  }

  /** What its claims must keep to. While nobody knows whose law applies, nobody is called. */
  guardOf(id: string): ClaimGuard {
    const upkept = this.running.get(id)?.upkept;
    return { knows: (law) => upkept?.codes?.includes(law) ?? false, scopes: upkept?.lawful.scopes ?? [] };
  }

  /** A contact under a law that the campaign's guard does not know is not dialled before it does. */
  lawMissed(id: string): void {
    const campaign = this.running.get(id);
    if (!campaign) return;
    this.upkeep.lawMissed(campaign.upkept);
    this.follow(campaign);
  }

  private isThere(id: string, agentId: string): boolean {
    const teamId = this.options.agents.get(agentId)?.teamId;
    return teamId !== undefined && (this.running.get(id)?.row.config.teamIds.includes(teamId) ?? false);
  }

  private follow(campaign: RunningCampaign): void {
    const { config } = campaign.row;
    const isCurrent = () =>
      this.running.get(config.id) === campaign && !campaign.gone && campaign.row.config === config;
    this.upkeep.follow(campaign.upkept, config, isCurrent);
  }

  private async followSchedule(campaign: RunningCampaign): Promise<void> {
    const { clock, database } = this.options;
    const { id } = campaign.row;
    if (campaign.state !== 'RUNNING' && campaign.state !== 'PENDING') return;
    const { open } = scheduleAt(campaign.row.schedule, clock.now());
    const from = campaign.state;
    const to: CampaignState = open ? 'RUNNING' : 'PENDING';
    if (to === from) return;
    const reason = open ? null : 'OUTSIDE_SCHEDULE';
    const changed = await database.transaction((sql) =>
      changeCampaignState(sql, { id, from: [from], to, reason, at: clock.date() }),
    );
    if (changed && campaign.state === from) this.applyState(id, to);
  }

  private async complete(campaign: RunningCampaign): Promise<void> {
    const { clock, database } = this.options;
    const { id } = campaign.row;
    if (!campaign.candidates.exhausted) return;
    await this.options.settled();
    const done = await database.transaction((sql) => completeCampaign(sql, id, clock.date()));
    if (done && campaign.state === 'RUNNING') this.applyState(id, 'COMPLETED');
  }

  private isIdle(campaign: RunningCampaign): boolean {
    const view = campaignView(this.options.kernel(), campaign.row.id);
    return !view || Object.values(view.lines).every((count) => count === 0);
  }

  private remove(campaign: RunningCampaign): void {
    const { id } = campaign.row;
    campaign.gone = true;
    campaign.candidates.close();
    this.options.feed({ type: 'campaignRemoved', campaignId: id });
    // Held back by an agent who still wraps up its last call: it is asked again at the next sweep.
    if (campaignView(this.options.kernel(), id)) return;
    this.running.delete(id);
    this.options.onChanged(id);
  }
}
