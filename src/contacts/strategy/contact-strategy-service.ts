import { z } from 'zod';
import { checkWeekly, WEEKDAYS, weekly } from '../../compliance/shifts';
import { invalid } from '../../errors';
import { id, patchOf, text, whole } from '../../infra/validate';
import { idempotencyKey } from '../../organisations/idempotency';
import { createRecords, type RecordDeps, type Records } from '../../organisations/records';
import { requireRoomForSet } from '../retry/set-limit';
import { type ContactStrategy, ContactStrategyEntity, type StrategySettings, WINDOW_RULES } from './contact-strategy';

const modeInput = z
  .object({
    mode: text(40).describe('Contact mode, as the lists name it.'),
    attempts: whole({ min: 1, max: 100, unit: 'attempts' })
      .default(3)
      .describe('Counted attempts on this mode; the maxAttempts of the campaign hold over all modes.'),
    gapMinutes: whole({ min: 0, max: 43_200, unit: 'minutes' })
      .default(0)
      .describe('At least so long between two attempts on this mode; other modes may be tried meanwhile.'),
    weekly: weekly
      .nullish()
      .describe(
        "When it may be dialled, in the person's zone; none: at any lawful hour. Every list of shifts is in that zone.",
      ),
  })
  .meta({ typeName: 'ModePlanInput', description: 'How a contact mode is used.' });

const limitInput = z
  .object({
    scope: z
      .enum(['NUMBER', 'PERSON'])
      .meta({ typeName: 'LimitScope' })
      .describe('Of one number, or of all of a person.'),
    max: whole({ min: 1, max: 100, unit: 'attempts' }).describe('The most attempts.'),
    hours: whole({ min: 1, max: 8760, unit: 'h' }).describe('In any stretch of this length.'),
  })
  .meta({ typeName: 'RollingLimitInput', description: 'A rolling limit on attempts.' });

const settingsShape = {
  modes: z.array(modeInput).min(1).max(10).describe('Contact modes in their order, each once.'),
  sequentialDialling: z
    .boolean()
    .default(false)
    .describe('After a counted attempt the next mode at once, until the round is done; then the delay of the outcome.'),
  windowRule: z
    .enum(WINDOW_RULES)
    .meta({ typeName: 'WindowRule' })
    .default('PER_NUMBER')
    .describe('PER_NUMBER: each number in its own window. ALL_NUMBERS: only while all numbers are in theirs.'),
  maxAttemptsPerDay: whole({ min: 1, max: 100, unit: 'attempts' })
    .nullish()
    .describe('The most attempts of the campaign on a person in a day of their zone; none: no limit but the law.'),
  limits: z.array(limitInput).max(5).default([]).describe('Rolling limits on the attempts of the campaign.'),
};

const shape = {
  name: text(200).describe('Name of the strategy.'),
  description: text(1000, 0).default('').describe('For whom it is.'),
  ...settingsShape,
};

export const createContactStrategyInput = z.object({ ...shape, idempotencyKey });
export const updateContactStrategyInput = z.object({
  id: id().describe('The contact strategy.'),
  version: z.int().describe('The version that was read.'),
  ...patchOf(shape),
});

type Given = Partial<z.output<typeof createContactStrategyInput>>;

const settingsOf = (given: Given, before: StrategySettings | undefined): StrategySettings => ({
  modes: given.modes?.map(({ weekly: week, ...mode }) => ({ ...mode, weekly: week ?? null })) ?? before?.modes ?? [],
  sequentialDialling: given.sequentialDialling ?? before?.sequentialDialling ?? false,
  windowRule: given.windowRule ?? before?.windowRule ?? 'PER_NUMBER',
  maxAttemptsPerDay:
    given.maxAttemptsPerDay === undefined ? (before?.maxAttemptsPerDay ?? null) : given.maxAttemptsPerDay,
  limits: given.limits ?? before?.limits ?? [],
});

const checkModes = ({ modes }: StrategySettings): void => {
  const names = modes.map(({ mode }) => mode);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice) throw invalid('modes', `modes has "${twice}" twice`);
  for (const { mode, weekly: week } of modes) {
    if (!week) continue;
    checkWeekly(`modes.${mode}.weekly`, week);
    if (WEEKDAYS.some((day) => week[day]?.length)) continue;
    throw invalid(`modes.${mode}.weekly`, `modes.${mode}.weekly has no shift: the mode could never be dialled`);
  }
};

export type ContactStrategyService = Records<ContactStrategy>;

export const createContactStrategyService = (deps: RecordDeps): ContactStrategyService =>
  createRecords<ContactStrategy, typeof createContactStrategyInput, typeof updateContactStrategyInput>(deps, {
    entity: ContactStrategyEntity,
    label: 'contact strategy',
    create: createContactStrategyInput,
    update: updateContactStrategyInput,
    fields(input, before) {
      const { name, description } = input;
      return {
        ...(name === undefined ? {} : { name }),
        ...(description === undefined ? {} : { description }),
        settings: settingsOf(input, before?.settings),
      };
    },
    async check({ settings }, { manager, caller, before }) {
      checkModes(settings);
      if (!before) await requireRoomForSet(manager, caller, 'contact_strategy');
    },
  });
