import type { Level, World } from './world';

/** Hours at which the hit rate changes: where the recovery of a dialer is measured. */
export function stepsOf(world: World): number[] {
  const hours = (level: Level): number[] =>
    typeof level === 'number' ? [] : level.map((step) => step.fromHour).filter((hour) => hour > 0);
  return [...new Set(hours(world.hitRate))].sort((a, b) => a - b);
}
