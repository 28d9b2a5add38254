import type { DoNotCallListing, Gate } from './facts';
import { onward } from './onward';

const waysOf = (listings: readonly DoNotCallListing[]): string =>
  [...new Set(listings.map(({ kind, by }) => `${kind} by ${by}`))].sort().join(', ');

/** Opens by itself only when every entry that forbids the call ends. */
export const doNotCall: Gate = (facts) => {
  const { number, campaign, at } = facts;
  const listed = number.listedAs.filter(({ kind, until }) => kind !== 'OPT_OUT' && (until === null || until > at));
  if (listed.length === 0) {
    const registries = `national registries ${campaign.ndnc ? 'hold' : 'do not'}`;
    return { gate: 'DNC', allowed: true, detail: `on no do-not-call list that holds; ${registries}` };
  }
  const ends = listed.flatMap(({ until }) => until ?? []);
  const { words, verdict } = onward(facts);
  return {
    gate: 'DNC',
    allowed: false,
    detail: `on do-not-call lists: ${waysOf(listed)}; ${words}`,
    ...(ends.length === listed.length && { nextAt: Math.max(...ends) }),
    ...verdict,
  };
};

export const optOut: Gate = (facts) => {
  const said = facts.number.listedAs.filter(({ kind }) => kind === 'OPT_OUT');
  if (said.length === 0) return { gate: 'OPT_OUT', allowed: true, detail: 'the person has not opted out' };
  const { words, verdict } = onward(facts);
  const detail = `the person has opted out: ${waysOf(said)}; ${words}`;
  return { gate: 'OPT_OUT', allowed: false, detail, ...verdict };
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
