import type { Place } from '../../compliance/gates';

/** What stands against calling one number: epoch milliseconds at which each listing ends by itself; null: never. */
export type Ends = readonly { until: number | null }[];

/** From when on nothing of it holds any more; undefined: it holds for good. */
export const freeAt = (listings: Ends, at: number): number | undefined => {
  const ends = listings.map(({ until }) => until);
  return ends.includes(null) ? undefined : Math.max(at, ...(ends as number[]));
};

/**
 * Of a contact's numbers, in the order of the list and round from `place`, the first that may be called and from when; while
 * none may, the first to be free. Undefined: none ever will be.
 */
export const nextFree = (
  count: number,
  place: number,
  freeFrom: (numberIndex: number) => number | undefined,
): Place | undefined => {
  let best: Place | undefined;
  for (let step = 0; step < count; step += 1) {
    const numberIndex = (place + step) % count;
    const at = freeFrom(numberIndex);
    if (at !== undefined && (!best || at < best.at)) best = { numberIndex, at };
  }
  return best;
};

/** The same, as far as lists go. */
export const nextUnlisted = (listed: readonly Ends[], place: number, at: number): Place | undefined =>
  nextFree(listed.length, place, (index) => freeAt(listed[index] ?? [], at));
