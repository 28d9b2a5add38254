import type { Gate } from './facts';

export const doNotCall: Gate = ({ number }) => ({
  gate: 'DNC',
  allowed: !number.onDncList,
  detail: number.onDncList ? 'the number is on a do-not-call list' : 'the number is on no do-not-call list',
});

export const optOut: Gate = ({ number }) => ({
  gate: 'OPT_OUT',
  allowed: !number.optedOut,
  detail: number.optedOut ? 'the person has opted out' : 'the person has not opted out',
});

/** A person has at most one attempt in flight, over all campaigns of the organisation. */
export const numberInFlight: Gate = ({ number, at }) => ({
  gate: 'NUMBER_IN_FLIGHT',
  allowed: !number.inFlight,
  detail: number.inFlight ? 'another attempt to the number is in flight' : 'no attempt to the number is in flight',
  ...(number.inFlight && { nextAt: at + IN_FLIGHT_DELAY_MS }),
});

/** A call in flight lasts about this long; a contact whose number is busy with one is looked at again then. */
const IN_FLIGHT_DELAY_MS = 60_000;
