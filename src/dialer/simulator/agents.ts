import type { Command } from '../kernel/messages';
import type { Simulation } from './engine';
import type { SimulatedLines } from './lines';
import type { Activity } from './metrics';
import { agentName, ORGANISATION, TEAM } from './setup';
import { planShifts, type ShiftEvent } from './shifts';
import type { AgentEvent } from './simulator-events';

interface SimulatedAgent {
  index: number;
  id: string;
  session: number;
  present: boolean;
  shown: Activity;
  /** Seconds to be away once nothing binds the agent; null when nothing is wished. */
  away: number | null;
}

const MINUTE_SECONDS = 60;

/** The agents at their desks: shifts, breaks, inbound calls, wrap-ups. */
export class SimulatedAgents {
  private readonly agents: SimulatedAgent[];
  private readonly byId: Map<string, SimulatedAgent>;
  present = 0;

  constructor(
    private readonly simulation: Simulation,
    private readonly lines: SimulatedLines,
  ) {
    this.agents = Array.from({ length: simulation.options.agents }, (_, index) => ({
      index,
      id: agentName(index),
      session: 0,
      present: false,
      shown: 'OUT',
      away: null,
    }));
    this.byId = new Map(this.agents.map((agent) => [agent.id, agent]));
  }

  plan(day: number): void {
    const { world, agents, hours, seed } = this.simulation.options;
    for (const event of planShifts(world, agents, hours, seed, day)) {
      if (event.at === 0) this.shift(event);
      else this.simulation.after(event.at, { what: 'shift', event });
    }
  }

  goHome(): void {
    for (const agent of this.agents) if (agent.present) this.leave(agent);
  }

  happen(event: AgentEvent): void {
    const { simulation } = this;
    switch (event.what) {
      case 'shift':
        this.shift(event.event);
        break;
      case 'back': {
        const agent = this.agents[event.agent]!;
        if (!agent.present || agent.session !== event.session || agent.shown !== 'AWAY') break;
        agent.away = null;
        simulation.feed({ type: 'agentWants', agentId: agent.id, state: 'AVAILABLE' });
        break;
      }
      case 'legUp':
        simulation.feed({ type: 'agentLeg', agentId: event.agentId, up: true });
        break;
      case 'legDown':
        simulation.feed({ type: 'agentLeg', agentId: event.agentId, up: false, why: 'closed' });
        break;
      case 'wrapUpDone':
        simulation.feed({ type: 'wrapUpDone', agentId: event.agentId, attemptId: event.attemptId });
    }
  }

  carryOut(command: Extract<Command, { type: 'reserve' | 'closeLeg' | 'agentState' }>): void {
    const agent = this.byId.get(command.agentId);
    if (!agent) return;
    if (command.type === 'reserve') {
      if (command.ring) this.simulation.after(1, { what: 'legUp', agentId: agent.id });
    } else if (command.type === 'closeLeg') this.simulation.after(0, { what: 'legDown', agentId: agent.id });
    else this.show(agent, command);
  }

  private show(agent: SimulatedAgent, view: Extract<Command, { type: 'agentState' }>): void {
    const { simulation } = this;
    const before = agent.shown;
    agent.shown = this.activityOf(view);
    simulation.metrics.activity(simulation.now, agent.index, agent.shown);
    if (view.sessionEnded) {
      agent.present = false;
      this.present -= 1;
    } else if (agent.shown === 'AWAY' && before !== 'AWAY') {
      const seconds = agent.away ?? MINUTE_SECONDS;
      simulation.after(seconds, { what: 'back', agent: agent.index, session: agent.session });
    } else if (agent.shown === 'WRAP_UP' && before !== 'WRAP_UP' && view.customer !== null) {
      // The attempt's own record is gone by now: it left its wrap-up when the talk began.
      simulation.after(this.wrapUps.get(agent.id) ?? 0, {
        what: 'wrapUpDone',
        agentId: agent.id,
        attemptId: view.customer,
      });
    }
  }

  private readonly wrapUps = new Map<string, number>();

  private activityOf(view: Extract<Command, { type: 'agentState' }>): Activity {
    switch (view.state) {
      case 'LOGGED_OUT':
        return 'OUT';
      case 'IDLE':
        return 'AWAY';
      case 'AVAILABLE':
      case 'RESERVED':
        return 'WAITING';
      case 'WRAP_UP':
        return 'WRAP_UP';
      case 'CONNECTED': {
        const line = view.customer === null ? undefined : this.lines.get(view.customer);
        this.wrapUps.set(view.agentId, line?.callee.wrapUp ?? 0);
        return line?.callee.fate === 'MACHINE' ? 'MACHINE' : 'TALK';
      }
    }
  }

  private shift(event: ShiftEvent): void {
    const { simulation } = this;
    if (event.agent === null) {
      const free = this.agents.find((agent) => agent.present && agent.shown === 'WAITING' && agent.away === null);
      if (free) this.goAway(free, event.seconds, 'INBOUND');
      return;
    }
    const agent = this.agents[event.agent]!;
    if (event.what === 'IN') {
      if (agent.present) return;
      agent.present = true;
      this.present += 1;
      agent.session += 1;
      agent.away = null;
      simulation.feed({
        type: 'agentLoggedIn',
        agent: {
          id: agent.id,
          organisationId: ORGANISATION,
          teamId: TEAM,
          sessionId: `${agent.id}-session-${agent.session}`,
          legUp: true,
        },
        state: 'AVAILABLE',
      });
    } else if (event.what === 'OUT') this.leave(agent);
    else if (agent.present && agent.away === null) this.goAway(agent, event.seconds, 'BREAK');
  }

  private goAway(agent: SimulatedAgent, seconds: number, reason: string): void {
    agent.away = seconds;
    this.simulation.feed({ type: 'agentWants', agentId: agent.id, state: 'IDLE', reason });
  }

  private leave(agent: SimulatedAgent): void {
    if (!agent.present) return;
    this.simulation.feed({ type: 'agentWants', agentId: agent.id, state: 'LOGGED_OUT', reason: 'SHIFT_OVER' });
  }
}
