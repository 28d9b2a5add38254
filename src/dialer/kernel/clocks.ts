import type { KernelState } from './state';

/**
 * Business time as far as it can be trusted. The wall clock may be stepped; the monotonic one may not. `slow` and `fast`
 * are the earliest and the latest that business time can be, by every difference between the two clocks that this process
 * has seen. Abandons are dated late and leave by the slow clock, live answers are dated early and leave by the fast one:
 * whichever reading was the true one, no window looks better than it is.
 */
export interface BusinessTime {
  slow: number;
  fast: number;
}

export function seeClocks(state: KernelState, at: number, wall: number): void {
  const offset = wall - at;
  if (state.clocks === null) state.clocks = { least: offset, most: offset };
  else {
    state.clocks.least = Math.min(state.clocks.least, offset);
    state.clocks.most = Math.max(state.clocks.most, offset);
  }
}

export function businessTime(state: KernelState): BusinessTime {
  const { clocks, at, wall } = state;
  if (clocks === null) return { slow: wall, fast: wall };
  return { slow: at + clocks.least, fast: at + clocks.most };
}
