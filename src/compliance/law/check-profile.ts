import { invalid } from '../../errors';
import { calendarFault } from '../holidays';
import { checkShifts, checkWeekly } from '../shifts';
import type { ProfileVersion, Rules } from './profile';

/** The last day that can be written: a version without an end. */
export const FOREVER = '9999-12-31';

/** Refuses what the fields alone cannot tell, naming field and value. */
export const checkRules = (field: string, rules: Rules): void => {
  const { hours, caps, abandon } = rules;
  if (hours) {
    checkWeekly(`${field}.hours.weekly`, hours.weekly);
    if (hours.holidays) {
      checkShifts(`${field}.hours.holidays.shifts`, hours.holidays.shifts);
      const fault = calendarFault(hours.holidays);
      if (fault) throw invalid(`${field}.hours.holidays`, `${field}.hours.holidays: ${fault}`);
    }
  }
  const ids = (caps ?? []).map(({ id }) => id);
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice !== undefined) throw invalid(`${field}.caps`, `${field}.caps: the id "${twice}" stands twice`);
  for (const { windowHours, monthZone } of abandon ?? []) {
    if ((windowHours ?? null) === null && (monthZone ?? null) === null) {
      throw invalid(`${field}.abandon`, `${field}.abandon: give windowHours, or monthZone for a calendar month`);
    }
    if ((windowHours ?? null) !== null && (monthZone ?? null) !== null) {
      throw invalid(`${field}.abandon`, `${field}.abandon: give either windowHours or monthZone, not both`);
    }
  }
};

/** Versions in the order of their days, each with its last day. */
export const datedVersions = (versions: readonly ProfileVersion[]): (ProfileVersion & { to: string })[] => {
  const sorted = [...versions].sort((left, right) => left.from.localeCompare(right.from));
  return sorted.map((version, index) => ({ ...version, to: version.to ?? dayBefore(sorted[index + 1]?.from) }));
};

const dayBefore = (day: string | undefined): string =>
  day === undefined ? FOREVER : new Date(Date.parse(day) - 86_400_000).toISOString().slice(0, 10);

export const checkVersions = (versions: readonly ProfileVersion[]): void => {
  const sorted = datedVersions(versions);
  sorted.forEach((version, index) => {
    const field = `versions ${version.from}`;
    const { from, to } = version;
    if (to < from) {
      const next = sorted[index + 1];
      if (next?.from === from) throw invalid('versions', `versions: two begin on ${from}`);
      throw invalid('versions', `${field}: to ${to} is before from ${from}`);
    }
    const next = sorted[index + 1];
    if (next && next.from <= to) throw invalid('versions', `${field} to ${to} overlaps the version from ${next.from}`);
    checkRules(field, version);
  });
};
