import { DateTime } from 'luxon';
import { z } from 'zod';
import type { Law } from '../../compliance/law/law';
import type { DayWindow } from '../../compliance/zoned-windows';
import { invalid } from '../../errors';
import { id, text } from '../../infra/validate';
import { idempotencyKey } from '../../organisations/idempotency';
import { isRowId } from '../contact-input';
import { CALLBACK_FALLBACKS, CALLBACK_IF_AWAY, CALLBACK_KINDS } from './callback';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const SHORTEST_MS = 5 * MINUTE_MS;
const USUAL_MS = 30 * MINUTE_MS;
const FURTHEST_DAYS = 90;

export const scheduleCallbackInput = z.object({
  campaignId: id().optional().describe('The campaign; left out with attemptId.'),
  contactId: z
    .string()
    .refine(isRowId, { error: 'is not an id' })
    .meta({ typeName: 'ID', description: 'The contact; left out with attemptId.' })
    .optional(),
  attemptId: id()
    .optional()
    .describe(
      'The call in which it is promised, while it goes on or is written up. An agent must give one of its own.',
    ),
  from: z.date().describe('Not before; lawful calling time where the person is, at most 90 days ahead.'),
  until: z.date().optional().describe('Not after: 5 minutes to a day later. Default half an hour later.'),
  kind: z
    .enum(CALLBACK_KINDS)
    .meta({ typeName: 'CallbackKind' })
    .default('ANYONE')
    .describe('Whether anyone calls back, or one agent.'),
  agentId: id()
    .optional()
    .describe('Of a PERSONAL one: who calls back, of a team of the campaign. Default the agent of the call.'),
  ifAway: z
    .enum(CALLBACK_IF_AWAY)
    .meta({ typeName: 'CallbackIfAway' })
    .optional()
    .describe(
      'Of a PERSONAL one: ANYONE calls back if the agent is logged out when it is due, or has not come to it by the last third of the window (at most 10 minutes); WAIT: nobody else does. Default ANYONE.',
    ),
  mode: text(40)
    .optional()
    .describe('Contact mode of the number to call. Default the one of the call, or the next one.'),
  fallback: z
    .enum(CALLBACK_FALLBACKS)
    .meta({ typeName: 'CallbackFallback' })
    .default('NEXT_BUSINESS_DAY')
    .describe(
      'If the window passes: back among the others, the same time the next business day (three times), or close.',
    ),
  note: text(1000, 0).default('').describe('For whoever calls back.'),
  idempotencyKey,
});
export type ScheduleCallback = z.output<typeof scheduleCallbackInput>;

export const cancelCallbackInput = z.object({
  id: id().describe('The callback.'),
  reason: text(200).describe('Why; kept with it.'),
});

/** The window as it will stand, or a refusal that names the value and what is allowed. */
export const windowOf = ({ from, until }: ScheduleCallback, now: Date): { from: Date; until: Date } => {
  const end = until ?? new Date(from.getTime() + USUAL_MS);
  if (from < now) throw invalid('from', `from ${from.toISOString()} is past: it is ${now.toISOString()}`);
  if (from.getTime() - now.getTime() > FURTHEST_DAYS * DAY_MS) {
    throw invalid('from', `from ${from.toISOString()} is more than ${FURTHEST_DAYS} days ahead`);
  }
  const length = end.getTime() - from.getTime();
  if (length < SHORTEST_MS || length > DAY_MS) {
    throw invalid('until', `until ${end.toISOString()} is not 5 minutes to a day after from ${from.toISOString()}`);
  }
  return { from, until: end };
};

export interface CalledAt {
  law: Law;
  /** IANA zones joined by '|'. */
  zone: string;
  /** Hours of the campaign, which narrow those of the law. */
  within: DayWindow;
}

/** Refuses a moment at which the person may not be called, with the hours at which they may. */
export const requireLawful = (from: Date, { law, zone, within }: CalledAt): void => {
  const at = from.getTime();
  const { open, nextAt } = law.callingHours(at, zone, within);
  if (open) return;
  const local = zone
    .split('|')
    .map((one) => `${DateTime.fromMillis(at, { zone: one }).toFormat('HH:mm')} in ${one}`)
    .join(' and ');
  const hours = law.hoursInWords(at, zone, within);
  const next = nextAt === undefined ? '' : `; the next lawful moment is ${new Date(nextAt).toISOString()}`;
  throw invalid('from', `from ${from.toISOString()} is ${local}: calls are lawful there that day ${hours}${next}`);
};
