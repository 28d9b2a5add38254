import { type Count, countOf } from './attempt-count';
import type { Gate } from './facts';

const said = ({ cap, made }: Count): string => `${made} of ${cap.max} (${cap.id})`;

/** Caps of the law of the called person, over all campaigns of the organisation, and those of the campaign. */
export const attemptCaps: Gate = (facts) => {
  const { at, campaign, contact, attempts } = facts;
  const { person, zone } = contact;
  const called = { person, zone, number: facts.number.number, subject: campaign.subject };
  const own = attempts.filter(({ campaignId }) => campaignId === campaign.id);
  const all = [
    ...facts.lawAt(at).caps.map((cap) => countOf(cap, at, called, attempts)),
    ...campaign.caps.map((cap) => countOf(cap, at, called, own)),
  ];
  const reached = all.filter(({ cap, made }) => made >= cap.max);
  const told = reached.length > 0 ? reached : all;
  const moments = reached.flatMap(({ freeAt }) => freeAt ?? []);
  return {
    gate: 'ATTEMPT_CAPS',
    allowed: reached.length === 0,
    detail: told.length === 0 ? 'no cap applies' : `attempts: ${told.map(said).join(', ')}`,
    ...(moments.length > 0 && moments.length === reached.length && { nextAt: Math.max(...moments) }),
  };
};

const HOUR_MS = 3_600_000;

/** After an abandoned call the number rests, unless an agent is there for the very line. */
export const lockAfterAbandon: Gate = (facts) => {
  const { at, number, agentGuaranteed } = facts;
  const { lockAfterAbandon: lock } = facts.lawAt(at);
  const until = lock && number.abandonedAt !== null ? number.abandonedAt + lock.ms : undefined;
  const locked = until !== undefined && at < until;
  const lifted = locked && lock?.unlessAgentGuaranteed === true && agentGuaranteed;
  const allowed = !locked || lifted;
  const hours = (lock?.ms ?? 0) / HOUR_MS;
  return {
    gate: 'LOCK_AFTER_ABANDON',
    allowed,
    detail: allowed
      ? lifted
        ? `an agent is guaranteed: the ${hours} h after an abandoned call do not hold`
        : 'no call to the number was abandoned that still counts'
      : `a call to the number was abandoned less than ${hours} h ago`,
    ...(!allowed && { nextAt: until }),
  };
};
