import type { DoNotCallListing, Gate } from './facts';

const waysOf = (listings: readonly DoNotCallListing[]): string =>
  [...new Set(listings.map(({ kind, by }) => `${kind} by ${by}`))].sort().join(', ');

/** Opens by itself only when every entry that forbids the call ends. */
export const doNotCall: Gate = ({ number, campaign, at }) => {
  const listed = number.listedAs.filter(({ kind, until }) => kind !== 'OPT_OUT' && (until === null || until > at));
  const ends = listed.flatMap(({ until }) => until ?? []);
  return {
    gate: 'DNC',
    allowed: listed.length === 0,
    detail:
      listed.length > 0
        ? `on do-not-call lists: ${waysOf(listed)}`
        : `on no do-not-call list that holds; national registries ${campaign.ndnc ? 'hold' : 'do not'}`,
    ...(listed.length > 0 && ends.length === listed.length && { nextAt: Math.max(...ends) }),
  };
};

export const optOut: Gate = ({ number }) => {
  const said = number.listedAs.filter(({ kind }) => kind === 'OPT_OUT');
  return {
    gate: 'OPT_OUT',
    allowed: said.length === 0,
    detail: said.length > 0 ? `the person has opted out: ${waysOf(said)}` : 'the person has not opted out',
  };
};

/** A person has at most one attempt in flight, over all campaigns of the organisation. */
export const numberInFlight: Gate = ({ number, at }) => ({
  gate: 'NUMBER_IN_FLIGHT',
  allowed: !number.inFlight,
  detail: number.inFlight ? 'another attempt to the number is in flight' : 'no attempt to the number is in flight',
  ...(number.inFlight && { nextAt: at + IN_FLIGHT_DELAY_MS }),
});

/** A call in flight lasts about this long; a contact whose number is busy with one is looked at again then. */
const IN_FLIGHT_DELAY_MS = 60_000;
