/**
 * The kernel's whole vocabulary: what goes in and what comes out. Plain data only, so that a log of inputs can be
 * replayed. `at` is the dialer's monotonic clock in milliseconds (deadlines); `wall` is business time in epoch
 * milliseconds (windows of the abandon ledger).
 */

export type AgentId = string;
export type AttemptId = string;
export type CampaignId = string;
export type OrganisationId = string;

export type AgentState = 'LOGGED_OUT' | 'IDLE' | 'AVAILABLE' | 'RESERVED' | 'CONNECTED' | 'WRAP_UP';

export type AbandonCause = 'OVERDIAL' | 'AGENT_LOST' | 'AMD_FALSE' | 'FAULT';

/** How an attempt ended. Every attempt ends in exactly one. */
export type TelephonyOutcome =
  | 'LIVE_VOICE'
  | 'MACHINE'
  | 'FAX'
  | 'SIT'
  | 'ABANDONED'
  | 'CUSTOMER_ABANDONED'
  | 'BUSY'
  | 'NO_ANSWER'
  | 'INVALID_NUMBER'
  | 'REJECTED'
  | 'CONGESTION'
  | 'NETWORK_FAILURE'
  | 'CONFIG_ERROR'
  | 'CANCELLED'
  | 'NOT_PLACED'
  | 'UNKNOWN';

/**
 * A window in which the abandon rate is judged. CALENDAR: the beginnings of its periods in epoch milliseconds, ascending,
 * as the zone has them (months of a zone, days of a zone); before the first and from the last on nothing is known, and
 * no line is risked.
 */
export type AbandonWindow = ({ kind: 'ROLLING'; ms: number } | { kind: 'CALENDAR'; starts: number[] }) & {
  /** When it is not the policy's own; the lesser of both holds. */
  limitPercent?: number;
  /** The causes that count; all of them by default. */
  numerator?: AbandonCause[];
  /** Whose window it is: compliance profiles, or the campaign itself. */
  profiles?: string[];
  /** LIVE_ANSWERS by default; SERVED_OR_ABANDONED leaves out persons who hung up within the limit. */
  denominator?: 'LIVE_ANSWERS' | 'SERVED_OR_ABANDONED';
};

export interface AbandonPolicy {
  /** Percent of live answers, e.g. 3. */
  limitPercent: number;
  /** Rolling windows in force, in milliseconds (30 days by default). */
  windowsMs: number[];
  /** Further windows in force. */
  windows?: AbandonWindow[];
  /**
   * STRICT reserves every uncovered line as if it were abandoned; BALANCED reserves by probability. BALANCED by default
   * for PREDICTIVE, STRICT for PROGRESSIVE.
   */
  guard?: 'STRICT' | 'BALANCED';
  /**
   * Judged by the claim in windows wider than the campaign as well: the kernel tells of each line whether it is at risk,
   * and a line that has lost its agent before it was placed is not placed.
   */
  scoped?: boolean;
  /** A live person not in a bridge within this many milliseconds is abandoned (2000). */
  withinMs: number;
  /** From where the clock runs. GREETING_END falls back to answer when telephony does not report it. */
  clockStart: 'GREETING_END' | 'ANSWER';
}

export type Pacing =
  | { mode: 'PROGRESSIVE'; dialingRate: number }
  | {
      mode: 'PREDICTIVE';
      /** At most this many lines in flight for each agent (1 to 10). */
      maxDialingRate: number;
      /** The horizon of the correction, in live answers (10 to 5000; 70). */
      correctionPace: number;
      /** How strong the correction is (0.1 to 3; 1). */
      gain: number;
      /** What `maxDialingRate` multiplies: agents logged in to the campaign (default), or those who wait for a call. */
      linesPer?: 'AGENT' | 'IDLE_AGENT';
    };

export interface CampaignConfig {
  id: CampaignId;
  organisationId: OrganisationId;
  pacing: Pacing;
  /** Teams whose agents the campaign may reserve. */
  teamIds: string[];
  /** Lower is served first. */
  rank: number;
  ringLimitMs: number;
  minimumRingMs: number;
  /** The longest time from answer in which a line can still resolve without a verdict (CPA), 0 without CPA. */
  analysisMs: number;
  /** Whether calls are classified (CPA on); without it every answer is a live answer. */
  classified: boolean;
  abandon: AbandonPolicy;
  /** A reservation older than this is renewed (3600 s). */
  maxReservationMs: number;
  /** After this an agent's wrap-up ends by itself. */
  wrapUpLimitMs: number;
  /** Length of the abandoned-call message, for the guard on its playback. */
  messageMs: number;
  /** Ports of its own stand in for agents; it reserves none of its teams. */
  ivr?: IvrPolicy;
}

export interface IvrPolicy {
  /** How many: 1 to 1000, or 0 while it has nothing to treat a person with. */
  ports: number;
  /** A person is treated for so long at most. */
  treatmentLimitMs: number;
}

/** One minute of one campaign: what the ledger is made of. `minute` is epoch milliseconds, floored. */
export interface LedgerMinute {
  minute: number;
  liveAnswers: number;
  abandons: number;
  /** Of the abandons, by cause; without it each counts for every cause. */
  causes?: Partial<Record<AbandonCause, number>>;
  /** Live answers that were in a bridge in time; without it none. */
  served?: number;
}

export interface AgentSeed {
  id: AgentId;
  organisationId: OrganisationId;
  teamId: string;
  sessionId: string;
  legUp: boolean;
}

/** An attempt found in flight at take-over, with what the switch says of it. Times on our monotonic clock. */
export interface CallSeed {
  attemptId: AttemptId;
  campaignId: CampaignId;
  agentId: AgentId | null;
  /** In treatment: the port that it had, as far as that was written. */
  port?: number;
  phase: 'PLACED' | 'RINGING' | 'ANSWERED' | 'CONNECTED';
  placedAt: number;
  answeredAt?: number;
  connectedAt?: number;
}

interface Stamp {
  at: number;
  wall: number;
}

export type Input = Stamp &
  (
    | { type: 'tick' }
    // control
    | {
        type: 'campaignStarted';
        campaign: CampaignConfig;
        /** Null when it could not be read: progressive 1:1 until it comes with `ledgerRead`. */
        ledger: LedgerMinute[] | null;
        /** Epoch milliseconds from which on the ledger given is whole; without it, from its beginning. */
        ledgerSince?: number;
      }
    /** The ledger of a campaign that began without one, or that is judged over more time than was read. */
    | { type: 'ledgerRead'; campaignId: CampaignId; ledger: LedgerMinute[]; since: number }
    | { type: 'campaignChanged'; campaign: CampaignConfig }
    /** False while paused, pending, stopped: no claims, agents are released as their lines resolve. */
    | { type: 'campaignDialling'; campaignId: CampaignId; dialling: boolean }
    /** Sent once nothing of it is in flight. */
    | { type: 'campaignRemoved'; campaignId: CampaignId }
    | { type: 'organisationStopped'; organisationId: OrganisationId }
    | { type: 'organisationResumed'; organisationId: OrganisationId }
    /** Whether originates may leave at all: live lease, link up and reconciled, clocks agree. */
    | { type: 'originating'; allowed: boolean }
    | { type: 'callsRestored'; calls: CallSeed[] }
    // agents
    /** At take-over `attemptId` is the customer its desktop shows: the one to be written up if the talk did not survive. */
    | { type: 'agentLoggedIn'; agent: AgentSeed; state: AgentState; idleReason?: string; attemptId?: AttemptId | null }
    | { type: 'agentWants'; agentId: AgentId; state: 'AVAILABLE' }
    | { type: 'agentWants'; agentId: AgentId; state: 'IDLE' | 'LOGGED_OUT'; reason: string }
    | { type: 'agentLeg'; agentId: AgentId; up: true }
    | { type: 'agentLeg'; agentId: AgentId; up: false; why: string }
    | { type: 'wrapUpDone'; agentId: AgentId; attemptId: AttemptId }
    /** The agent ends the call with the customer. */
    | { type: 'agentHangsUp'; agentId: AgentId; attemptId: AttemptId }
    | { type: 'presence'; agentId: AgentId; presence: 'PRESENT' | 'ABSENT' | 'UNKNOWN' }
    // contacts
    /** How many candidates the shell holds, and whether more may come now; besides, callbacks that are an agent's own. */
    | {
        type: 'candidates';
        campaignId: CampaignId;
        held: number;
        more: boolean;
        personal?: { agentId: AgentId; held: number }[];
      }
    // results of commands
    | { type: 'claimed'; claimId: string; campaignId: CampaignId; lines: { slot: number; attemptId: AttemptId }[] }
    | { type: 'placed'; attemptId: AttemptId }
    | { type: 'notPlaced'; attemptId: AttemptId; code: string }
    | { type: 'connected'; attemptId: AttemptId; agentId: AgentId }
    | { type: 'connectFailed'; attemptId: AttemptId; agentId: AgentId; code: 'LEG_GONE' | 'AGENT_GONE' | 'FAILED' }
    /** The person hears the treatment. */
    | { type: 'treated'; attemptId: AttemptId; port: number }
    | { type: 'treatFailed'; attemptId: AttemptId; port: number; code: 'LEG_GONE' | 'FAILED' }
    /** Nothing more is to be heard. */
    | { type: 'treatmentEnded'; attemptId: AttemptId }
    // calls
    | { type: 'ringing'; attemptId: AttemptId }
    | {
        type: 'answered';
        attemptId: AttemptId;
        /** On our monotonic clock: the earliest moment at which it can have been answered, when we heard of it late. */
        since?: number;
        /** Answered while the link was lost: the switch plays the message by itself, and no agent can have the person. */
        heldByDialplan?: true;
      }
    | {
        type: 'classified';
        attemptId: AttemptId;
        result: 'human' | 'machine' | 'fax' | 'sit' | 'unsure';
        /** On our monotonic clock. */
        greetingEndedAt?: number;
      }
    | { type: 'playFinished'; attemptId: AttemptId }
    | {
        type: 'ended';
        attemptId: AttemptId;
        /** What the network said; `answered` when the call had been up. */
        cause:
          | 'answered'
          | 'busy'
          | 'no_answer'
          | 'invalid_number'
          | 'rejected'
          | 'congestion'
          | 'network_failure'
          | 'config_error'
          | 'cancelled';
        by: 'us' | 'far' | 'network' | 'unknown';
        q850?: number;
        sip?: number;
        /**
         * Of an end that we could not follow: what is known of the person, or has to be supposed. UNSERVED counts as an
         * abandon by a fault unless the call was decided before; UNANSWERED means nobody was there, and why is not known.
         */
        unseen?: 'SERVED' | 'UNSERVED' | 'UNANSWERED';
      }
  );

/** Business time, in epoch milliseconds, at which a call was counted in the abandon ledger; null where it was not. */
export interface Counted {
  live: number | null;
  /** In a bridge in time. */
  served: number | null;
  abandoned: number | null;
}

export type CallTimes = {
  placedAt?: number;
  ringingAt?: number;
  answeredAt?: number;
  classifiedAt?: number;
  connectedAt?: number;
  endedAt: number;
};

/** Command ids are `<epoch>-<counter>`: unique for a dialer, the same for the same inputs. */
export type Command = {
  id: string;
} /** Claim one contact per slot in one transaction; answered by one `claimed` (slots not filled are missing there). */ & (
  | {
      type: 'claim';
      campaignId: CampaignId;
      /** Pledged to an agent, or to a port, or to nobody; `personal` is for a callback of that agent's own, and nothing else. */
      slots: { slot: number; pledge: AgentId | null; port?: number; personal?: true }[];
    }
  /** Send the originate of a claimed attempt. Answered by `placed` or `notPlaced`. */
  | { type: 'place'; attemptId: AttemptId; campaignId: CampaignId; ringLimitMs: number }
  /** A reservation begins: bring the agent's leg up (the reservation call) unless it is. Answered by `agentLeg`. */
  | { type: 'reserve'; agentId: AgentId; campaignId: CampaignId; reservationId: string; ring: boolean }
  | { type: 'release'; agentId: AgentId; campaignId: CampaignId; reservationId: string; reason: string }
  | { type: 'closeLeg'; agentId: AgentId }
  /** Answered by `connected` or `connectFailed`. */
  | { type: 'connect'; attemptId: AttemptId; agentId: AgentId; deadlineAt: number }
  /** A port begins with the person. Answered by `treated`, later `treatmentEnded`, or by `treatFailed`. */
  | { type: 'treat'; attemptId: AttemptId; campaignId: CampaignId; port: number; deadlineAt: number }
  /** The lawful message of an abandoned call. Answered by `playFinished` (also when it failed). */
  | { type: 'playAbandonedMessage'; attemptId: AttemptId }
  | { type: 'hangup'; attemptId: AttemptId; reason: 'normal' | 'machine' | 'abandoned' | 'cancelled' }
  /** The agent's state as the desktop and the history show it. `customer` is the attempt whose data the panel shows. */
  | {
      type: 'agentState';
      agentId: AgentId;
      state: AgentState;
      reason: string | null;
      campaignId: CampaignId | null;
      reservationId: string | null;
      /** 1:1 shows the customer from the moment of dialling; above 1 only once connected. */
      customer: AttemptId | null;
      /** A change that waits for a pledged line or a call to resolve, e.g. IDLE asked for in mid-call. */
      pending: 'IDLE' | 'LOGGED_OUT' | null;
      sessionEnded: boolean;
    }
  /** A mark in the life of a call, written in order, that a take-over reads. */
  | {
      type: 'mark';
      attemptId: AttemptId;
      phase: 'PLACED' | 'RINGING' | 'ANSWERED' | 'CONNECTED';
      agentId: AgentId | null;
      port: number | null;
      at: number;
    }
  /**
   * Whether an attempt may yet become an abandon for want of an agent, or is one that its outcome has still to tell; where
   * it differs from how the attempt was claimed, or was told last. Only of campaigns judged in wider windows. Lines that
   * come to be at risk are told first: whatever part of a step has been written never makes their number too small.
   */
  | { type: 'atRisk'; attemptId: AttemptId; atRisk: boolean }
  /** The end of an attempt: outcome, number released, ledger, outbox, one transaction. */
  | {
      type: 'outcome';
      attemptId: AttemptId;
      campaignId: CampaignId;
      outcome: TelephonyOutcome;
      abandonCause: AbandonCause | null;
      /** Counts in the abandon rate's denominator. */
      liveAnswer: boolean;
      /** Bridged only after the limit: it counts as abandoned all the same. */
      late: boolean;
      /** As the ledger dated it: what is written, and read again at take-over, is the ledger of the kernel. */
      counted: Counted;
      agentId: AgentId | null;
      port: number | null;
      by: 'us' | 'far' | 'network' | 'unknown';
      q850: number | null;
      sip: number | null;
      times: CallTimes;
    }
);
