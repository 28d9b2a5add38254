/** How many runs a property gets: `FC_RUNS` raises it for long runs. */
export const propertyRuns = (normally: number): number => {
  const asked = Number(process.env.FC_RUNS);
  return Number.isInteger(asked) && asked > 0 ? asked : normally;
};

/**
 * Rounds of a property until what it is about has come up: a few random worlds may hold none of it. After ten it is the
 * property that is at fault.
 */
export const untilSeen = async (seen: () => boolean, round: () => void | Promise<void>): Promise<void> => {
  for (let rounds = 0; rounds < 10; rounds += 1) {
    await round();
    if (seen()) return;
  }
  throw new Error('what the property is about never came up');
};
