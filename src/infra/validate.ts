import { z } from 'zod';
import { invalid } from '../errors';

/** Messages are read after the field's name: `dialingRate` + `11 is outside 1–10`. */
type Issue = z.core.$ZodIssue;

export interface Range {
  min: number;
  max: number;
  unit?: string;
}

const span = ({ min, max, unit }: Range): string => `${min}–${max}${unit ? ` ${unit}` : ''}`;

const outside = (range: Range) => ({
  error: (issue: { input?: unknown }) => `${String(issue.input)} is outside ${span(range)}`,
});

/** A number within a range, its bounds included. */
export const decimal = (range: Range): z.ZodNumber =>
  z.number(outside(range)).min(range.min, outside(range)).max(range.max, outside(range));

export const whole = (range: Range): z.ZodNumber =>
  z
    .int({ error: (issue) => `${String(issue.input)} is not a whole number from ${span(range)}` })
    .min(range.min, outside(range))
    .max(range.max, outside(range));

export const text = (max: number, min = 1): z.ZodString => z.string().trim().min(min).max(max);

export const id = (): z.ZodUUID => z.uuid({ error: 'is not an id' });

const sized = (issue: Issue & { code: 'too_small' | 'too_big' }): string => {
  const unit = issue.origin === 'string' ? 'characters' : issue.origin === 'array' ? 'entries' : '';
  const bound = issue.code === 'too_small' ? `at least ${issue.minimum}` : `at most ${issue.maximum}`;
  return `must have ${bound} ${unit}`.trimEnd();
};

const wordsFor = (issue: Issue): string => {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined || issue.input === null ? 'must be given' : `must be of type ${issue.expected}`;
    case 'too_small':
    case 'too_big':
      return sized(issue as Issue & { code: 'too_small' | 'too_big' });
    case 'invalid_value':
      return `must be one of ${issue.values.join(', ')}`;
    case 'invalid_format':
      return `is not a valid ${issue.format}`;
    case 'unrecognized_keys':
      return `does not know ${issue.keys.join(', ')}`;
    default:
      return 'is not valid';
  }
};

// Zod's own wording for these codes starts with a capital and echoes types; ours is used unless a schema has a message.
const ownWording = (issue: Issue): string =>
  /^(Invalid|Too (small|big)|Unrecognized)/.test(issue.message) ? wordsFor(issue) : issue.message;

/** Optional keys that were given as null or undefined count as not given. */
const given = (value: unknown, schema: z.ZodType): unknown => {
  if (!(schema instanceof z.ZodObject) || typeof value !== 'object' || value === null) return value;
  const shape = schema.shape as Record<string, z.ZodType>;
  return Object.fromEntries(
    Object.entries(value).filter(
      ([key, inner]) =>
        inner !== undefined && (inner !== null || shape[key] === undefined || shape[key].safeParse(null).success),
    ),
  );
};

/** The input as the schema has it, or INVALID_INPUT naming field, value and what is allowed. */
export const parse = <S extends z.ZodType>(schema: S, input: unknown): z.output<S> => {
  const parsed = schema.safeParse(given(input, schema), { reportInput: true });
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0] as Issue;
  const field = issue.path.join('.') || 'input';
  throw invalid(field, `${field} ${ownWording(issue)}`);
};

type Unwrapped<T> = T extends z.ZodDefault<infer I> ? I : T;
export type PatchShape<T extends z.ZodRawShape> = { [K in keyof T]: z.ZodOptional<Unwrapped<T[K]>> };

const withoutDefault = (field: z.ZodType): z.ZodType => {
  if (!(field instanceof z.ZodDefault)) return field;
  const inner = field.unwrap() as z.ZodType;
  return field.description ? inner.describe(field.description) : inner;
};

/** The same fields for an update: each optional, none with a default. */
export const patchOf = <T extends z.ZodRawShape>(shape: T): PatchShape<T> =>
  Object.fromEntries(
    Object.entries(shape).map(([key, field]) => [key, withoutDefault(field as z.ZodType).optional()]),
  ) as unknown as PatchShape<T>;
