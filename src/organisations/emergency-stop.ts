import type { Pool } from 'pg';
import { z } from 'zod';
import type { CommandClient } from '../dialer/command-client';
import { isOutdialError } from '../errors';
import type { Clock } from '../infra/clock';
import { newId } from '../infra/ids';
import { transaction } from '../infra/postgres';
import { parse, text } from '../infra/validate';
import { audit } from './audit';
import type { Caller } from './caller';

export const CONFIRMATIONS = ['CONFIRMED', 'NOT_RUNNING', 'UNCONFIRMED'] as const;

export interface DialerConfirmation {
  dialerId: string;
  name: string;
  /** NOT_RUNNING: no process holds its lease, so it can place nothing. */
  confirmation: (typeof CONFIRMATIONS)[number];
}

export interface DiallingState {
  stoppedAt: Date | null;
  stoppedBy: string | null;
  reason: string | null;
  dialers: DialerConfirmation[];
}

export interface EmergencyStop {
  stop(caller: Caller, reason: string, idempotencyKey?: string): Promise<DiallingState>;
  resume(caller: Caller, reason: string, idempotencyKey?: string): Promise<DiallingState>;
}

export interface EmergencyStopDeps {
  hot: Pool;
  clock: Clock;
  commands: CommandClient;
}

/** SPEC: the mutation returns when every dialer has confirmed, after this at the latest. */
const WAIT_MS = 2_500;

const READ = `/* stop.read */
SELECT dialling_stopped_at AS "diallingStoppedAt", dialling_stopped_by AS "diallingStoppedBy",
  dialling_stop_reason AS "diallingStopReason" FROM organisation WHERE id = $1 FOR UPDATE`;

const WRITE = `/* stop.write */
UPDATE organisation SET dialling_stopped_at = $2, dialling_stopped_by = $3, dialling_stop_reason = $4,
  version = version + 1 WHERE id = $1`;

// Leases run in real time, on PostgreSQL's clock.
const DIALERS = `/* stop.dialers */
SELECT d.id, d.name, COALESCE(l.expires_at > clock_timestamp(), false) AS running
FROM dialer d LEFT JOIN dialer_lease l ON l.dialer_id = d.id WHERE d.organisation_id = $1 ORDER BY d.id`;

interface Flag {
  diallingStoppedAt: Date | null;
  diallingStoppedBy: string | null;
  diallingStopReason: string | null;
}

const wording = z.object({ reason: text(200) });

export const createEmergencyStop = ({ hot, clock, commands }: EmergencyStopDeps): EmergencyStop => {
  /** The flag in PostgreSQL is what stops: every claim reads it in its transaction. Dialers are told to be quick. */
  const setFlag = (caller: Caller, action: string, next: (before: Flag) => Flag): Promise<Flag> =>
    transaction(hot, async (sql) => {
      const { organisationId } = caller;
      const before = (await sql.query<Flag>(READ, [organisationId])).rows[0] as Flag;
      const after = next(before);
      await sql.query(WRITE, [
        organisationId,
        after.diallingStoppedAt,
        after.diallingStoppedBy,
        after.diallingStopReason,
      ]);
      const change = { action, entity: 'organisation', entityId: organisationId, before, after };
      await audit(sql, caller, clock.date(), change);
      return after;
    });

  const tellDialers = async (
    caller: Caller,
    kind: 'ORGANISATION_STOP' | 'ORGANISATION_RESUME',
    reason: string,
    key: string,
  ): Promise<DialerConfirmation[]> => {
    const { organisationId } = caller;
    const { rows } = await hot.query<{ id: string; name: string; running: boolean }>(DIALERS, [organisationId]);
    return Promise.all(
      rows.map(async ({ id: dialerId, name, running }): Promise<DialerConfirmation> => {
        if (!running) return { dialerId, name, confirmation: 'NOT_RUNNING' };
        try {
          const order = { organisationId, dialerId, id: `${key}:${dialerId}`, createdBy: caller.actor };
          const target = `organisation:${organisationId}` as const;
          const result =
            kind === 'ORGANISATION_STOP'
              ? await commands.send({ ...order, target, kind, body: { reason } }, WAIT_MS)
              : await commands.send({ ...order, target, kind, body: {} }, WAIT_MS);
          return { dialerId, name, confirmation: result.ok ? 'CONFIRMED' : 'UNCONFIRMED' };
        } catch (error) {
          if (!isOutdialError(error)) throw error;
          return { dialerId, name, confirmation: 'UNCONFIRMED' };
        }
      }),
    );
  };

  const stateOf = (flag: Flag, dialers: DialerConfirmation[]): DiallingState => ({
    stoppedAt: flag.diallingStoppedAt,
    stoppedBy: flag.diallingStoppedBy,
    reason: flag.diallingStopReason,
    dialers,
  });

  return {
    async stop(caller, given, key = newId()) {
      const { reason } = parse(wording, { reason: given });
      const at = clock.date();
      const flag = await setFlag(caller, 'emergency stop', (before) =>
        // The first stop's time and author stand until dialling is resumed.
        before.diallingStoppedAt
          ? before
          : { diallingStoppedAt: at, diallingStoppedBy: caller.actor, diallingStopReason: reason },
      );
      return stateOf(flag, await tellDialers(caller, 'ORGANISATION_STOP', reason, key));
    },

    async resume(caller, given, key = newId()) {
      const { reason } = parse(wording, { reason: given });
      const none = { diallingStoppedAt: null, diallingStoppedBy: null, diallingStopReason: null };
      const flag = await setFlag(caller, `resume dialling: ${reason}`, () => none);
      return stateOf(flag, await tellDialers(caller, 'ORGANISATION_RESUME', reason, key));
    },
  };
};
