/** A span of a local day in minutes; one that ends before it starts passes midnight. */
export interface Hours {
  from: number;
  to: number;
}

/** Days by their names, both included; names of days sort as days do. */
export interface Dates {
  from: string;
  to: string;
}

const HOURS = /^([01]\d|2[0-3]):([0-5]\d)-(?:([01]\d|2[0-3]):([0-5]\d)|(24):(00))$/;

/** `23:00-07:00`; undefined when it is no span. */
export const hoursOf = (value: string): Hours | undefined => {
  const match = HOURS.exec(value);
  if (!match) return undefined;
  const minute = (hour: string | undefined, rest: string | undefined): number => Number(hour) * 60 + Number(rest);
  const from = minute(match[1], match[2]);
  const to = match[5] ? 1440 : minute(match[3], match[4]);
  return from === to ? undefined : { from, to };
};

export const inHours = ({ from, to }: Hours, minute: number): boolean =>
  from < to ? from <= minute && minute < to : minute >= from || minute < to;

const isDate = (value: string): boolean => {
  const at = new Date(`${value}T00:00:00Z`);
  return /^\d{4}-\d{2}-\d{2}$/.test(value) && !Number.isNaN(at.getTime()) && at.toISOString().startsWith(value);
};

/** `2026-12-24` or `2026-12-24/2026-12-26`; undefined when it is neither. */
export const datesOf = (value: string): Dates | undefined => {
  const [from = '', to = from, ...more] = value.split('/');
  return more.length === 0 && isDate(from) && isDate(to) && from <= to ? { from, to } : undefined;
};
