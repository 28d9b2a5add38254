type Element = string | number | boolean | Date | null | undefined;

const SPECIAL = /["\\]/;

const elementOf = (value: Element): string => {
  if (value === null || value === undefined) return 'NULL';
  if (typeof value === 'string') return `"${SPECIAL.test(value) ? value.replace(/["\\]/g, '\\$&') : value}"`;
  return value instanceof Date ? value.toISOString() : String(value);
};

const isPlain = (value: Element): boolean => typeof value === 'string' && !SPECIAL.test(value);

const arrayOf = (values: readonly Element[]): string =>
  values.length > 0 && values.every(isPlain) ? `{"${values.join('","')}"}` : `{${values.map(elementOf).join(',')}}`;

/**
 * Parameters of a statement, with arrays in the words of PostgreSQL. `pg` makes the same of them an element at a time, each twice
 * over: for the thousands of values of a claim that takes longer than the database needs to read them.
 */
export const withArrays = (values: readonly (unknown | readonly Element[])[]): unknown[] =>
  values.map((value) => (Array.isArray(value) ? arrayOf(value as readonly Element[]) : value));
