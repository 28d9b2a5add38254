import type { Pool } from 'pg';
import { z } from 'zod';
import { notFound, OutdialError } from '../../errors';
import type { Clock } from '../../infra/clock';
import { maskNumber } from '../../infra/logger';
import { type Page, type PageRequest, pageOf } from '../../infra/page';
import { transaction } from '../../infra/postgres';
import { e164 } from '../../infra/telephone';
import { parse, patchOf, text } from '../../infra/validate';
import { audit } from '../../organisations/audit';
import { type Caller, seesNumbers } from '../../organisations/caller';
import { idempotencyKey, takeKey } from '../../organisations/idempotency';
import { lockNumbers } from '../claim-locks';
import { requestReopening } from './reopen-unlisted';

/** A number that this organisation must not dial. */
export interface DncNumber {
  number: string;
  source: string;
  reason: string;
  addedBy: string;
  addedAt: Date;
  version: number;
}

const shape = {
  source: text(100).describe('Where the request came from: caller, letter, registry …'),
  reason: text(500, 0).default('').describe('Why, in words.'),
};
export const addDncNumberInput = z.object({
  number: e164().describe('In E.164 form, e.g. +12025550100.'),
  ...shape,
  idempotencyKey,
});
export const updateDncNumberInput = z.object({
  number: e164().describe('In E.164 form.'),
  version: z.int().describe('The version that was read.'),
  ...patchOf(shape),
});
const askedNumber = z.object({ number: e164() });
export const removeDncNumberInput = z.object({
  number: e164().describe('In E.164 form.'),
  reason: text(500).describe('Why it may be dialled again; kept in the audit.'),
});

const COLUMNS = 'number, source, reason, added_by AS "addedBy", added_at AS "addedAt", version';
const INSERT = `/* dnc.insert */
INSERT INTO dnc_number (organisation_id, number, source, reason, added_by, added_at) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (organisation_id, number) DO NOTHING RETURNING ${COLUMNS}`;
const READ = `/* dnc.read */ SELECT ${COLUMNS} FROM dnc_number WHERE organisation_id = $1 AND number = $2`;
const HOLD = `${READ.replace('dnc.read', 'dnc.hold')} FOR UPDATE`;
const UPDATE = `/* dnc.update */
UPDATE dnc_number SET source = $3, reason = $4, version = version + 1 WHERE organisation_id = $1 AND number = $2
RETURNING ${COLUMNS}`;
const DELETE = `/* dnc.delete */ DELETE FROM dnc_number WHERE organisation_id = $1 AND number = $2 RETURNING ${COLUMNS}`;
const LIST = `/* dnc.list */
SELECT ${COLUMNS} FROM dnc_number WHERE organisation_id = $1 AND number > $2 ORDER BY number LIMIT $3`;

export class DncService {
  constructor(private readonly deps: { pool: Pool; clock: Clock }) {}

  /** Ordered by number; a caller without the right to numbers may not page through them, so it is refused by role. */
  async list(caller: Caller, { first, after }: PageRequest): Promise<Page<DncNumber>> {
    const { rows } = await this.deps.pool.query<DncNumber>(LIST, [caller.organisationId, after ?? '', first + 1]);
    return pageOf(rows, first);
  }

  /** Null when the number may be dialled. */
  async find(caller: Caller, number: string): Promise<DncNumber | null> {
    const { number: asked } = parse(askedNumber, { number });
    const { rows } = await this.deps.pool.query<DncNumber>(READ, [caller.organisationId, asked]);
    return rows[0] ? seenBy(caller, rows[0]) : null;
  }

  /** Counts from the commit on: a claim that is in flight then has read the number before, one after it sees the entry. */
  async add(caller: Caller, input: unknown): Promise<DncNumber> {
    const given = parse(addDncNumberInput, input);
    const { number, source, reason, idempotencyKey: key } = given;
    const at = this.deps.clock.date();
    const entry = await transaction(this.deps.pool, async (sql) => {
      const known = await takeKey(sql, caller, {
        key,
        mutation: 'add DNC number',
        request: given,
        entityId: number,
        at,
      });
      if (known) return (await sql.query<DncNumber>(READ, [caller.organisationId, number])).rows[0];
      await lockNumbers(sql, caller.organisationId, [number]);
      const values = [caller.organisationId, number, source, reason, caller.actor, at];
      const made = (await sql.query<DncNumber>(INSERT, values)).rows[0];
      if (!made) throw new OutdialError('CONFLICT', `${maskNumber(number)} is a DNC number already`, 'number');
      const after = { source, reason };
      await audit(sql, caller, at, { action: 'add', entity: 'DNC number', entityId: number, after });
      return made;
    });
    if (!entry)
      throw new OutdialError('CONFLICT', `${maskNumber(number)} was added by this key and removed since`, 'number');
    return seenBy(caller, entry);
  }

  /** What is said of the entry; the number stays forbidden all the while. */
  async update(caller: Caller, input: unknown): Promise<DncNumber> {
    const { number, version, ...changes } = parse(updateDncNumberInput, input);
    const key = [caller.organisationId, number];
    const at = this.deps.clock.date();
    return transaction(this.deps.pool, async (sql) => {
      const before = (await sql.query<DncNumber>(HOLD, key)).rows[0];
      if (!before) throw notFound('DNC number', maskNumber(number));
      if (before.version !== version) {
        const message = `version ${version} is not the newest: the entry has version ${before.version}; read it again`;
        throw new OutdialError('VERSION_CONFLICT', message, 'version');
      }
      const { source, reason } = { ...before, ...changes };
      const after = (await sql.query<DncNumber>(UPDATE, [...key, source, reason])).rows[0];
      if (!after) throw new OutdialError('INTERNAL', 'the DNC number could not be read back');
      await audit(sql, caller, at, { action: 'update', entity: 'DNC number', entityId: number, before, after });
      return seenBy(caller, after);
    });
  }

  async remove(caller: Caller, input: unknown): Promise<DncNumber> {
    const { number, reason } = parse(removeDncNumberInput, input);
    const at = this.deps.clock.date();
    return transaction(this.deps.pool, async (sql) => {
      await lockNumbers(sql, caller.organisationId, [number]);
      const entry = (await sql.query<DncNumber>(DELETE, [caller.organisationId, number])).rows[0];
      if (!entry) throw notFound('DNC number', maskNumber(number));
      await requestReopening(sql, caller, at);
      const change = { action: 'remove', entity: 'DNC number', entityId: number, before: entry, after: { reason } };
      await audit(sql, caller, at, change);
      return seenBy(caller, entry);
    });
  }
}

const seenBy = (caller: Caller, entry: DncNumber): DncNumber =>
  seesNumbers(caller) ? entry : { ...entry, number: maskNumber(entry.number) };
