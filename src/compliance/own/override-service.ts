import type { EntityManager } from 'typeorm';
import { z } from 'zod';
import { invalid, OutdialError } from '../../errors';
import { id, text } from '../../infra/validate';
import type { Caller } from '../../organisations/caller';
import { idempotencyKey } from '../../organisations/idempotency';
import { createRecords, type RecordDeps, type Records } from '../../organisations/records';
import { checkRules } from '../law/check-profile';
import { RULE_NAMES, type RuleName, rulesShape } from '../law/profile';
import { calendarDay } from '../shifts';
import { type ComplianceOverride, ComplianceOverrideEntity } from './compliance-override';
import type { LawBook } from './law-book';
import { raiseLawVersion } from './law-version';

export const complianceRules = z
  .object(rulesShape)
  .meta({ typeName: 'ComplianceRulesInput', description: 'Rules of a profile, each under its name.' });

export const createComplianceOverrideInput = z.object({
  profile: text(20).describe('Jurisdiction of a shipped profile: US-FL, GB, DEFAULT.'),
  rule: complianceRules.describe("Exactly one rule: it stands in place of the profile's whole rule of that name."),
  reason: text(2000, 10).describe('Why it may be looser, 10–2000 characters. It is kept for good.'),
  from: calendarDay.describe('First day, YYYY-MM-DD, of the called person.'),
  to: calendarDay.describe('Last day, YYYY-MM-DD, of the called person; at most 366 days after the first.'),
  idempotencyKey,
});
type CreateOverride = z.output<typeof createComplianceOverrideInput>;

/** Nothing of an override changes but its end: what was decided once stands as it was. */
const endInput = z.object({ id: id(), version: z.int() });

export type ComplianceOverrideService = Pick<Records<ComplianceOverride>, 'get' | 'find' | 'list' | 'create'> & {
  /** At once: the profile's own rule holds again. */
  end(caller: Caller, id: string): Promise<ComplianceOverride>;
};

const MAX_DAYS = 366;

const theOneRule = (given: CreateOverride['rule']): RuleName => {
  const names = RULE_NAMES.filter((name) => (given[name] ?? null) !== null);
  const [name] = names;
  if (!name || names.length > 1) {
    throw invalid('rule', `rule has ${names.join(', ') || 'none'}; give exactly one of ${RULE_NAMES.join(', ')}`);
  }
  return name;
};

const OVERLAP = `/* override.overlap */
SELECT from_day AS "from", to_day AS "to" FROM compliance_override
WHERE organisation_id = $1 AND profile = $2 AND rule = $3 AND ended_at IS NULL AND id <> $4
  AND from_day <= $6 AND to_day >= $5 LIMIT 1`;

// Two at once for the same rule: the second waits here and sees the first.
const LOCK = `/* override.lock */ SELECT id FROM organisation WHERE id = $1 FOR NO KEY UPDATE`;

const checkAlone = async (row: ComplianceOverride, manager: EntityManager): Promise<void> => {
  await manager.query(LOCK, [row.organisationId]);
  const { organisationId, profile, rule: name, id: own, fromDay, toDay } = row;
  const [other] = (await manager.query(OVERLAP, [organisationId, profile, name, own, fromDay, toDay])) as {
    from: string;
    to: string;
  }[];
  if (!other) return;
  const message = `another override of ${name} of ${profile} holds from ${other.from} to ${other.to}; end it first`;
  throw new OutdialError('CONFLICT', message, 'from');
};

export const createComplianceOverrideService = (deps: RecordDeps, laws: LawBook): ComplianceOverrideService => {
  const records = createRecords<ComplianceOverride, typeof createComplianceOverrideInput, typeof endInput>(deps, {
    entity: ComplianceOverrideEntity,
    label: 'compliance override',
    create: createComplianceOverrideInput,
    update: endInput,
    fields: (given) => {
      if (!('rule' in given)) return {};
      const name = theOneRule(given.rule);
      checkRules('rule', given.rule);
      return {
        profile: given.profile,
        rule: name,
        value: given.rule[name] as ComplianceOverride['value'],
        reason: given.reason,
        fromDay: given.from,
        toDay: given.to,
      };
    },
    async check(row, { manager, caller, before }) {
      if (before) return raiseLawVersion(manager, caller);
      row.createdBy = caller.actor;
      row.endedAt = null;
      const { profile, fromDay, toDay } = row;
      const codes = laws.shipped.map(({ jurisdiction }) => jurisdiction);
      if (!codes.includes(profile)) {
        throw invalid('profile', `profile ${profile} is no shipped profile, only ${codes.join(', ')}`);
      }
      if (toDay < fromDay) throw invalid('to', `to ${toDay} is before from ${fromDay}`);
      const days = (Date.parse(toDay) - Date.parse(fromDay)) / 86_400_000 + 1;
      if (days > MAX_DAYS) throw invalid('to', `to ${toDay} makes ${days} days; at most ${MAX_DAYS} are allowed`);
      await checkAlone(row, manager);
      await raiseLawVersion(manager, caller);
    },
  });
  return {
    ...records,
    end: (caller, overrideId) =>
      records.act(caller, overrideId, 'end', (row, now) => (row.endedAt ? null : { endedAt: now })),
  };
};
