import type { Gate } from './facts';

/** A list that has expired or was stopped is not dialled, whatever its contacts' standing. */
export const listActive: Gate = ({ list: { stopped, expiresAt }, at }) => {
  const expired = expiresAt !== null && expiresAt <= at;
  const until = expiresAt === null ? 'does not expire' : `expires at ${new Date(expiresAt).toISOString()}`;
  return {
    gate: 'LIST_ACTIVE',
    allowed: !stopped && !expired,
    detail: stopped ? 'the list is stopped' : `the list ${until}`,
    ...((stopped || expired) && { closeReason: stopped ? 'LIST_STOPPED' : 'LIST_EXPIRED' }),
  };
};

/** The number is the one that the contact strategy has next, within its mode's window and after its gap. */
export const modeWindow: Gate = ({ modes, at }) => {
  const gate = 'MODE_WINDOW';
  if (!modes) return { gate, allowed: true, detail: 'no contact strategy' };
  const next = modes.next(at);
  if (typeof next === 'string') {
    return { gate, allowed: false, detail: `the contact strategy has no number left: ${next}`, closeReason: next };
  }
  const same = next.numberIndex === modes.numberIndex;
  if (same && next.at <= at) return { gate, allowed: true, detail: 'the contact strategy has this number next' };
  const which = same ? 'this number' : 'another number';
  return {
    gate,
    allowed: false,
    detail: `the contact strategy has ${which} next, from ${new Date(next.at).toISOString()}`,
    ...(same ? { nextAt: next.at } : { other: next }),
  };
};

/** Whoever was promised a call until a time is not called after it as if it were kept: a worker does what was agreed for that. */
export const callbackWindow: Gate = ({ contact: { callback }, at }) => ({
  gate: 'CALLBACK_WINDOW',
  allowed: !callback || at < callback.until,
  detail: callback ? `the callback's window ends at ${new Date(callback.until).toISOString()}` : 'no callback',
});

/** A call that one agent is to make is made by nobody else before anyone may. */
export const callbackAgent: Gate = ({ contact: { callback }, pledgedTo, at }) => {
  const gate = 'CALLBACK_AGENT';
  if (!callback) return { gate, allowed: true, detail: 'no callback' };
  const { agentId, anyoneAt } = callback;
  if (agentId === null) return { gate, allowed: true, detail: 'anyone may make the callback' };
  if (agentId === pledgedTo) return { gate, allowed: true, detail: 'the line is for the agent whose callback it is' };
  const until = anyoneAt === null ? '' : `, until anyone may make it from ${new Date(anyoneAt).toISOString()}`;
  return {
    gate,
    allowed: anyoneAt !== null && at >= anyoneAt,
    detail: `the callback waits for agent ${agentId}${until}`,
    ...(anyoneAt !== null && at < anyoneAt && { nextAt: anyoneAt }),
  };
};
