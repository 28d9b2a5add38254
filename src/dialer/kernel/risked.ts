/** The guard's own count of what becomes of uncovered lines. */
export interface UncoveredRecord {
  lines: number;
  abandons: number;
}

const MEMORY_LINES = 1_000;
/** Before anything is known one in ten uncovered lines is thought to be abandoned. */
const PRIOR_LINES = 20;
const PRIOR_ABANDONS = 2;

export function noteUncovered(record: UncoveredRecord): void {
  const keep = 1 - 1 / MEMORY_LINES;
  record.lines = record.lines * keep + 1;
  record.abandons *= keep;
}

export function noteOverdial(record: UncoveredRecord): void {
  record.abandons += 1;
}

/** That an uncovered line is abandoned, by what was seen. */
export function seenRisk(record: UncoveredRecord): number {
  return (record.abandons + PRIOR_ABANDONS) / (record.lines + PRIOR_LINES);
}
