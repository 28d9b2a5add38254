/**
 * What the dialer needs from a switch. One adapter implements it: ARI (`src/telephony/ari/`).
 * Times are milliseconds; `at` is the switch's clock, `receivedAt` our monotonic clock at receipt.
 */

/** Chosen by the dialer before dialling; the switch's channel id. For a customer leg it equals the attempt's id. */
export type LegId = string;
/** One agent's nailed-up leg together with its bridge; outlives reservations. */
export type AgentSessionId = string;
/** Rises with every (re)connect to the switch's event stream. */
export type LinkEpoch = number;

export interface OriginateCommand {
  leg: LegId;
  campaignId: string;
  /** E.164 of the called person. */
  to: string;
  callerId: string;
  trunk: string;
  /** Rounded up to the switch's granularity (whole seconds on Asterisk); the adapter also guards it by +2 s. */
  ringTimeoutMs: number;
  /** Not sent once this moment (our monotonic clock) has passed: the ack is then `expired` and no event follows. */
  notAfter: number;
  /** The same on the wall clock (real epoch milliseconds, never the business clock): a machine that slept is caught by it. */
  notAfterWall?: number;
  /** Call progress analysis, when the campaign wants it. */
  cpa?: CpaParams;
  /** What the switch plays by itself when the dialer is gone at the moment of answer. */
  onDialerLost: { media: MediaRef };
}

export type MediaRef = string;

export interface CpaParams {
  amd: boolean;
  terminatingTone: boolean;
  minSilenceMs: number;
  analysisPeriodMs: number;
  minimumValidSpeechMs: number;
  maxTimeAnalysisMs: number;
  maxTermToneAnalysisMs: number;
  onUnsure: 'human' | 'machine';
}

export type OriginateRefusal =
  | 'duplicate'
  | 'expired'
  | 'link_down'
  | 'no_capacity'
  | 'rate_limited'
  | 'bad_destination'
  | 'unknown_outcome';
export type OriginateAck = { ok: true } | { ok: false; retryable: boolean; code: OriginateRefusal };

export type Ack = { ok: true } | { ok: false; code: 'leg_gone' | 'link_down' | 'refused' | 'timeout'; detail?: string };

export type ConnectResult =
  | { ok: true; connectedAt: number }
  | { ok: false; code: 'leg_gone' | 'agent_gone' | 'link_down' | 'timeout' };

export type TreatResult =
  | { ok: true; heardAt: number }
  | { ok: false; code: 'leg_gone' | 'link_down' | 'refused' | 'timeout' };

export type TelephonyCause =
  | 'answered'
  | 'busy'
  | 'no_answer'
  | 'invalid_number'
  | 'rejected'
  | 'congestion'
  | 'network_failure'
  | 'config_error'
  | 'cancelled';

export type HangupReason = 'normal' | 'machine' | 'abandoned' | 'cancelled' | 'shutdown';

interface LegEvent {
  linkEpoch: LinkEpoch;
  leg: LegId;
  /** 1, 2, 3 … for each leg. */
  seq: number;
  at: number;
  receivedAt: number;
}

export type TelephonyEvent =
  | { type: 'link'; state: 'up' | 'down'; linkEpoch: LinkEpoch; why?: string }
  /** Another process took this application's stream: fatal for the receiver. */
  | { type: 'replaced'; linkEpoch: LinkEpoch }
  /** The switch answered a ping on the event socket. */
  | { type: 'alive'; receivedAt: number }
  | (LegEvent & { type: 'progress'; kind: 'dialing' | 'ringing' | 'earlyMedia' })
  | (LegEvent & {
      type: 'answered';
      /** On our monotonic clock: the earliest moment at which it can have been answered, when that is long ago. */
      since?: number;
      /** It was answered while the link was lost: the dialplan has it and plays the message, nobody can be connected. */
      heldByDialplan?: true;
    })
  | (LegEvent & {
      type: 'classified';
      result: 'human' | 'machine' | 'fax' | 'sit' | 'unsure';
      cause: string;
      tookMs: number;
      /** On our monotonic clock. */
      greetingEndedAt?: number;
    })
  | (LegEvent & { type: 'beep' })
  | (LegEvent & { type: 'connected'; agent: AgentSessionId })
  | (LegEvent & { type: 'disconnected'; agent: AgentSessionId })
  /** A playback that has ended was heard, if only in part; just before its `playFinished`. */
  | (LegEvent & { type: 'heard'; playId: string })
  | (LegEvent & { type: 'playFinished'; playId: string; ok: boolean })
  | (LegEvent & { type: 'dtmf'; digit: string })
  /** Exactly once for every accepted leg, always its last event. */
  | (LegEvent & {
      type: 'ended';
      cause: TelephonyCause;
      by: 'us' | 'far' | 'network' | 'unknown';
      q850?: number;
      sip?: number;
      /** True when a snapshot, not the switch's own event, told of the end. */
      inferred: boolean;
      /**
       * The leg's mark, of an inferred end: `answered` = a person may have been there, unserved or with the dialplan's
       * message; `unreadable` = nobody knows.
       */
      mark?: LegMark;
      /**
       * Of an inferred end with an unreadable mark: for how long, at most, it can have been answered without our hearing
       * of it before the switch ended.
       */
      unheardMs?: number;
      /**
       * Answered while the link was lost, and no dialer ever had it: the dialplan's message is all that a person heard. Not
       * a customer's own hang-up, whatever `by` says.
       */
      heldByDialplan?: boolean;
    })
  /** The agent's nailed-up leg. */
  | { type: 'agentSession'; state: 'ringing' | 'up'; agent: AgentSessionId; linkEpoch: LinkEpoch; receivedAt: number }
  | {
      type: 'agentSession';
      state: 'down';
      why: 'unanswered' | 'declined' | 'failed' | 'hung_up' | 'lost' | 'closed';
      agent: AgentSessionId;
      linkEpoch: LinkEpoch;
      receivedAt: number;
    };

export interface LegSnapshot {
  leg: LegId;
  state: 'dialing' | 'ringing' | 'up';
  /** The agent session whose bridge the leg is in. */
  bridgedTo?: AgentSessionId;
  /** What call progress analysis had found before the snapshot. */
  classified?: { result: 'human' | 'machine' | 'fax' | 'unsure'; cause: string };
  /** It was answered while nobody listened: the dialplan has it and plays the message. */
  heldByDialplan?: boolean;
}

export interface SwitchSnapshot {
  linkEpoch: LinkEpoch;
  legs: LegSnapshot[];
  /** Agent sessions whose leg is up. */
  agentSessions: AgentSessionId[];
  /** When the switch was started, on our wall clock: nothing placed before it can still be there. */
  switchStartedAt?: number;
}

/** What an answered leg left behind: it outlives the channel until it is cleared. */
export type LegMark = 'answered' | 'served' | 'none' | 'unreadable';

export interface TelephonyPort {
  readonly capabilities: {
    clientLegIds: boolean;
    snapshot: boolean;
    amd: 'inline' | 'async' | 'none';
    faxDetect: boolean;
    beepDetect: boolean;
    sipCodeInCause: boolean;
    maxOriginatesPerSecond: number;
    maxLegs: number;
  };
  /** Opens the event stream. `sink` is synchronous and must not throw. */
  start(sink: (event: TelephonyEvent) => void): Promise<void>;
  /** Closes the stream; legs are left as they are (the caller drains first). */
  stop(): Promise<void>;
  /**
   * Resolves on accept, not on answer. Every accepted leg ends in exactly one `ended`, and so does one whose ack is
   * `unknown_outcome` or, unless this port already told its end, `duplicate`; after any other refusal nothing follows.
   */
  originate(command: OriginateCommand): Promise<OriginateAck>;
  /** Rings the agent's device and nails it to a bridge of its own; resolves on accept, `agentSession` events tell the rest. */
  openAgentSession(command: { id: AgentSessionId; endpoint: string; ringTimeoutMs: number }): Promise<Ack>;
  closeAgentSession(id: AgentSessionId): Promise<Ack>;
  /** Resolves when both are in the bridge, or on failure within `deadlineMs` (a duration); marks the leg `served`. */
  connect(command: { leg: LegId; agent: AgentSessionId; deadlineMs: number }): Promise<ConnectResult>;
  play(command: { leg: LegId; playId: string; media: MediaRef }): Promise<Ack>;
  /**
   * Plays to a person who answered, in place of an agent. Resolves when it is heard, or on failure within `deadlineMs` (a
   * duration) and with nothing playing; marks the leg `served`. `playFinished` tells its end.
   */
  treat(command: { leg: LegId; playId: string; media: MediaRef; deadlineMs: number }): Promise<TreatResult>;
  /** Whether the playback goes on; false also when the switch cannot tell. */
  isPlaying(playId: string): Promise<boolean>;
  /** A short tone to the agent, heard before the customer joins. */
  tone(agent: AgentSessionId): Promise<Ack>;
  stopPlay(playId: string): Promise<Ack>;
  /** Succeeds for a leg that no longer exists. */
  hangup(command: { leg: LegId; reason: HangupReason }): Promise<Ack>;
  snapshot(): Promise<SwitchSnapshot>;
  /**
   * Reads the mark of a leg; `unreadable` when the switch cannot tell. Marks do not outlive the switch: with `placedAt`
   * (real epoch milliseconds, never the business clock) a missing mark of a leg placed before its start is `unreadable`
   * and not `none`.
   */
  readMark(leg: LegId, placedAt?: number): Promise<LegMark>;
  clearMark(leg: LegId): Promise<void>;
}
