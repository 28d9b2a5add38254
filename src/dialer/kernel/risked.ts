import { type Context, emit } from './context';

/** The guard's own count of what becomes of lines: it does not take the pacer's word alone. */
export interface UncoveredRecord {
  lines: number;
  abandons: number;
  /** Lines, covered or not, that ended or were answered lately, and those among them that a person answered. */
  resolved: number;
  live: number;
}

const MEMORY_LINES = 1_000;
/** Before anything is known one in ten uncovered lines is thought to be abandoned. */
const PRIOR_LINES = 20;
const PRIOR_ABANDONS = 2;
/** Short, so that a list that answers more is noticed soon. */
const MEMORY_RESOLVED = 300;
/** Before anything is known a person is thought to answer every line. */
const PRIOR_LIVE = 10;

export function createRecord(): UncoveredRecord {
  return { lines: 0, abandons: 0, resolved: 0, live: 0 };
}

export function noteUncovered(record: UncoveredRecord): void {
  const keep = 1 - 1 / MEMORY_LINES;
  record.lines = record.lines * keep + 1;
  record.abandons *= keep;
}

export function noteOverdial(record: UncoveredRecord): void {
  record.abandons += 1;
}

export function noteResolved(record: UncoveredRecord, live: boolean): void {
  const keep = 1 - 1 / MEMORY_RESOLVED;
  record.resolved = record.resolved * keep + 1;
  record.live = record.live * keep + (live ? 1 : 0);
}

/** That an uncovered line is abandoned, by what was seen. */
export function seenRisk(record: UncoveredRecord): number {
  return (record.abandons + PRIOR_ABANDONS) / (record.lines + PRIOR_LINES);
}

/** That a person answers a line, by what was seen: rather too much than too little. */
export function seenLive(record: UncoveredRecord): number {
  return (record.live + PRIOR_LIVE) / (record.resolved + PRIOR_LIVE);
}

/** Tells of every call whose standing has changed, those newly at risk first. */
export function tellAtRisk(context: Context): void {
  const changed = [...context.calls].flatMap((id) => {
    const call = context.state.calls.get(id);
    const atRisk = call !== undefined && (call.index.risk || call.counted);
    return call && call.toldAtRisk !== atRisk ? [{ call, atRisk }] : [];
  });
  changed.sort((a, b) => Number(b.atRisk) - Number(a.atRisk));
  for (const { call, atRisk } of changed) {
    call.toldAtRisk = atRisk;
    emit(context, { type: 'atRisk', attemptId: call.id, atRisk });
  }
}
