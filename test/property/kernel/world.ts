import { createState, deserialise, serialise } from '../../../src/dialer/kernel/kernel';
import type { CallSeed, CampaignConfig, LedgerMinute, Pacing } from '../../../src/dialer/kernel/messages';
import { rateOf } from '../../../src/dialer/kernel/pacing';
import { push } from './audit';
import { START, TICK } from './delivery';
import { Surroundings } from './surroundings';

/** What happens in the world: it opens, agents and managers have their whims, processes die, and all comes to an end. */
export class World extends Surroundings {
  run(): void {
    this.open();
    const twinAt = this.options.twin ? this.random.below(this.options.rounds) : -1;
    for (let round = 0; round < this.options.rounds; round += 1) {
      if (round === twinAt) this.twin = deserialise(serialise(this.state));
      if (this.random.chance(this.options.trouble)) this.whim();
      if (this.options.takeOvers && this.random.chance(0.004)) this.takeOver();
      this.pass(TICK);
    }
    this.close();
  }

  // Set-up and end

  private open(): void {
    const history: LedgerMinute[] = [];
    const minute = Math.floor((START - 60_000) / 60_000) * 60_000;
    if (this.options.history > 0) history.push({ minute, liveAnswers: this.options.history, abandons: 0 });
    this.options.rates.forEach((dialingRate, index) => {
      const id = index === 0 ? 'first' : 'second';
      const config: CampaignConfig = {
        id,
        organisationId: 'org',
        pacing: this.pacing(dialingRate),
        teamIds: index === 0 ? ['red', 'both'] : ['blue', 'both'],
        rank: index === 0 ? 1 : this.random.between(1, 2),
        ringLimitMs: 20_000,
        minimumRingMs: 15_000,
        analysisMs: this.options.classified ? 3_000 : 0,
        classified: this.options.classified,
        abandon: {
          limitPercent: this.options.limitPercent,
          windowsMs: [600_000, 86_400_000],
          withinMs: 2_000,
          clockStart: this.random.pick(['GREETING_END', 'ANSWER'] as const),
        },
        maxReservationMs: this.random.pick([20_000, 3_600_000]),
        wrapUpLimitMs: this.random.pick([0, 2_000, 10_000]),
        messageMs: 3_000,
        ...(index === 0 && this.ivr(this.options.ports ?? 0)),
      };
      this.campaigns.set(id, {
        config,
        dialling: true,
        held: 0,
        contacts: 2_000,
        personal: new Map(),
        told: new Set(),
      });
      this.audit.rateChanged(id, dialingRate);
      for (let count = 0; count < this.options.history; count += 1) push(this.audit.live, id, minute);
      this.feed({ type: 'campaignStarted', campaign: config, ledger: history });
    });
    this.feed({ type: 'originating', allowed: true });
    for (let index = 0; index < this.options.agents; index += 1) this.logIn(`agent-${index}`);
    for (const id of this.campaigns.keys()) this.refill(id);
  }

  /** No more contacts and no more whims: all that is in flight must come to its end. */
  private close(): void {
    this.closing = true;
    for (const campaign of this.campaigns.values()) {
      campaign.contacts = 0;
      campaign.personal.clear();
    }
    for (const id of this.campaigns.keys()) this.refill(id);
    const busy = () =>
      this.state.calls.size > 0 ||
      [...this.state.agents.values()].some((agent) => agent.reservation && agent.port === null);
    for (let round = 0; round < 300 || (round < 2_000 && busy()); round += 1) this.pass(TICK);
    for (const id of this.audit.attempts.keys()) {
      if (!this.audit.outcomes.has(id) && !this.unresolved.has(id)) throw new Error(`${id} never came to an end`);
    }
    if (this.state.calls.size > 0) throw new Error('calls left over');
    for (const campaign of this.state.campaigns.values()) {
      if (campaign.atRisk !== 0 || campaign.lines !== 0 || campaign.calls !== 0) throw new Error('figures left over');
    }
    for (const agent of this.state.agents.values()) {
      if (agent.reservation && agent.port === null) throw new Error('agents kept with nothing to dial');
      if (agent.port !== null && !agent.index.free) throw new Error('a port kept with nothing to dial');
    }
  }

  private pacing(rate: number): Pacing {
    if (!this.options.predictive) return { mode: 'PROGRESSIVE', dialingRate: rate };
    const correctionPace = this.random.pick([10, 70, 5_000]);
    return { mode: 'PREDICTIVE', maxDialingRate: rate, correctionPace, gain: this.random.pick([0.1, 1, 3]) };
  }

  private ivr(ports: number): Pick<CampaignConfig, 'ivr'> {
    return ports === 0 ? {} : { ivr: { ports, treatmentLimitMs: 8_000 } };
  }

  private logIn(id: string): void {
    const teamId = this.random.pick(['red', 'blue', 'both', 'both']);
    const session = (this.sessions.get(id) ?? 0) + 1;
    this.sessions.set(id, session);
    const device = { up: false, busy: false };
    this.devices.set(id, device);
    this.feed({
      type: 'agentLoggedIn',
      agent: { id, organisationId: 'org', teamId, sessionId: `${id}-${session}`, legUp: false },
      state: 'AVAILABLE',
    });
  }

  // Whims

  private whim(): void {
    const { random } = this;
    const agentId = `agent-${random.below(this.options.agents)}`;
    const campaignId = random.pick(['first', 'second']);
    const campaign = this.campaigns.get(campaignId)!;
    const agent = this.state.agents.get(agentId);
    switch (random.below(13)) {
      case 0:
        this.feed({ type: 'agentWants', agentId, state: 'IDLE', reason: 'LUNCH' });
        break;
      case 1:
        if (random.chance(0.3)) this.feed({ type: 'agentWants', agentId, state: 'LOGGED_OUT', reason: 'HOME' });
        break;
      case 2:
      case 3:
      case 4:
        for (let index = 0; index < this.options.agents; index += 1) {
          if (!this.state.agents.has(`agent-${index}`)) this.logIn(`agent-${index}`);
          this.feed({ type: 'agentWants', agentId: `agent-${index}`, state: 'AVAILABLE' });
        }
        break;
      case 5: {
        const device = this.devices.get(agentId);
        if (!device?.up) break;
        device.up = false;
        this.feed({ type: 'agentLeg', agentId, up: false, why: random.pick(['hung_up', 'lost']) });
        break;
      }
      case 6:
        this.feed({ type: 'presence', agentId, presence: random.pick(['PRESENT', 'ABSENT', 'UNKNOWN'] as const) });
        break;
      case 7:
        campaign.dialling = random.chance(0.6);
        this.feed({ type: 'campaignDialling', campaignId, dialling: campaign.dialling });
        break;
      case 8:
        this.stopped = random.chance(0.3);
        this.feed({ type: this.stopped ? 'organisationStopped' : 'organisationResumed', organisationId: 'org' });
        break;
      case 9:
        this.originating = random.chance(0.7);
        this.feed({ type: 'originating', allowed: this.originating });
        break;
      case 10:
        this.refill(campaignId);
        break;
      case 11:
        if (agent?.line && agent.state === 'CONNECTED')
          this.feed({ type: 'agentHangsUp', agentId, attemptId: agent.line });
        break;
      case 12:
        // The first campaign may dial for agents, then for ports, and again for agents.
        if (this.options.ports && campaignId === 'first') {
          const { ivr: _, ...rest } = campaign.config;
          campaign.config = { ...rest, ...this.ivr(random.pick([0, 1, this.options.ports, 2 * this.options.ports])) };
        }
        campaign.config = {
          ...campaign.config,
          teamIds: random.chance(0.2) ? ['both'] : ['red', 'blue', 'both'],
          pacing: this.pacing(random.pick([...this.options.rates])),
        };
        this.audit.rateChanged(campaignId, rateOf(campaign.config.pacing));
        this.feed({ type: 'campaignChanged', campaign: campaign.config });
        break;
    }
  }

  // Take-over

  /** Another process: it knows what PostgreSQL and the switch know, and nothing of what was in memory. */
  private takeOver(): void {
    const { random } = this;
    const silence = random.pick([100, 1_000, 6_000]);
    const agents = [...this.state.agents.values()].filter((agent) => agent.port === null);
    this.epoch += 1;
    this.at += silence;
    this.twin = null;
    this.audit.takenOver();
    this.state = createState({ dialerId: 'dialer', epoch: this.epoch });
    const inFlight = [...this.audit.attempts.keys()].filter(
      (id) => !this.audit.outcomes.has(id) && !this.unresolved.has(id),
    );
    const seeds: CallSeed[] = [];
    for (const id of inFlight) {
      const leg = this.legs.get(id);
      if (leg && !leg.ended) {
        const { campaignId, agentId, port, phase, placedAt, answeredAt } = leg;
        seeds.push({
          attemptId: id,
          campaignId,
          agentId,
          ...(port !== null && random.chance(0.9) && { port }),
          phase,
          placedAt,
          ...(answeredAt === null ? {} : { answeredAt }),
        });
        if (phase !== 'PLACED' && phase !== 'RINGING') this.audit.liveAnswer(id, START + answeredAt!, answeredAt!);
        continue;
      }
      // The shell ends what the switch no longer shows.
      this.unresolved.add(id);
      if (!leg || leg.answeredAt === null || leg.agentId !== null || leg.port !== null) continue;
      push(this.audit.live, leg.campaignId, START + this.at);
      push(this.audit.abandons, leg.campaignId, { at: START + this.at, cause: 'FAULT' });
    }
    const work: (() => void)[] = [];
    for (const [id, campaign] of this.campaigns) {
      const ledger: LedgerMinute[] = [];
      for (const at of this.audit.live.get(id) ?? [])
        ledger.push({ minute: Math.floor(at / 60_000) * 60_000, liveAnswers: 1, abandons: 0 });
      for (const { at } of this.audit.abandons.get(id) ?? []) {
        ledger.push({ minute: Math.floor(at / 60_000) * 60_000, liveAnswers: 0, abandons: 1 });
      }
      work.push(() => {
        this.feed({ type: 'campaignStarted', campaign: campaign.config, ledger });
        this.feed({ type: 'campaignDialling', campaignId: id, dialling: campaign.dialling });
      });
    }
    for (const agent of agents) {
      work.push(() =>
        this.feed({
          type: 'agentLoggedIn',
          agent: {
            id: agent.id,
            organisationId: agent.organisationId,
            teamId: agent.teamId,
            sessionId: agent.sessionId,
            legUp: this.devices.get(agent.id)?.up ?? false,
          },
          state: agent.state,
          ...(agent.reason === null ? {} : { idleReason: agent.reason }),
        }),
      );
    }
    work.push(() => this.feed({ type: 'callsRestored', calls: seeds }));
    // The order is the shell's business, not the kernel's.
    while (work.length > 0) work.splice(random.below(work.length), 1)[0]!();
    if (this.stopped) this.feed({ type: 'organisationStopped', organisationId: 'org' });
    this.feed({ type: 'originating', allowed: this.originating });
    for (const id of this.campaigns.keys()) this.refill(id);
  }
}
