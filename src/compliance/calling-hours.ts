import { type DayWindow, type Openness, openness } from './zoned-windows';

/** 8:00 to 21:00 where the called person is: a campaign may be stricter, never wider. */
export const LAWFUL_HOURS: DayWindow = { startMinute: 480, endMinute: 1260 };

export const stricterHours = (hours: DayWindow): DayWindow => ({
  startMinute: Math.max(hours.startMinute, LAWFUL_HOURS.startMinute),
  endMinute: Math.min(hours.endMinute, LAWFUL_HOURS.endMinute),
});

/** Two days hold every opening of daily hours; more only serves zones whose hours must meet. */
const HORIZON_DAYS = 3;
const MAXIMUM_ROUNDS = 16;

const inZone = (at: number, zone: string, hours: DayWindow): Openness =>
  openness(at, zone, () => (hours.startMinute < hours.endMinute ? [hours] : []), HORIZON_DAYS);

/**
 * Whether a call is lawful at `at` in every one of the zones (joined by '|'), and if not when it next is. Zones whose
 * hours never meet have no next moment.
 */
export const callingHoursAt = (at: number, zones: string, hours: DayWindow): Openness => {
  const lawful = stricterHours(hours);
  const all = zones.split('|');
  let moment = at;
  for (let round = 0; round < MAXIMUM_ROUNDS; round++) {
    let latest = moment;
    for (const zone of all) {
      const verdict = inZone(moment, zone, lawful);
      if (verdict.open) continue;
      if (verdict.nextAt === undefined) return { open: false };
      latest = Math.max(latest, verdict.nextAt);
    }
    if (latest === moment) return moment === at ? { open: true } : { open: false, nextAt: moment };
    moment = latest;
  }
  return { open: false };
};
