export const CALLBACK_FALLBACKS = ['QUEUE', 'NEXT_BUSINESS_DAY', 'CLOSE'] as const;
export type CallbackFallback = (typeof CALLBACK_FALLBACKS)[number];

export const CALLBACK_KINDS = ['ANYONE', 'PERSONAL'] as const;
export type CallbackKind = (typeof CALLBACK_KINDS)[number];

/** Of a personal callback whose agent is away: anyone makes it, or it waits for the agent until its window passes. */
export const CALLBACK_IF_AWAY = ['ANYONE', 'WAIT'] as const;
export type CallbackIfAway = (typeof CALLBACK_IF_AWAY)[number];

/** DUE is told by the clock: SCHEDULED whose time has come. */
export const CALLBACK_STATES = ['SCHEDULED', 'DUE', 'DONE', 'MISSED', 'CANCELLED'] as const;
export type CallbackState = (typeof CALLBACK_STATES)[number];

/** A call that was promised for a time. */
export interface Callback {
  id: string;
  place: number;
  campaignId: string;
  contactId: string;
  attemptId: string | null;
  kind: CallbackKind;
  ifAway: CallbackIfAway | null;
  agentId: string | null;
  from: Date;
  until: Date;
  fallback: CallbackFallback;
  note: string;
  state: CallbackState;
  endReason: string | null;
  endedAt: Date | null;
  follows: string | null;
  createdBy: string;
  createdAt: Date;
}

/** `$at`: the parameter that holds the moment. */
export const callbackColumns = (
  $at: string,
): string => `id, place, campaign_id AS "campaignId", contact_id AS "contactId",
  attempt_id AS "attemptId", kind, if_away AS "ifAway", agent_id AS "agentId", from_at AS "from", until_at AS "until", fallback, note,
  CASE WHEN state = 'SCHEDULED' AND from_at <= ${$at} THEN 'DUE' ELSE state END AS state, end_reason AS "endReason",
  ended_at AS "endedAt", follows, created_by AS "createdBy", created_at AS "createdAt"`;

/** Due callbacks come before whatever a list's priority may be. */
export const CALLBACK_PRIORITY = 0;

const LAST_MS = 10 * 60_000;

/**
 * Until when its agent alone may make a callback that anyone makes in the agent's absence: the last third of the window, at most
 * ten minutes, is everybody's. Null: as long as it stands, or not at all.
 */
export const anyoneAt = ({ ifAway, from, until }: Pick<Callback, 'ifAway' | 'from' | 'until'>): Date | null =>
  ifAway === 'ANYONE' ? new Date(until.getTime() - Math.min(LAST_MS, (until.getTime() - from.getTime()) / 3)) : null;
