import { z } from 'zod';
import { text } from '../../infra/validate';
import { WEEKDAYS } from '../shifts';
import { datesOf, hoursOf } from './time-values';

/** What a condition looks at: of the person, of the number, or of the clock where the person is. */
export const SUBJECTS = ['ATTRIBUTE', 'MODE', 'COUNTRY', 'ZONE', 'LIST', 'WEEKDAY', 'TIME', 'DATE'] as const;
export const OPERATORS = ['IS_ONE_OF', 'IS_NONE_OF', 'AT_LEAST', 'AT_MOST', 'IS_EMPTY', 'IS_NOT_EMPTY'] as const;
export const CONSEQUENCES = ['DELAY', 'SKIP'] as const;

export type Subject = (typeof SUBJECTS)[number];
export type TimeSubject = Extract<Subject, 'WEEKDAY' | 'TIME' | 'DATE'>;

export const isTime = (subject: Subject): subject is TimeSubject =>
  subject === 'WEEKDAY' || subject === 'TIME' || subject === 'DATE';

const DAY_NAMES = WEEKDAYS.map((day) => day.toUpperCase());

/** Why a value says nothing for its subject; undefined: it does. */
const VALUE_FAULTS: Partial<Record<Subject, (value: string) => string | undefined>> = {
  WEEKDAY: (value) => (DAY_NAMES.includes(value) ? undefined : `is none of ${DAY_NAMES.join(', ')}`),
  TIME: (value) => (hoursOf(value) ? undefined : 'is not a span of the day such as 23:00-07:00'),
  DATE: (value) =>
    datesOf(value) ? undefined : 'is not a date, 2026-12-24, or a span of dates, 2026-12-24/2026-12-26',
  COUNTRY: (value) => (/^[A-Z]{2}$/.test(value) ? undefined : 'is not an ISO 3166 country code such as US'),
};

type Fault = [field: 'attribute' | 'operator' | 'values', message: string];

const faultOf = ({ subject, attribute, operator, values }: Condition): Fault | undefined => {
  if ((subject === 'ATTRIBUTE') !== (attribute !== undefined)) {
    return ['attribute', subject === 'ATTRIBUTE' ? 'must be given for ATTRIBUTE' : `does not belong to ${subject}`];
  }
  const listed = operator === 'IS_ONE_OF' || operator === 'IS_NONE_OF';
  if (!listed && subject !== 'ATTRIBUTE') return ['operator', `${operator} is for ATTRIBUTE only`];
  if (operator === 'IS_EMPTY' || operator === 'IS_NOT_EMPTY') {
    return values.length > 0 ? ['values', `must not be given for ${operator}`] : undefined;
  }
  if (values.length === 0) return ['values', 'must have at least 1 entry'];
  if (!listed && (values.length > 1 || !Number.isFinite(Number(values[0])))) {
    return ['values', `must be one number for ${operator}`];
  }
  for (const value of values) {
    const fault = VALUE_FAULTS[subject]?.(value);
    if (fault) return ['values', `"${value}" ${fault}`];
  }
  return undefined;
};

const conditionInput = z
  .object({
    subject: z.enum(SUBJECTS).meta({ typeName: 'SuppressionSubject' }).describe('What it looks at.'),
    attribute: text(100).optional().describe('Of ATTRIBUTE: its name.'),
    operator: z
      .enum(OPERATORS)
      .meta({ typeName: 'SuppressionOperator' })
      .default('IS_ONE_OF')
      .describe('How the values are compared; all but the first two are for ATTRIBUTE only.'),
    values: z
      .array(text(200))
      .max(200)
      .default([])
      .describe(
        'WEEKDAY: MONDAY …; TIME: 23:00-07:00; DATE: 2026-12-24 or 2026-12-24/2026-12-26, all where the person is. COUNTRY: US; ZONE: America/New_York; LIST: ids; MODE: Mobile.',
      ),
  })
  .superRefine((condition, context) => {
    const fault = faultOf(condition as Condition);
    if (fault) context.addIssue({ code: 'custom', path: [fault[0]], message: fault[1] });
  })
  .meta({ typeName: 'SuppressionConditionInput', description: 'One thing that is or is not so.' });

const alternativeInput = z
  .object({ allOf: z.array(conditionInput).min(1).max(20).describe('1–20 conditions, all of which must hold.') })
  .meta({ typeName: 'SuppressionAlternativeInput', description: 'Conditions that must hold together.' });

export const ruleInput = z
  .object({
    name: text(200).describe('Stands in the verdict.'),
    consequence: z
      .enum(CONSEQUENCES)
      .meta({ typeName: 'SuppressionConsequence' })
      .describe(
        'DELAY: a number of whom it holds for waits until time alone lets it pass. SKIP: this campaign does not call it. The contact goes on with another of its numbers that may be called; SKIP closes it when there is none.',
      ),
    anyOf: z.array(alternativeInput).min(1).max(20).describe('1–20 alternatives, one of which is enough.'),
  })
  .superRefine(({ consequence, anyOf }, context) => {
    if (consequence === 'SKIP') return;
    const at = anyOf.findIndex(({ allOf }) => !allOf.some(({ subject }) => isTime(subject)));
    if (at < 0) return;
    const message = 'holds at all times, so DELAY would never end: add WEEKDAY, TIME or DATE, or choose SKIP';
    context.addIssue({ code: 'custom', path: ['anyOf', at], message });
  })
  .meta({ typeName: 'SuppressionRuleInput', description: 'When a person is not called.' });

export const rulesInput = z.array(ruleInput).min(1).max(50);

export interface Condition {
  subject: Subject;
  attribute?: string | undefined;
  operator: (typeof OPERATORS)[number];
  values: string[];
}
export type SuppressionRule = z.output<typeof ruleInput>;
