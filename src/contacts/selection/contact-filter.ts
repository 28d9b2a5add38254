import { z } from 'zod';
import { invalid } from '../../errors';
import { text } from '../../infra/validate';

export const VALUE_TYPES = ['TEXT', 'NUMBER', 'DATE'] as const;
export const FILTER_OPERATORS = [
  'EQUALS',
  'NOT_EQUALS',
  'GREATER',
  'GREATER_OR_EQUAL',
  'LESS',
  'LESS_OR_EQUAL',
  'CONTAINS',
  'STARTS_WITH',
  'IS_SET',
  'IS_NOT_SET',
] as const;

export const valueType = z.enum(VALUE_TYPES).meta({ typeName: 'ContactValueType' });

const condition = z
  .object({
    attribute: text(100).describe('Column of the list, one of its attributes.'),
    type: valueType.default('TEXT').describe('How its values compare; a date is YYYY-MM-DD.'),
    operator: z
      .enum(FILTER_OPERATORS)
      .meta({ typeName: 'ContactFilterOperator' })
      .describe('CONTAINS (any case) and STARTS_WITH are for TEXT.'),
    values: z
      .array(z.string().max(200))
      .max(100)
      .default([])
      .describe(
        'EQUALS: any of these, 1–100. NOT_EQUALS: none of these. The others: one; IS_SET and IS_NOT_SET: none.',
      ),
  })
  .meta({ typeName: 'ContactConditionInput', description: 'One thing that a contact must have.' });

const group = z
  .object({ allOf: z.array(condition).min(1).max(20).describe('Every one of these, 1–20.') })
  .meta({ typeName: 'ContactConditionsInput', description: 'Conditions that hold together.' });

export const contactFilter = z
  .object({ anyOf: z.array(group).min(1).max(20).describe('At least one of these, 1–20.') })
  .meta({ typeName: 'ContactFilterInput', description: 'Which of the contacts a campaign dials.' });

export type ContactFilter = z.output<typeof contactFilter>;
export type ContactCondition = z.output<typeof condition>;

const COMPARISON = { GREATER: '>', GREATER_OR_EQUAL: '>=', LESS: '<', LESS_OR_EQUAL: '<=' } as const;

const HOW_MANY: Record<(typeof FILTER_OPERATORS)[number], [number, number]> = {
  EQUALS: [1, 100],
  NOT_EQUALS: [1, 100],
  GREATER: [1, 1],
  GREATER_OR_EQUAL: [1, 1],
  LESS: [1, 1],
  LESS_OR_EQUAL: [1, 1],
  CONTAINS: [1, 1],
  STARTS_WITH: [1, 1],
  IS_SET: [0, 0],
  IS_NOT_SET: [0, 0],
};

const ISO_DATE = /^\d{4}-\d{2}-\d{2}$/;
const isDate = (value: string): boolean => {
  const moment = ISO_DATE.test(value) ? new Date(`${value}T00:00:00Z`) : undefined;
  return moment !== undefined && !Number.isNaN(moment.getTime()) && moment.toISOString().startsWith(value);
};
const isNumber = (value: string): boolean => value.trim() !== '' && Number.isFinite(Number(value));

const check = ({ attribute, type, operator, values }: ContactCondition, field: string): void => {
  const [least, most] = HOW_MANY[operator];
  if (values.length < least || values.length > most) {
    const allowed = least === most ? String(least) : `${least}–${most}`;
    throw invalid(field, `${field}: ${operator} of "${attribute}" takes ${allowed} values, ${values.length} are given`);
  }
  if (type !== 'TEXT' && (operator === 'CONTAINS' || operator === 'STARTS_WITH')) {
    throw invalid(field, `${field}: ${operator} of "${attribute}" is for TEXT, not for ${type}`);
  }
  for (const value of values) {
    if (type === 'NUMBER' && !isNumber(value))
      throw invalid(field, `${field}: "${value}" for "${attribute}" is not a number`);
    if (type === 'DATE' && !isDate(value))
      throw invalid(field, `${field}: "${value}" for "${attribute}" is not a date YYYY-MM-DD`);
  }
};

// jsonpath takes the same escapes as JSON.
const literal = (value: string): string => JSON.stringify(value);

const predicate = ({ attribute, type, operator, values }: ContactCondition): string => {
  const place = `$.${literal(attribute)}`;
  const subject = type === 'NUMBER' ? `${place}.double()` : place;
  const constants = values.map((value) => (type === 'NUMBER' ? String(Number(value)) : literal(value)));
  const [constant] = constants;
  switch (operator) {
    case 'EQUALS':
      return constants.map((one) => `${subject} == ${one}`).join(' || ');
    case 'NOT_EQUALS': {
      const equal = `(${constants.map((one) => `${subject} == ${one}`).join(' || ')})`;
      // What is no number is unequal to any.
      return `!${equal} || ${equal} is unknown`;
    }
    case 'CONTAINS':
      return `${place} like_regex ${constant} flag "iq"`;
    case 'STARTS_WITH':
      return `${place} starts with ${constant}`;
    case 'IS_SET':
      return `exists(${place})`;
    case 'IS_NOT_SET':
      return `!exists(${place})`;
    default:
      return `${subject} ${COMPARISON[operator]} ${constant}`;
  }
};

/**
 * The filter as a jsonpath predicate: PostgreSQL decides it in an import, a ranking and a claim alike, so that no contact can
 * be selected by one reading of it and refused by another. Whoever has no such value matches no comparison.
 */
export const compileFilter = (filter: ContactFilter, field = 'contactFilter'): string => {
  for (const { allOf } of filter.anyOf) for (const one of allOf) check(one, field);
  return filter.anyOf.map(({ allOf }) => `(${allOf.map((one) => `(${predicate(one)})`).join(' && ')})`).join(' || ');
};
