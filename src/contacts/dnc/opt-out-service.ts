import type { Pool } from 'pg';
import { z } from 'zod';
import { invalid, notFound, OutdialError } from '../../errors';
import type { Clock } from '../../infra/clock';
import { newId } from '../../infra/ids';
import { maskNumber } from '../../infra/logger';
import { type Page, type PageRequest, pageOf } from '../../infra/page';
import { type Sql, transaction } from '../../infra/postgres';
import { e164 } from '../../infra/telephone';
import { id, parse, text } from '../../infra/validate';
import { audit } from '../../organisations/audit';
import { type Caller, hasRole, seesNumbers } from '../../organisations/caller';
import { idempotencyKey, takeKey } from '../../organisations/idempotency';
import { isId } from '../../organisations/records';
import { lockClaimsOut, lockNumbers } from '../claim-locks';
import { requestReopening } from './reopen-unlisted';

/** How a person said it. */
export const OPT_OUT_SOURCES = ['DESKTOP', 'KEY_PRESS', 'API'] as const;
export type OptOutSource = (typeof OPT_OUT_SOURCES)[number];

/** Somebody does not want to be called any more: by this number, or at all. */
export interface OptOut {
  id: string;
  kind: 'NUMBER' | 'CUSTOMER_ID';
  value: string;
  source: OptOutSource;
  reason: string;
  attemptId: string | null;
  addedBy: string;
  addedAt: Date;
  withdrawnBy: string | null;
  withdrawnAt: Date | null;
  withdrawalReason: string | null;
}

const who = {
  number: e164().optional().describe('The number, in E.164 form.'),
  customerId: text(100).optional().describe('Or the external id: every number of the person, in every list.'),
};
export const optOutInput = z.object({
  ...who,
  attemptId: id().optional().describe('Or a call: its number. An agent may name its own calls only, and nothing else.'),
  source: z.enum(OPT_OUT_SOURCES).meta({ typeName: 'OptOutSource' }).default('API').describe('How the person said it.'),
  reason: text(500, 0).default('').describe('What the person said, in words.'),
  idempotencyKey,
});
export const withdrawOptOutInput = z.object({
  ...who,
  reason: text(500).describe('Why the person may be called again; kept in the audit.'),
});

const COLUMNS = `id, kind, value, source, reason, attempt_id AS "attemptId", added_by AS "addedBy", added_at AS "addedAt",
  withdrawn_by AS "withdrawnBy", withdrawn_at AS "withdrawnAt", withdrawal_reason AS "withdrawalReason"`;
const ATTEMPT = `/* optOut.attempt */
SELECT number, agent_id AS "agentId" FROM call_attempt WHERE id = $1 AND organisation_id = $2`;
const MARK = `/* optOut.mark */
INSERT INTO phone_number (organisation_id, number, opted_out_at, opt_out_source) VALUES ($1, $2, $3, $4)
ON CONFLICT (organisation_id, number) DO UPDATE SET opted_out_at = $3, opt_out_source = $4`;
const INSERT = `/* optOut.insert */
INSERT INTO opt_out (id, organisation_id, kind, value, source, reason, attempt_id, added_by, added_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (organisation_id, kind, value) WHERE withdrawn_at IS NULL DO NOTHING RETURNING ${COLUMNS}`;
const IN_FORCE = `/* optOut.inForce */
SELECT ${COLUMNS} FROM opt_out WHERE organisation_id = $1 AND kind = $2 AND value = $3 AND withdrawn_at IS NULL`;
const WITHDRAW = `/* optOut.withdraw */
UPDATE opt_out SET withdrawn_by = $4, withdrawn_at = $5, withdrawal_reason = $6
WHERE organisation_id = $1 AND kind = $2 AND value = $3 AND withdrawn_at IS NULL RETURNING ${COLUMNS}`;
const READ = `/* optOut.read */ SELECT ${COLUMNS} FROM opt_out WHERE id = $1 AND organisation_id = $2`;
const LIST = `/* optOut.list */
SELECT ${COLUMNS} FROM opt_out WHERE organisation_id = $1 AND ($2::uuid IS NULL OR id > $2) ORDER BY id LIMIT $3`;

type Subject = Pick<OptOut, 'kind' | 'value'>;

/**
 * An opt-out acts from its commit on, in every campaign of the organisation: it holds the very lock that a claim holds, so a
 * claim either came before it (that one call may end) or sees it.
 */
export class OptOutService {
  constructor(private readonly deps: { pool: Pool; clock: Clock }) {}

  async list(caller: Caller, { first, after }: PageRequest): Promise<Page<OptOut>> {
    const from = after && isId(after) ? after : null;
    const { rows } = await this.deps.pool.query<OptOut>(LIST, [caller.organisationId, from, first + 1]);
    return pageOf(
      rows.map((row) => seenBy(caller, row)),
      first,
    );
  }

  /** Null when the person may be called, as far as they are concerned. */
  async find(caller: Caller, input: unknown): Promise<OptOut | null> {
    const { kind, value } = subjectOf(parse(z.object(who), input));
    const { rows } = await this.deps.pool.query<OptOut>(IN_FORCE, [caller.organisationId, kind, value]);
    return rows[0] ? seenBy(caller, rows[0]) : null;
  }

  /** Said twice it stays the first. */
  async add(caller: Caller, input: unknown): Promise<OptOut> {
    const given = parse(optOutInput, input);
    const { attemptId, source, reason, idempotencyKey: key } = given;
    const { organisationId, actor } = caller;
    const at = this.deps.clock.date();
    return transaction(this.deps.pool, async (sql) => {
      const { kind, value } = attemptId === undefined ? subjectFor(caller, given) : await numberOf(sql, caller, given);
      await lock(sql, caller, { kind, value });
      const optOutId = newId();
      const once = { key, mutation: 'opt out', request: given, entityId: optOutId, at };
      const known = await takeKey(sql, caller, once);
      if (known) return seenBy(caller, await readOptOut(sql, caller, known));
      const row = [optOutId, organisationId, kind, value, source, reason, attemptId ?? null, actor, at];
      const made = (await sql.query<OptOut>(INSERT, row)).rows[0];
      if (!made) {
        const before = (await sql.query<OptOut>(IN_FORCE, [organisationId, kind, value])).rows[0];
        if (!before) throw new OutdialError('INTERNAL', 'the opt-out could not be read back');
        return seenBy(caller, before);
      }
      if (kind === 'NUMBER') await sql.query(MARK, [organisationId, value, at, source]);
      const after = { kind, value, source, reason, attemptId };
      await audit(sql, caller, at, { action: 'opt out', entity: 'opt-out', entityId: made.id, after });
      return seenBy(caller, made);
    });
  }

  async withdraw(caller: Caller, input: unknown): Promise<OptOut> {
    const { reason, ...given } = parse(withdrawOptOutInput, input);
    const { kind, value } = subjectOf(given);
    const { organisationId, actor } = caller;
    const at = this.deps.clock.date();
    return transaction(this.deps.pool, async (sql) => {
      await lock(sql, caller, { kind, value });
      const { rows } = await sql.query<OptOut>(WITHDRAW, [organisationId, kind, value, actor, at, reason]);
      const row = rows[0];
      if (!row) throw notFound('opt-out', kind === 'NUMBER' ? maskNumber(value) : value);
      if (kind === 'NUMBER') await sql.query(MARK, [organisationId, value, null, null]);
      await requestReopening(sql, caller, at);
      const change = { action: 'withdraw', entity: 'opt-out', entityId: row.id, after: { kind, value, reason } };
      await audit(sql, caller, at, change);
      return seenBy(caller, row);
    });
  }
}

const readOptOut = async (sql: Sql, { organisationId }: Caller, optOutId: string): Promise<OptOut> => {
  const row = (await sql.query<OptOut>(READ, [optOutId, organisationId])).rows[0];
  if (!row) throw notFound('opt-out', optOutId);
  return row;
};

const subjectOf = ({
  number,
  customerId,
}: {
  number?: string | undefined;
  customerId?: string | undefined;
}): Subject => {
  if ((number === undefined) === (customerId === undefined)) {
    throw invalid('number', 'exactly one of number and customerId must be given');
  }
  return number === undefined
    ? { kind: 'CUSTOMER_ID', value: customerId as string }
    : { kind: 'NUMBER', value: number };
};

const MAY_NAME_ANYBODY = ['CAMPAIGN_MANAGER', 'SUPERVISOR', 'INTEGRATION'] as const;

const subjectFor = (caller: Caller, given: Parameters<typeof subjectOf>[0]): Subject => {
  if (hasRole(caller, ...MAY_NAME_ANYBODY)) return subjectOf(given);
  throw new OutdialError('FORBIDDEN', 'an agent opts out the person of its own call: attemptId must be given');
};

const numberOf = async (sql: Sql, caller: Caller, given: z.output<typeof optOutInput>): Promise<Subject> => {
  const { attemptId, number, customerId } = given;
  if (number !== undefined || customerId !== undefined) {
    throw invalid('attemptId', 'attemptId stands for the number of the call: number and customerId must not be given');
  }
  const values = [attemptId, caller.organisationId];
  const attempt = (await sql.query<{ number: string; agentId: string | null }>(ATTEMPT, values)).rows[0];
  const own = attempt !== undefined && caller.agentId !== undefined && attempt.agentId === caller.agentId;
  // Of another's call an agent learns no more than of one that does not exist.
  if (!attempt || !(own || hasRole(caller, ...MAY_NAME_ANYBODY))) throw notFound('call attempt', String(attemptId));
  return { kind: 'NUMBER', value: attempt.number };
};

const lock = (sql: Sql, { organisationId }: Caller, { kind, value }: Subject): Promise<void> =>
  kind === 'NUMBER' ? lockNumbers(sql, organisationId, [value]) : lockClaimsOut(sql, organisationId);

const seenBy = (caller: Caller, row: OptOut): OptOut =>
  row.kind === 'CUSTOMER_ID' || seesNumbers(caller) ? row : { ...row, value: maskNumber(row.value) };
