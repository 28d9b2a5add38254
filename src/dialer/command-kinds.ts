import { z } from 'zod';
import type { ErrorCode } from '../errors';

/**
 * The orders a dialer takes. Each is a row of `dialer_command`; its result and its effect are one transaction of the
 * dialer, so an order that was answered has happened and one that was not may be sent again under the same id.
 */
const nothing = z.strictObject({});
const reason = z.string().trim().min(1).max(200);

export const COMMAND_BODIES = {
  CAMPAIGN_START: nothing,
  CAMPAIGN_PAUSE: nothing,
  CAMPAIGN_RESUME: nothing,
  CAMPAIGN_STOP: nothing,
  /** Parameters, group or lists have changed: the dialer reads them again and drops the candidates it holds. */
  CAMPAIGN_RELOAD: nothing,
  AGENT_LOGIN: z.strictObject({ deviceId: z.uuid() }),
  AGENT_AVAILABLE: nothing,
  AGENT_IDLE: z.strictObject({ reason }),
  AGENT_LOGOUT: z.strictObject({ reason }),
  AGENT_WRAP_UP: z.strictObject({ attemptId: z.uuid(), code: z.string().trim().min(1).max(100) }),
  AGENT_HANG_UP: z.strictObject({ attemptId: z.uuid() }),
  /** One row for each dialer of the organisation; answered once no unsent originate can leave any more. */
  ORGANISATION_STOP: z.strictObject({ reason }),
  ORGANISATION_RESUME: nothing,
} as const;

export type CommandKind = keyof typeof COMMAND_BODIES;
export type CommandBody<K extends CommandKind = CommandKind> = z.infer<(typeof COMMAND_BODIES)[K]>;

export type CommandTarget = `campaign:${string}` | `agent:${string}` | `organisation:${string}`;

export type CommandResult =
  | ({ ok: true } & Record<string, unknown>)
  | { ok: false; code: ErrorCode; message: string; field?: string };

/** What kind of thing a kind of command is about: the part of `target` before the colon. */
export const targetTypeOf = (kind: CommandKind): 'campaign' | 'agent' | 'organisation' =>
  kind.startsWith('CAMPAIGN_') ? 'campaign' : kind.startsWith('AGENT_') ? 'agent' : 'organisation';

/** After this long an order that was not taken is refused: a person who gave it has moved on. */
export const COMMAND_LIFE_MS = 5_000;

export const commandTopics = {
  /** Wakes the dialer; it also sweeps every second. */
  wake: (dialerId: string) => `dialer:${dialerId}`,
  /** Says that a command has its result; the sender also polls the row. */
  done: (organisationId: string, commandId: string) => `${organisationId}:command:${commandId}`,
} as const;
