import type { KernelState, TimerEntry, TimerKind, Timers } from './state';

/**
 * One heap of deadlines. An owner holds the number of its armed timer of each kind; re-arming or cancelling only changes
 * that number and leaves a dead entry behind, which is dropped when it comes up or when the dead outnumber the living.
 */
interface Owner {
  id: string;
  timers: Timers;
}

const SWEEP_FLOOR = 1024;

function before(a: TimerEntry, b: TimerEntry): boolean {
  return a.at < b.at || (a.at === b.at && a.n < b.n);
}

function up(heap: TimerEntry[], start: number): void {
  let index = start;
  const entry = heap[index]!;
  while (index > 0) {
    const parent = (index - 1) >> 1;
    if (!before(entry, heap[parent]!)) break;
    heap[index] = heap[parent]!;
    index = parent;
  }
  heap[index] = entry;
}

function down(heap: TimerEntry[], start: number): void {
  let index = start;
  const entry = heap[index]!;
  for (;;) {
    let child = 2 * index + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && before(heap[child + 1]!, heap[child]!)) child += 1;
    if (!before(heap[child]!, entry)) break;
    heap[index] = heap[child]!;
    index = child;
  }
  heap[index] = entry;
}

function owner(state: KernelState, entry: TimerEntry): { timers: Timers } | undefined {
  if (entry.kind === 'call') return state.calls.get(entry.id);
  if (entry.kind === 'empty' || entry.kind === 'backOff') return state.campaigns.get(entry.id);
  return state.agents.get(entry.id);
}

function isAlive(state: KernelState, entry: TimerEntry): boolean {
  return owner(state, entry)?.timers[entry.kind] === entry.n;
}

/** Arms the owner's one timer of this kind; an armed one is replaced. */
export function arm(state: KernelState, of: Owner, kind: TimerKind, at: number): void {
  cancel(state, of, kind);
  state.counter += 1;
  of.timers[kind] = state.counter;
  state.timers.push({ at, n: state.counter, kind, id: of.id });
  up(state.timers, state.timers.length - 1);
}

export function cancel(state: KernelState, of: { timers: Timers }, kind: TimerKind): void {
  if (of.timers[kind] === undefined) return;
  of.timers[kind] = undefined;
  state.deadTimers += 1;
  if (state.deadTimers > SWEEP_FLOOR && state.deadTimers * 2 > state.timers.length) sweep(state);
}

/** The owner leaves the state for good. */
export function cancelAll(state: KernelState, of: { timers: Timers }): void {
  for (const kind of Object.keys(of.timers) as TimerKind[]) cancel(state, of, kind);
}

function sweep(state: KernelState): void {
  state.timers = state.timers.filter((entry) => isAlive(state, entry)).sort((a, b) => (before(a, b) ? -1 : 1));
  state.deadTimers = 0;
}

/** The next timer due at `at`, disarmed, in order of time and then of arming. */
export function due(state: KernelState, at: number): TimerEntry | null {
  for (let top = state.timers[0]; top && top.at <= at; top = state.timers[0]) {
    const last = state.timers.pop()!;
    if (state.timers.length > 0) {
      state.timers[0] = last;
      down(state.timers, 0);
    }
    const of = owner(state, top);
    if (of?.timers[top.kind] === top.n) {
      of.timers[top.kind] = undefined;
      return top;
    }
    state.deadTimers -= 1;
  }
  return null;
}
