const ROUNDS = 400;
const TERMS = 1_000;

/** What this machine needs for a thousand exponentials and sums, in microseconds (median): to read other times against. */
export const yardstickMicros = (): number => {
  const times: number[] = [];
  let kept = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const before = performance.now();
    let sum = 0;
    for (let term = 1; term <= TERMS; term += 1) sum += Math.exp(-term / (round + 7));
    times.push(performance.now() - before);
    kept += sum;
  }
  // The sums are used, so that nothing can be left out of the loop.
  if (!Number.isFinite(kept)) throw new Error('the yardstick overflowed');
  times.sort((a, b) => a - b);
  return 1000 * (times[ROUNDS / 2] ?? 0);
};
