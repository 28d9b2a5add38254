import { z } from 'zod';
import { decimal, text, whole } from '../../infra/validate';
import { calendarDay, shifts, timeZone, weekly } from '../shifts';
import { MESSAGE_ELEMENTS } from './law';

/** Where a figure comes from. */
export const source = z
  .object({
    cite: text(500).describe('Statute, rule or document, and what it says where that is in doubt.'),
    url: text(500).nullish().describe('Where it was read.'),
    lookedUp: z.boolean().default(true).describe('False: known, not looked up.'),
  })
  .meta({ typeName: 'ComplianceSourceInput', description: 'Where a figure comes from.' });
export type Source = z.output<typeof source>;

const from = () => source.describe('Where it comes from.');

const hours = z
  .object({
    weekly: weekly.describe("Shifts of each weekday in the called person's zone."),
    holidays: z
      .object({
        country: z.string().length(2).describe('Country of the calendar, ISO 3166-1.'),
        region: text(10).nullish().describe('Its region, the second part of ISO 3166-2; none: the whole country.'),
        shifts: shifts().describe('In place of the week; none: no calls.'),
      })
      .meta({ typeName: 'ComplianceHolidaysInput', description: 'Public holidays by calendar, with their own hours.' })
      .nullish()
      .describe('Public holidays; without them they are days as others.'),
    source: from(),
  })
  .meta({ typeName: 'ComplianceHoursInput', description: 'When calls may be made.' });
export type HoursRule = z.output<typeof hours>;

const cap = z
  .object({
    id: text(60).describe('Names it in verdicts and reports, e.g. "US-FL/3-in-24h".'),
    scope: z.enum(['NUMBER', 'PERSON']).meta({ typeName: 'CapScope' }).describe('What is counted by.'),
    perSubject: z.boolean().describe('Only attempts of campaigns with the same subject matter count together.'),
    maximum: whole({ min: 1, max: 1000 }).describe('Attempts.'),
    withinHours: whole({ min: 1, max: 8784, unit: 'h' })
      .nullish()
      .describe("In any so many hours; none: in a day of the called person's zone."),
    source: from(),
  })
  .meta({ typeName: 'ComplianceCapInput', description: 'At most so many attempts within a time.' });
export type CapRule = z.output<typeof cap>;

const abandon = z
  .object({
    limitPercent: decimal({ min: 0, max: 100, unit: '%' }).describe('Abandoned calls in a hundred.'),
    windowHours: whole({ min: 1, max: 8784, unit: 'h' })
      .nullish()
      .describe('In any so many hours; none: in a calendar month.'),
    monthZone: timeZone().nullish().describe('IANA zone of the calendar month.'),
    causes: z
      .array(z.enum(['OVERDIAL', 'AGENT_LOST', 'AMD_FALSE', 'FAULT']).meta({ typeName: 'ComplianceAbandonCause' }))
      .min(1)
      .max(4)
      .nullish()
      .describe('Causes that count; none: all.'),
    denominator: z
      .enum(['LIVE_ANSWERS', 'SERVED_OR_ABANDONED'])
      .meta({ typeName: 'AbandonDenominator' })
      .describe('Of what the percentage is taken.'),
    clockStart: z
      .enum(['GREETING_END', 'ANSWER'])
      .meta({ typeName: 'AbandonClockStart' })
      .describe('From when the time counts.'),
    withinMs: whole({ min: 0, max: 10_000, unit: 'ms' }).describe(
      'Time within which the person must be with an agent.',
    ),
    scope: z
      .enum(['CAMPAIGN', 'ORGANISATION'])
      .meta({ typeName: 'AbandonScope' })
      .describe('Each campaign alone, or all together.'),
    source: from(),
  })
  .meta({ typeName: 'ComplianceAbandonInput', description: 'A limit on abandoned calls and how it is counted.' });
export type AbandonLimit = z.output<typeof abandon>;

const sourced = <T extends z.ZodRawShape>(typeName: string, description: string, shape: T) =>
  z.object({ ...shape, source: from() }).meta({ typeName, description });

/** Each rule may be missing: then the profile says nothing about it. */
export const rulesShape = {
  hours: hours.nullish().describe('When calls may be made.'),
  caps: z.array(cap).max(20).nullish().describe('Limits on attempts, at most 20.'),
  minimumRing: sourced('ComplianceRingInput', 'How long it must ring at least.', {
    seconds: whole({ min: 0, max: 60, unit: 's' }).describe('Seconds.'),
  })
    .nullish()
    .describe('How long it must ring at least.'),
  abandon: z.array(abandon).max(5).nullish().describe('Limits on abandoned calls, at most 5.'),
  lockAfterAbandon: sourced('ComplianceLockInput', 'How long a number rests after an abandoned call.', {
    hours: whole({ min: 1, max: 8784, unit: 'h' }).describe('Hours.'),
    unlessAgentGuaranteed: z.boolean().describe('Not when an agent is there for that very call.'),
  })
    .nullish()
    .describe('How long a number rests after an abandoned call.'),
  message: sourced('ComplianceMessageInput', 'What an abandoned person must hear.', {
    withinMs: whole({ min: 0, max: 10_000, unit: 'ms' }).describe('It begins within this time.'),
    elements: z
      .array(z.enum(MESSAGE_ELEMENTS).meta({ typeName: 'AbandonedMessageElement' }))
      .max(6)
      .describe('What it must hold, or must not.'),
  })
    .nullish()
    .describe('What an abandoned person must hear.'),
  retention: sourced('ComplianceRetentionInput', 'How long records must be kept.', {
    days: whole({ min: 1, max: 36_600, unit: 'days' }).describe('Days.'),
  })
    .nullish()
    .describe('How long records must be kept.'),
  unknownZone: sourced('ComplianceUnknownZoneInput', 'What becomes of a number whose time zone is not known.', {
    rule: z
      .enum(['STRICTEST', 'NOT_DIALLED'])
      .meta({ typeName: 'UnknownZoneRule' })
      .describe('STRICTEST: dialled while the hours are open in every zone of the country.'),
  })
    .nullish()
    .describe('What becomes of a number whose time zone is not known.'),
};
export const RULE_NAMES = Object.keys(rulesShape) as RuleName[];
export type RuleName = keyof typeof rulesShape;

const rules = z.strictObject(rulesShape);
export type Rules = z.output<typeof rules>;

export const profileVersion = z
  .strictObject({
    from: calendarDay.describe('First day, YYYY-MM-DD.'),
    to: calendarDay.nullish().describe('Last day; none: until the next version.'),
    ...rulesShape,
  })
  .meta({ typeName: 'ComplianceProfileVersionInput', description: 'What holds from one day to another.' });
export type ProfileVersion = z.output<typeof profileVersion>;

/** ISO 3166-1 country, or ISO 3166-2 region. `X-NAME` is in nobody's law: only a record that names it falls under it. */
export const JURISDICTION = /^(X(-[A-Z0-9]{1,20})+|[A-Z]{2}(-[A-Z0-9]{1,3})?)$/;

export const profileShape = {
  jurisdiction: z
    .string()
    .regex(JURISDICTION, {
      error: ({ input }) => `${String(input)} is no jurisdiction, e.g. US, US-FL or X-COLLECTIONS`,
    })
    .describe('Jurisdiction: ISO 3166-1 country, ISO 3166-2 region, or X-NAME for records that name it.'),
  name: text(100).describe('Name.'),
  zones: z.array(timeZone()).max(30).default([]).describe('All its IANA zones, for numbers whose zone is not known.'),
  versions: z.array(profileVersion).min(1).max(50).describe('1–50 versions; their days must not overlap.'),
};

/** A shipped file. `DEFAULT` is what holds where no profile says otherwise. */
export const profileFile = z.strictObject({
  ...profileShape,
  jurisdiction: z.union([z.literal('DEFAULT'), profileShape.jurisdiction]),
  /** Countries that it is the profile of, besides its own jurisdiction. */
  covers: z.array(profileShape.jurisdiction).default([]),
});
export type Profile = z.output<typeof profileFile>;
