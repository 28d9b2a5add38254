import { agentView, campaignView, createState, type KernelState, step } from '../../../src/dialer/kernel/kernel';
import type { AgentState, CampaignConfig, Command, Input, LedgerMinute } from '../../../src/dialer/kernel/messages';

export type Body = Input extends infer I ? (I extends Input ? Omit<I, 'at' | 'wall'> : never) : never;
export type CommandOf<T extends Command['type']> = Extract<Command, { type: T }>;

export const DAY = 86_400_000;
/** A whole minute, so that the ledger's minutes begin where the stories do. */
export const START = Math.floor(1_760_000_000_000 / 60_000) * 60_000;

export function campaignConfig(changes: Partial<CampaignConfig> = {}): CampaignConfig {
  return {
    id: 'spring',
    organisationId: 'org',
    pacing: { mode: 'PROGRESSIVE', dialingRate: 1 },
    teamIds: ['team'],
    rank: 1,
    ringLimitMs: 20_000,
    minimumRingMs: 15_000,
    analysisMs: 0,
    classified: false,
    abandon: { limitPercent: 3, windowsMs: [DAY], withinMs: 2_000, clockStart: 'GREETING_END' },
    maxReservationMs: 3_600_000,
    wrapUpLimitMs: 30_000,
    messageMs: 5_000,
    ...changes,
  };
}

export const atRate = (dialingRate: number) => ({ pacing: { mode: 'PROGRESSIVE' as const, dialingRate } });

/** A hundred live answers and no abandon, an hour ago: the guard then allows 3 uncovered lines at 3 %. */
export const hundredLive: LedgerMinute[] = [{ minute: START - 3_600_000, liveAnswers: 100, abandons: 0 }];

/** Tells the kernel what happens, and remembers what it said. */
export class Story {
  state: KernelState = createState({ dialerId: 'dialer', epoch: 1 });
  at = 0;
  all: Command[] = [];
  /** What the last input brought. */
  said: Command[] = [];
  private attempts = 0;

  tell(body: Body): Command[] {
    this.said = step(this.state, { ...body, at: this.at, wall: START + this.at } as Input);
    this.all.push(...this.said);
    return this.said;
  }

  /** Time passes in ticks. */
  wait(ms: number): Command[] {
    const heard: Command[] = [];
    for (let left = ms; left > 0; left -= 100) {
      this.at += Math.min(100, left);
      heard.push(...this.tell({ type: 'tick' }));
    }
    this.said = heard;
    return heard;
  }

  /** A campaign that dials, with contacts. */
  campaign(changes: Partial<CampaignConfig> = {}, ledger: LedgerMinute[] = [], held = 1_000): string {
    const campaign = campaignConfig(changes);
    this.tell({ type: 'campaignStarted', campaign, ledger });
    this.tell({ type: 'originating', allowed: true });
    this.tell({ type: 'candidates', campaignId: campaign.id, held, more: true });
    return campaign.id;
  }

  /** An agent who is available; with the leg up already unless told otherwise. */
  agent(
    id: string,
    { legUp = true, teamId = 'team', state = 'AVAILABLE' as AgentState, attemptId = null as string | null } = {},
  ): Command[] {
    const agent = { id, organisationId: 'org', teamId, sessionId: `${id}-session`, legUp };
    return this.tell({ type: 'agentLoggedIn', agent, state, attemptId });
  }

  /** The claim in flight is filled, all of it, and the lines are placed and ring. */
  ring(campaignId = 'spring'): string[] {
    const ids = this.claimed(campaignId);
    for (const attemptId of ids) {
      this.tell({ type: 'placed', attemptId });
      this.tell({ type: 'ringing', attemptId });
    }
    return ids;
  }

  claimed(campaignId = 'spring'): string[] {
    const claim = this.state.campaigns.get(campaignId)?.claim;
    if (!claim) throw new Error('no claim in flight');
    const lines = claim.slots.map(({ slot }) => {
      this.attempts += 1;
      return { slot, attemptId: `call-${this.attempts}` };
    });
    this.tell({ type: 'claimed', claimId: claim.id, campaignId, lines });
    return lines.map((line) => line.attemptId);
  }

  answered(attemptId: string): Command[] {
    return this.tell({ type: 'answered', attemptId });
  }

  /** Answered and in the bridge with whomever the kernel chose. */
  connected(attemptId: string): string {
    this.answered(attemptId);
    const agentId = this.one('connect').agentId;
    this.tell({ type: 'connected', attemptId, agentId });
    return agentId;
  }

  ended(attemptId: string, cause: Extract<Body, { type: 'ended' }>['cause'] = 'answered', by: 'us' | 'far' = 'far') {
    return this.tell({ type: 'ended', attemptId, cause, by });
  }

  /** The one command of a type that the last input brought. */
  one<T extends Command['type']>(type: T): CommandOf<T> {
    const found = this.said.filter((command): command is CommandOf<T> => command.type === type);
    if (found.length !== 1) throw new Error(`${found.length} times ${type} in ${JSON.stringify(this.said, null, 1)}`);
    return found[0]!;
  }

  has(type: Command['type']): boolean {
    return this.said.some((command) => command.type === type);
  }

  outcome(attemptId: string): CommandOf<'outcome'> | undefined {
    return this.all.find((c): c is CommandOf<'outcome'> => c.type === 'outcome' && c.attemptId === attemptId);
  }

  look(agentId: string) {
    return agentView(this.state, agentId);
  }

  figures(campaignId = 'spring') {
    return campaignView(this.state, campaignId)!;
  }
}
