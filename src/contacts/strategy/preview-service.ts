import type { Pool } from 'pg';
import { z } from 'zod';
import { lawOf } from '../../compliance/law/law-of';
import type { LawBook } from '../../compliance/own/law-book';
import { timeZone } from '../../compliance/shifts';
import { invalid, notFound } from '../../errors';
import type { Clock } from '../../infra/clock';
import { maskNumber } from '../../infra/logger';
import { id, parse, text, whole } from '../../infra/validate';
import { type Caller, seesNumbers } from '../../organisations/caller';
import { isRowId } from '../contact-input';
import type { ContactNumber } from '../retry/next-step';
import { DIAL_OUTCOMES, type OutcomeRules, rulesOver } from '../retry/outcome-set';
import type { WrapUpCode } from '../retry/wrap-up-code-set';
import { capsOf } from './caps';
import type { StrategySettings } from './contact-strategy';
import { Plan } from './plan';
import { type Assumed, MOST_PREVIEWED, type PreviewedAttempt, previewAttempts } from './preview';

const assumedInput = z
  .object({
    outcome: z.enum(DIAL_OUTCOMES).meta({ typeName: 'DialOutcome' }).describe('How the attempt is to end.'),
    wrapUpCode: text(100).nullish().describe('What the agent is to say of it.'),
  })
  .meta({ typeName: 'AssumedAttemptInput', description: 'An attempt as it is assumed to go.' });

const numberInput = z
  .object({
    mode: text(40).describe('Contact mode.'),
    timeZone: timeZone().describe('IANA zone of the number.'),
    law: text(100, 0).default('').describe('Jurisdiction codes joined by |, e.g. US|US-FL; empty: the default.'),
  })
  .meta({ typeName: 'PreviewNumberInput', description: 'A number without its digits.' });

export const previewAttemptsInput = z.object({
  campaignId: id().describe('Whose hours and maxAttempts hold, and whose strategy and sets unless others are named.'),
  contactStrategyId: id().optional().describe("In place of the campaign's."),
  telephonyOutcomeSetId: id().optional().describe("In place of the campaign's."),
  wrapUpCodeSetId: id().optional().describe("In place of the campaign's."),
  contactId: z
    .string()
    .refine(isRowId, { error: 'is not an id' })
    .meta({ typeName: 'ID', description: 'A contact whose numbers are taken; or give numbers.' })
    .optional(),
  numbers: z.array(numberInput).min(1).max(10).optional().describe('Numbers of a contact that need not exist.'),
  from: z.date().optional().describe('From when it is due; by default from now.'),
  attempts: z
    .array(assumedInput)
    .min(1)
    .max(MOST_PREVIEWED)
    .describe('What each attempt in turn comes to; the last one goes on for all that follow.'),
  attemptSeconds: whole({ min: 0, max: 7200, unit: 's' }).default(30).describe('How long each attempt takes.'),
});

export interface AttemptsPreview {
  attempts: (Omit<PreviewedAttempt, 'at' | 'dueAt' | 'numberIndex'> & {
    at: Date;
    dueAt: Date;
    mode: string;
    number: string | null;
    zones: string[];
  })[];
  closed: string | null;
}

const READ = `/* preview.read */
SELECT c.max_attempts AS "maxAttempts", c.calling_hours_start_minute AS "startMinute",
  c.calling_hours_end_minute AS "endMinute", s.settings, o.rules, w.codes, p.numbers,
  $3::uuid IS NULL OR s.id IS NOT NULL AS "hasStrategy", $4::uuid IS NULL OR o.id IS NOT NULL AS "hasOutcomes",
  $5::uuid IS NULL OR w.id IS NOT NULL AS "hasCodes", $6::bigint IS NULL OR p.id IS NOT NULL AS "hasContact"
FROM campaign c
LEFT JOIN contact_strategy s ON s.id = coalesce($3, c.contact_strategy_id) AND s.organisation_id = $1
LEFT JOIN telephony_outcome_set o ON o.id = coalesce($4, c.telephony_outcome_set_id) AND o.organisation_id = $1
LEFT JOIN wrap_up_code_set w ON w.id = coalesce($5, c.wrap_up_code_set_id) AND w.organisation_id = $1
LEFT JOIN contact p ON p.id = $6 AND p.organisation_id = $1
WHERE c.organisation_id = $1 AND c.id = $2`;

type Number = ContactNumber & { law?: string };

interface Row {
  maxAttempts: number;
  startMinute: number;
  endMinute: number;
  settings: StrategySettings | null;
  rules: Partial<OutcomeRules> | null;
  codes: WrapUpCode[] | null;
  numbers: Number[] | null;
  hasStrategy: boolean;
  hasOutcomes: boolean;
  hasCodes: boolean;
  hasContact: boolean;
}

export interface PreviewDeps {
  pool: Pool;
  clock: Clock;
  laws: LawBook;
}

const requireFound = (row: Row, given: z.output<typeof previewAttemptsInput>): void => {
  const wanting = (
    [
      ['contactStrategyId', row.hasStrategy],
      ['telephonyOutcomeSetId', row.hasOutcomes],
      ['wrapUpCodeSetId', row.hasCodes],
      ['contactId', row.hasContact],
    ] as const
  ).find(([, has]) => !has);
  if (wanting) throw invalid(wanting[0], `${wanting[0]} ${given[wanting[0]]} does not exist`);
  if ((given.contactId === undefined) === (given.numbers === undefined)) {
    throw invalid('numbers', 'either contactId or numbers must be given');
  }
};

const checkCodes = ({ codes }: Row, assumed: readonly Assumed[]): void => {
  if (!codes) return;
  const unknown = assumed.find(({ wrapUpCode }) => wrapUpCode && !codes.some(({ code }) => code === wrapUpCode));
  if (!unknown) return;
  const all = codes.map(({ code }) => code).join(', ');
  throw invalid('attempts', `attempts names wrap-up code "${unknown.wrapUpCode}": the set has ${all}`);
};

/** The attempts that a policy would make for a contact, with nothing written or dialled. */
export const createAttemptsPreview =
  ({ pool, clock, laws }: PreviewDeps) =>
  async (caller: Caller, input: unknown): Promise<AttemptsPreview> => {
    const given = parse(previewAttemptsInput, input);
    const { rows } = await pool.query<Row>(READ, [
      caller.organisationId,
      given.campaignId,
      given.contactStrategyId ?? null,
      given.telephonyOutcomeSetId ?? null,
      given.wrapUpCodeSetId ?? null,
      given.contactId ?? null,
    ]);
    const row = rows[0];
    if (!row) throw notFound('campaign', given.campaignId);
    requireFound(row, given);
    const numbers: Number[] =
      given.numbers?.map(({ mode, timeZone: zone, law }) => ({ mode, zone, law, number: '' })) ?? row.numbers ?? [];
    const assumed = given.attempts.map(({ outcome, wrapUpCode = null }) => ({ outcome, wrapUpCode }));
    checkCodes(row, assumed);
    const own = row.settings ? capsOf(row.settings) : [];
    const registry = await laws.registryOf(pool, caller.organisationId);
    const lawAt = (at: number, { law = '' }: Number) => lawOf(law, at, registry);
    const preview = previewAttempts({
      policy: { outcomes: rulesOver(row.rules), codes: row.codes },
      plan: row.settings && new Plan(row.settings),
      maxAttempts: row.maxAttempts,
      // Two numbers without digits are two numbers.
      numbers: numbers.map((number, index) => ({ ...number, number: number.number || `#${index}` })),
      from: (given.from ?? clock.date()).getTime(),
      assumed: assumed as [Assumed, ...Assumed[]],
      attemptMs: given.attemptSeconds * 1000,
      hours: (at, number) => lawAt(at, number).callingHours(at, number.zone, row),
      capsAt: (at, number) => [...own, ...lawAt(at, number).caps],
    });
    const shown = (number: string): string | null =>
      number === '' ? null : seesNumbers(caller) ? number : maskNumber(number);
    return {
      closed: preview.closed,
      attempts: preview.attempts.map(({ at, dueAt, numberIndex, ...attempt }) => {
        const { mode = '', number = '', zone = '' } = numbers[numberIndex] ?? {};
        const times = { at: new Date(at), dueAt: new Date(dueAt) };
        return { ...attempt, ...times, mode, number: shown(number), zones: zone.split('|') };
      }),
    };
  };
