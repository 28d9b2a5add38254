/** What stands against calling one number: epoch milliseconds at which each listing ends by itself; null: never. */
export type Ends = readonly { until: number | null }[];

/** From when on nothing of it holds any more; undefined: it holds for good. */
export const freeAt = (listings: Ends, at: number): number | undefined => {
  const ends = listings.map(({ until }) => until);
  return ends.includes(null) ? undefined : Math.max(at, ...(ends as number[]));
};

/**
 * Of a contact's numbers, in the order of the list and round from `place`, the first that may be called and from when; while
 * all are listed, the first to be free. Undefined: all are listed for good.
 */
export const nextFree = (
  listed: readonly Ends[],
  place: number,
  at: number,
): { numberIndex: number; at: number } | undefined => {
  let best: { numberIndex: number; at: number } | undefined;
  for (let step = 0; step < listed.length; step += 1) {
    const numberIndex = (place + step) % listed.length;
    const free = freeAt(listed[numberIndex] ?? [], at);
    if (free !== undefined && (!best || free < best.at)) best = { numberIndex, at: free };
  }
  return best;
};
