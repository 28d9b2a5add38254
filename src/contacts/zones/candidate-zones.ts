import { IANAZone } from 'luxon';

/** What stands between the candidate zones of one number: a call must be lawful in each of them. */
export const ZONE_SEPARATOR = '|';

const HALF_MONTH_MS = 15 * 24 * 3_600_000;

/** Offsets over two years: zones that agree in all of them are one zone for calling hours. */
const clockOf = (zone: string, from: number): string => {
  const iana = IANAZone.create(zone);
  const offsets: number[] = [];
  for (let step = 0; step <= 48; step += 1) offsets.push(iana.offset(from + step * HALF_MONTH_MS));
  return offsets.join();
};

/** The zone as IANA spells it, or undefined when there is no such zone. */
export const knownZone = (name: string): string | undefined => {
  // Fixed offsets such as "+02:00" are no zones: they know no summer time.
  if (!/^[A-Za-z]/.test(name) || !IANAZone.isValidZone(name)) return undefined;
  return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone;
};

/**
 * Joins candidate zones, leaving out those whose clocks agree with one before (Jersey beside London): fewer distinct values
 * of `campaign_contact.zone` and fewer zones to check at each claim, with the same verdict.
 */
export const joinZones = (zones: readonly string[], now: number): string => {
  const seen = new Set<string>();
  const kept: string[] = [];
  // Well-known zones first, so that London and not Guernsey stands for the clock they share.
  for (const zone of [...zones].sort(byRenown)) {
    const clock = clockOf(zone, now);
    if (seen.has(clock)) continue;
    seen.add(clock);
    kept.push(zone);
  }
  return kept.sort().join(ZONE_SEPARATOR);
};

const SHARED_CLOCKS_OF = [
  'Europe/London',
  'America/New_York',
  'America/Chicago',
  'America/Denver',
  'America/Los_Angeles',
  'America/Mexico_City',
  'America/Sao_Paulo',
];
const rank = (zone: string): number => {
  const index = SHARED_CLOCKS_OF.indexOf(zone);
  return index < 0 ? SHARED_CLOCKS_OF.length : index;
};
const byRenown = (a: string, b: string): number => rank(a) - rank(b) || (a < b ? -1 : 1);
