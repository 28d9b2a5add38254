import type { Command } from '../../../src/dialer/kernel/messages';
import { portId } from '../../../src/dialer/kernel/ports';
import { type Body, Delivery, type Leg, START } from './delivery';

/**
 * A small world around the kernel: a switch with people, agents with devices and whims, a shell that claims. It answers
 * commands late, in any order, or with failure; events of one leg come in order. Everything from one seed.
 */
export class Surroundings extends Delivery {
  // What the shell and the switch make of commands

  protected obey(command: Command): void {
    const { random } = this;
    switch (command.type) {
      case 'claim':
        this.later(5, random.chance(0.05) ? 3_000 : 80, () => this.claim(command));
        break;
      case 'place':
        this.originate(command.attemptId, command.campaignId, command.ringLimitMs);
        break;
      case 'reserve':
        if (command.ring) this.ring(command.agentId);
        break;
      case 'closeLeg': {
        const device = this.devices.get(command.agentId);
        if (device) device.up = false;
        this.later(5, 300, () => ({ type: 'agentLeg', agentId: command.agentId, up: false, why: 'closed' }));
        break;
      }
      case 'connect':
        this.bridge(command.attemptId, command.agentId);
        break;
      case 'treat':
        this.treat(command);
        break;
      case 'playAbandonedMessage':
        if (random.chance(0.9)) this.later(50, 4_000, () => ({ type: 'playFinished', attemptId: command.attemptId }));
        break;
      case 'hangup': {
        const leg = this.legs.get(command.attemptId);
        if (leg && !random.chance(0.02)) this.hangUp(leg, command.reason === 'cancelled' ? 'cancelled' : 'answered');
        break;
      }
      case 'agentState':
        if (command.state === 'WRAP_UP' && random.chance(0.7)) this.wrapUp(command.agentId, command.customer);
        break;
      case 'outcome': {
        const leg = this.legs.get(command.attemptId);
        if (leg) leg.ended = true;
        break;
      }
      case 'release':
      case 'mark':
        break;
    }
  }

  protected claim(command: Extract<Command, { type: 'claim' }>): Body {
    const campaign = this.campaigns.get(command.campaignId)!;
    const lines: { slot: number; attemptId: string }[] = [];
    for (const { slot, pledge, personal } of command.slots) {
      if (this.random.chance(0.1)) continue;
      if (personal) {
        const left = campaign.personal.get(pledge!) ?? 0;
        if (left === 0) continue;
        campaign.personal.set(pledge!, left - 1);
      } else {
        if (campaign.contacts <= 0) continue;
        campaign.contacts -= 1;
        campaign.held = Math.max(0, campaign.held - 1);
      }
      this.numbers += 1;
      lines.push({ slot, attemptId: `call-${this.numbers}` });
    }
    if (campaign.held < 10) {
      const refill = () => {
        this.refill(command.campaignId);
        return null;
      };
      this.later(1, 500, refill, false);
    }
    return { type: 'claimed', claimId: command.id, campaignId: command.campaignId, lines };
  }

  protected originate(id: string, campaignId: string, ringLimitMs: number): void {
    const { random } = this;
    const fate = random.next();
    if (fate < 0.04) {
      this.later(5, 100, () => ({ type: 'notPlaced', attemptId: id, code: random.pick(['no_capacity', 'expired']) }));
      return;
    }
    const leg: Leg = {
      id,
      campaignId,
      agentId: null,
      port: null,
      phase: 'PLACED',
      placedAt: this.at,
      answeredAt: null,
      ended: false,
      lastAt: this.at,
      machine: random.chance(0.2),
    };
    this.legs.set(id, leg);
    if (fate < 0.06) this.later(5, 100, () => ({ type: 'notPlaced', attemptId: id, code: 'UNKNOWN_OUTCOME' }));
    else this.later(5, 100, () => ({ type: 'placed', attemptId: id }));
    if (random.chance(0.1)) {
      const cause = random.pick(['busy', 'invalid_number', 'congestion', 'network_failure', 'rejected'] as const);
      this.legLater(leg, 20, 3_000, () => this.legEnded(leg, cause, 'network'));
      return;
    }
    this.legLater(leg, 20, 2_000, () => this.legProgress(leg, 'RINGING', { type: 'ringing', attemptId: id }));
    if (random.chance(0.45)) this.legLater(leg, 200, 12_000, () => this.answer(leg));
    else if (random.chance(0.95))
      this.legLater(leg, ringLimitMs, ringLimitMs + 1_500, () => this.legEnded(leg, 'no_answer', 'us'));
    else this.legLater(leg, ringLimitMs + 1_500, ringLimitMs + 4_000, () => this.answer(leg));
  }

  protected legProgress(leg: Leg, phase: Leg['phase'], body: Body): Body | null {
    if (leg.ended) return null;
    leg.phase = phase;
    return body;
  }

  protected answer(leg: Leg): Body | null {
    if (leg.ended) return null;
    const { classified, abandon } = this.campaigns.get(leg.campaignId)!.config;
    const { random } = this;
    leg.answeredAt = this.at;
    const answeredAt = this.at;
    if (classified && this.state.calls.get(leg.id)?.phase !== 'ENDING') {
      if (random.chance(0.95)) {
        this.legLater(leg, 300, 3_000, () => {
          if (leg.ended) return null;
          const result = leg.machine
            ? random.pick(['machine', 'fax', 'sit'] as const)
            : random.pick(['human', 'unsure'] as const);
          const greetingEndedAt = random.chance(0.7) ? this.at - random.between(0, 300) : undefined;
          const open = this.state.calls.get(leg.id)?.phase === 'ANALYSING';
          if (!leg.machine && open) {
            const clock =
              abandon.clockStart === 'ANSWER' ? answeredAt : Math.max(answeredAt, greetingEndedAt ?? answeredAt);
            this.audit.liveAnswer(leg.id, START + this.at, clock);
          }
          return {
            type: 'classified',
            attemptId: leg.id,
            result,
            ...(greetingEndedAt === undefined ? {} : { greetingEndedAt }),
          };
        });
      }
    } else this.audit.liveAnswer(leg.id, START + this.at, this.at);
    if (random.chance(0.25)) this.legLater(leg, 100, 2_500, () => this.legEnded(leg, 'answered', 'far'));
    else this.legLater(leg, 2_500, 15_000, () => this.legEnded(leg, 'answered', 'far'));
    return this.legProgress(leg, 'ANSWERED', { type: 'answered', attemptId: leg.id });
  }

  protected legEnded(
    leg: Leg,
    cause: Extract<Body, { type: 'ended' }>['cause'],
    by: 'us' | 'far' | 'network',
  ): Body | null {
    if (leg.ended) return null;
    leg.ended = true;
    return { type: 'ended', attemptId: leg.id, cause, by };
  }

  /** The hang-up crosses the line: whatever was on its way may still come first. */
  protected hangUp(leg: Leg, cause: 'cancelled' | 'answered'): void {
    const at = this.at + this.random.between(5, 400);
    this.numbers += 1;
    this.queue.push({
      at,
      n: this.numbers,
      epoch: null,
      make: () => this.legEnded(leg, leg.answeredAt === null ? cause : 'answered', 'us'),
    });
  }

  protected bridge(attemptId: string, agentId: string): void {
    const { random } = this;
    const leg = this.legs.get(attemptId);
    const slow = random.chance(0.05);
    if (random.chance(0.01)) return;
    this.later(5, slow ? 3_000 : 60, () => {
      const failed = (code: 'LEG_GONE' | 'AGENT_GONE' | 'FAILED'): Body => {
        if (this.audit.bridges.get(agentId) === attemptId) this.audit.bridges.delete(agentId);
        return { type: 'connectFailed', attemptId, agentId, code };
      };
      if (!leg || leg.ended) return failed('LEG_GONE');
      if (!this.devices.get(agentId)?.up || random.chance(0.01)) return failed('AGENT_GONE');
      if (random.chance(0.03)) return failed('FAILED');
      if (this.state.calls.get(attemptId)?.agentId === agentId) {
        leg.agentId = agentId;
        leg.phase = 'CONNECTED';
      }
      return { type: 'connected', attemptId, agentId };
    });
  }

  protected treat({ attemptId, campaignId, port }: Extract<Command, { type: 'treat' }>): void {
    const { random } = this;
    const leg = this.legs.get(attemptId);
    if (random.chance(0.01)) return;
    this.later(5, random.chance(0.05) ? 3_000 : 60, () => {
      const failed = (code: 'LEG_GONE' | 'FAILED'): Body => {
        this.audit.treatFailed(campaignId, port, attemptId);
        return { type: 'treatFailed', attemptId, port, code };
      };
      if (!leg || leg.ended) return failed('LEG_GONE');
      if (random.chance(0.04)) return failed('FAILED');
      const call = this.state.calls.get(attemptId);
      if (call?.phase === 'CONNECTING' && call.agentId === portId(campaignId, port)) {
        leg.port = port;
        leg.phase = 'CONNECTED';
      }
      if (random.chance(0.9)) {
        this.legLater(leg, 500, 9_000, () => (leg.ended ? null : { type: 'treatmentEnded', attemptId }));
      }
      return { type: 'treated', attemptId, port };
    });
  }

  protected ring(agentId: string): void {
    const { random } = this;
    const device = this.devices.get(agentId);
    if (!device) return;
    this.later(50, 3_000, () => {
      if (this.devices.get(agentId) !== device) return null;
      if (random.chance(0.85)) {
        if (this.state.agents.get(agentId)?.leg !== 'RINGING') return null;
        device.up = true;
        return { type: 'agentLeg', agentId, up: true };
      }
      return { type: 'agentLeg', agentId, up: false, why: random.pick(['unanswered', 'declined', 'failed']) };
    });
  }

  protected wrapUp(agentId: string, attemptId: string | null): void {
    if (attemptId === null) return;
    this.later(0, 1_500, () => ({ type: 'wrapUpDone', agentId, attemptId }));
  }
}
