import type { Ledger } from './ledger';
import type {
  AbandonCause,
  AgentId,
  AgentState,
  AttemptId,
  CallSeed,
  CampaignConfig,
  CampaignId,
  Counted,
  OrganisationId,
  TelephonyOutcome,
} from './messages';
import type { Ordered } from './ordered';
import type { Learned } from './predictive/learned';
import type { UncoveredRecord } from './risked';

/** Everything the kernel knows. Plain data: Maps and arrays in insertion order, `null` for what is not there. */

export type TimerKind = 'call' | 'wrapUp' | 'reservation' | 'leg' | 'presence' | 'empty' | 'backOff';
/** The number of the armed timer of each kind; a heap entry with another number is dead. */
export type Timers = Partial<Record<TimerKind, number>>;

export interface TimerEntry {
  at: number;
  n: number;
  kind: TimerKind;
  id: string;
}

export interface Wish {
  state: 'IDLE' | 'LOGGED_OUT';
  reason: string;
  /** Asked for by the agent: the reservation call ends with it. */
  byWish: boolean;
}

/** What of an agent was last told to the world: `agentState` is sent when it differs. */
export interface ShownAgent {
  state: AgentState;
  reason: string | null;
  campaignId: CampaignId | null;
  reservationId: string | null;
  customer: AttemptId | null;
  pending: 'IDLE' | 'LOGGED_OUT' | null;
  sessionEnded: boolean;
}

/** Where an agent stands in the ordered sets; written by `indexAgent` alone. */
export interface AgentIndex {
  seq: number;
  campaignId: CampaignId | null;
  /** Holds a reservation, nothing on it: can be released or taken. */
  unpledged: boolean;
  /** May be pledged a line now. */
  free: boolean;
  /** May be given a live answer now, perhaps another line's. */
  answerable: boolean;
  /** Counts for how many lines the campaign may have. */
  counted: boolean;
  /** The team's pool of available, unreserved agents. */
  pool: string | null;
}

/** An agent, or a port that stands in for one: a port is always there, has no desktop, and belongs to its campaign. */
export interface Agent {
  id: AgentId;
  /** The port's number, from 1; null for an agent. */
  port: number | null;
  organisationId: OrganisationId;
  teamId: string;
  sessionId: string;
  state: AgentState;
  reason: string | null;
  /** CLOSING: told to close, not yet down; it can neither ring nor serve. */
  leg: 'DOWN' | 'RINGING' | 'UP' | 'CLOSING';
  presence: 'PRESENT' | 'ABSENT' | 'UNKNOWN';
  /** Presence unknown for so long that no new pledge is made. */
  doubtful: boolean;
  /** Rises with each time the agent becomes available: the order of service. */
  availableSeq: number;
  reservation: { id: string; campaignId: CampaignId; at: number } | null;
  /** The one line of the agent: pledged, being connected or in talk. */
  line: AttemptId | null;
  /** The slot of its campaign's claim in flight that is pledged to it. */
  slot: Pick<ClaimSlot, 'slot' | 'personal'> | null;
  pending: Wish | null;
  /** At take-over: the customer its desktop shows. */
  restoredWith: AttemptId | null;
  /** `attemptId` null: restored without knowing which. */
  wrapUp: { attemptId: AttemptId | null; since: number } | null;
  timers: Timers;
  index: AgentIndex;
  shown: ShownAgent | null;
}

/**
 * PLACING: originate sent. DIALLING: accepted. RINGING. ANALYSING: answered, no verdict yet. WAITING: a live person, no
 * agent. CONNECTING: connect sent. CONNECTED. MESSAGE: hears the abandoned message. ENDING: hung up by us.
 */
export type Phase =
  | 'PLACING'
  | 'DIALLING'
  | 'RINGING'
  | 'ANALYSING'
  | 'WAITING'
  | 'CONNECTING'
  | 'CONNECTED'
  | 'MESSAGE'
  | 'ENDING';

export interface Call {
  id: AttemptId;
  campaignId: CampaignId;
  seq: number;
  phase: Phase;
  /** Pledged, being connected, or in talk, by phase. */
  agentId: AgentId | null;
  /** A callback that is that agent's own: the two are not parted but by the agent's loss. */
  personal: boolean;
  /** Why the line has no agent, or had none when its person answered; null when it is pledged. */
  uncovered: AbandonCause | null;
  /** The originate's fate is unknown: only `ended` will tell. */
  doubtful: boolean;
  sentAt: number;
  placedAt: number | null;
  ringingAt: number | null;
  answeredAt: number | null;
  classifiedAt: number | null;
  connectedAt: number | null;
  /** A live answer, in the denominator. */
  live: boolean;
  /** The last moment at which a bridge is in time. */
  limitAt: number;
  connectDeadlineAt: number;
  connectTries: number;
  /** In the numerator: message begun, or the limit passed before the bridge. */
  counted: boolean;
  late: boolean;
  cause: AbandonCause | null;
  /** Whether it is known outside to be at risk; null when nothing is known of that. */
  toldAtRisk: boolean | null;
  /** How the ledger dated what it counted of the call. */
  dated: Counted;
  /** The outcome once the leg has ended, decided when we hung up. */
  verdict: TelephonyOutcome | null;
  timers: Timers;
  /** Written by `indexCall` alone. */
  index: { line: boolean; risk: boolean; uncovered: boolean; waiting: boolean };
}

export interface ClaimSlot {
  slot: number;
  agentId: AgentId | null;
  /** Asked for without a pledge, under the guard. A slot that lost its agent is neither. */
  uncovered: boolean;
  /** For a callback of its agent's own. */
  personal: boolean;
}

export interface Campaign {
  config: CampaignConfig;
  order: number;
  dialling: boolean;
  /** To be forgotten once its last line has ended. */
  removed: boolean;
  held: number;
  more: boolean;
  /** Due callbacks that are one agent's own. */
  personal: Map<AgentId, number>;
  /** What is held was told since the claim in flight was sent. */
  heldIsFresh: boolean;
  /** Nothing to dial for anybody for so long that its agents were released. */
  starved: boolean;
  claim: { id: string; slots: ClaimSlot[] } | null;
  backingOff: boolean;
  /** Agents holding a reservation of it. */
  members: number;
  /** Those who wait for a customer, with a line or without; not those on a callback of their own. */
  counted: number;
  unpledged: Ordered;
  free: Ordered;
  answerable: Ordered;
  /** Lines in flight without agent or live verdict, oldest first. */
  uncovered: Ordered;
  /** Live persons without an agent, oldest answer first. */
  waiting: Ordered;
  /** Lines which may yet be an abandon because no agent was pledged: the guard's reserve. */
  atRisk: number;
  /** Lines in flight that are not with an agent, nor an agent's own callback. */
  lines: number;
  flight: Ordered;
  calls: number;
  attempts: number;
  ledger: Ledger;
  /** What became of uncovered lines. */
  risked: UncoveredRecord;
  /** What predictive pacing has learned; null in other modes. */
  learned: Learned | null;
  timers: Timers;
}

export interface KernelState {
  dialerId: string;
  epoch: number;
  /** Numbers commands, and whatever needs an order: agents, lines, timers. */
  counter: number;
  at: number;
  wall: number;
  /** The least and the most by which the wall clock was seen ahead of the monotonic one. */
  clocks: { least: number; most: number } | null;
  originating: boolean;
  /** `callsRestored` has come: what it did not name is not in flight. */
  restored: boolean;
  stopped: Map<OrganisationId, true>;
  campaigns: Map<CampaignId, Campaign>;
  agents: Map<AgentId, Agent>;
  calls: Map<AttemptId, Call>;
  /** Unreserved available agents by team. */
  pools: Map<string, Ordered>;
  /** Restored calls whose agent has not been restored yet. */
  expected: Map<AgentId, AttemptId>;
  /** Restored calls whose campaign has not been started yet. */
  parked: Map<AttemptId, CallSeed>;
  timers: TimerEntry[];
  deadTimers: number;
}

export function createState(options: { dialerId: string; epoch: number }): KernelState {
  return {
    dialerId: options.dialerId,
    epoch: options.epoch,
    counter: 0,
    at: 0,
    wall: 0,
    clocks: null,
    originating: false,
    restored: false,
    stopped: new Map(),
    campaigns: new Map(),
    agents: new Map(),
    calls: new Map(),
    pools: new Map(),
    expected: new Map(),
    parked: new Map(),
    timers: [],
    deadTimers: 0,
  };
}
