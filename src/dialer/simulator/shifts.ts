import { draw } from './distribution';
import { Random } from './random';
import type { World } from './world';

/** When agents come and go, apart from their calls. Seconds from the beginning of the shift. */
export type ShiftEvent =
  | { at: number; agent: number; what: 'IN' }
  | { at: number; agent: number; what: 'OUT' }
  /** Away from when nothing binds the agent, for so long. */
  | { at: number; agent: number; what: 'BREAK'; seconds: number }
  /** Takes whoever is free. */
  | { at: number; agent: null; what: 'INBOUND'; seconds: number };

const HOUR = 3600;
const SHIFT_STREAM = 100_000;

/** One day's events in order of time. */
export function planShifts(world: World, agents: number, hours: number, seed: number, day: number): ShiftEvent[] {
  const random = new Random(seed, SHIFT_STREAM + day);
  const events: ShiftEvent[] = [];
  let next = 0;
  const work = (agent: number, from: number, to: number): void => {
    if (from >= to) return;
    events.push({ at: from * HOUR, agent, what: 'IN' });
    if (to < hours) events.push({ at: to * HOUR, agent, what: 'OUT' });
    for (let count = 0; count < world.agents.breaks.perShift; count += 1) {
      const at = random.between(from, to) * HOUR;
      events.push({ at, agent, what: 'BREAK', seconds: draw(world.agents.breaks.duration, random) });
    }
  };
  for (const shift of world.agents.shifts) {
    for (let count = 0; count < shift.agents && next < agents; count += 1, next += 1) {
      work(next, shift.fromHour, Math.min(hours, shift.toHour));
    }
  }
  for (; next < agents; next += 1) work(next, 0, hours);
  const { callsPerHour, duration } = world.agents.inbound;
  if (callsPerHour > 0) {
    for (let at = random.exponential(HOUR / callsPerHour); at < hours * HOUR; ) {
      events.push({ at, agent: null, what: 'INBOUND', seconds: draw(duration, random) });
      at += random.exponential(HOUR / callsPerHour);
    }
  }
  return events.sort((a, b) => a.at - b.at);
}
