/** Bins of ages. Even ones for a line, widening ones for talk and wrap-up, where a second matters less the older they are. */

export const DIAL_BIN_S = 0.25;

export interface Grid {
  /** Lower edges in seconds; the last bin has no end. */
  edges: number[];
  first: number;
  growth: number;
}

export function widening(first: number, growth: number, bins: number): Grid {
  const edges: number[] = [];
  for (let bin = 0; bin < bins; bin += 1) edges.push((first * (growth ** bin - 1)) / (growth - 1));
  return { edges, first, growth };
}

export function binOf(grid: Grid, seconds: number): number {
  if (seconds <= 0) return 0;
  const bin = Math.floor(Math.log(1 + (seconds * (grid.growth - 1)) / grid.first) / Math.log(grid.growth) + 1e-9);
  return Math.min(bin, grid.edges.length - 1);
}

export const TALK_GRID = widening(10, 1.3, 17);
export const WRAP_GRID = widening(0.5, 1.12, 50);
