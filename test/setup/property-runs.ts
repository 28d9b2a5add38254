/** How many runs a property gets: `FC_RUNS` raises it for long runs. */
export const propertyRuns = (normally: number): number => {
  const asked = Number(process.env.FC_RUNS);
  return Number.isInteger(asked) && asked > 0 ? asked : normally;
};
