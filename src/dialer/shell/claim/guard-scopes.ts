import { linesLeft } from '../../../compliance/abandon/windows-in-force';
import { type Sql, together } from '../../../infra/postgres';
import type { BusinessTime } from '../../kernel/clocks';
import type { AbandonCause } from '../../kernel/messages';
import { beginning } from '../../kernel/windows';
import type { GuardScope } from '../campaign-law';

/**
 * Windows wider than a campaign. A claim that asks for lines without an agent locks the row of every scope concerned, the last
 * that it waits for, and then sees all that earlier claims of all dialers have written. Attempts at risk and the ledger are read
 * in one statement: an outcome that commits meanwhile is in the one or in the other, never in neither.
 */

const ENSURE = `/* claim.ensure-scopes */
INSERT INTO guard_scope (organisation_id, rule)
SELECT $1, rule FROM unnest($2::text[]) AS u(rule) ORDER BY rule
ON CONFLICT DO NOTHING`;

const LOCK = `/* claim.lock-scopes */
SELECT rule FROM guard_scope WHERE organisation_id = $1 AND rule = ANY($2::text[]) ORDER BY rule FOR UPDATE`;

const COUNT = `/* guard-scopes.count */
SELECT r.rule, m.*, (
  SELECT count(*) FROM call_attempt a
  WHERE a.organisation_id = $1 AND a.at_risk AND a.outcome IS NULL AND r.rule = ANY(a.guard_scopes)) AS "atRisk"
FROM unnest($2::text[], $3::timestamptz[], $4::timestamptz[]) AS r(rule, since, later)
CROSS JOIN LATERAL (
  SELECT coalesce(sum(live_answers), 0) AS live, coalesce(sum(served), 0) AS served,
    coalesce(sum(overdial), 0) AS overdial, coalesce(sum(agent_lost), 0) AS "agentLost",
    coalesce(sum(amd_false), 0) AS "amdFalse", coalesce(sum(fault), 0) AS fault,
    coalesce(sum(live_answers) FILTER (WHERE minute > r.later), 0) AS "liveLater",
    coalesce(sum(served + overdial + agent_lost + amd_false + fault) FILTER (WHERE minute > r.later), 0) AS "handledLater"
  FROM guard_scope_minute s WHERE s.organisation_id = $1 AND s.rule = r.rule AND s.minute > r.since
) m`;

interface Row {
  rule: string;
  atRisk: number;
  live: number;
  served: number;
  overdial: number;
  agentLost: number;
  amdFalse: number;
  fault: number;
  liveLater: number;
  handledLater: number;
}

export interface ScopeFigures {
  scope: GuardScope;
  /** What the percentage is taken of, and the abandons in the window now. */
  answers: number;
  abandons: number;
  atRisk: number;
  /** Lines without an agent that may still be begun. */
  left: number;
}

const MINUTE = 60_000;
/**
 * More than any campaign's line can take to be abandoned (ring limit 80 s, analysis 22 s): lines of all campaigns are at risk
 * together, whichever of them is asked for.
 */
const HORIZON_MS = 180_000;

const causesOf = (row: Row): Record<AbandonCause, number> => ({
  OVERDIAL: row.overdial,
  AGENT_LOST: row.agentLost,
  AMD_FALSE: row.amdFalse,
  FAULT: row.fault,
});

const figuresOf = (scope: GuardScope, row: Row): ScopeFigures => {
  const causes = causesOf(row);
  const sum = (wanted: AbandonCause[]) => wanted.reduce((total, cause) => total + causes[cause], 0);
  const all = Object.keys(causes) as AbandonCause[];
  const abandons = sum(scope.window.numerator ?? all);
  const served = scope.window.denominator === 'SERVED_OR_ABANDONED';
  const laterAnswers = served ? row.handledLater : row.liveLater;
  return {
    scope,
    answers: served ? row.served + sum(all) : row.live,
    abandons,
    atRisk: row.atRisk,
    left: linesLeft({ abandons, laterAnswers, atRisk: row.atRisk }, scope.limitPercent),
  };
};

/** Abandons leave a window by the slow clock, answers by the fast one, whole minutes each on the side that forbids. */
export const countScopes = async (
  sql: Sql,
  organisationId: string,
  scopes: readonly GuardScope[],
  { slow, fast }: BusinessTime,
): Promise<Map<string, ScopeFigures>> => {
  const known = scopes.flatMap((scope) => {
    const since = beginning(scope.window, slow);
    const later = beginning(scope.window, fast + HORIZON_MS);
    if (since === null || later === null) return [];
    // A rolling window is open at its beginning, a calendar's period closed.
    const open = scope.window.kind === 'ROLLING' ? later : later - 1;
    return [{ scope, since: new Date(since - MINUTE), later: new Date(open) }];
  });
  if (known.length === 0) return new Map();
  const { rows } = await sql.query<Row>({
    name: 'guard-scopes.count',
    text: COUNT,
    values: [
      organisationId,
      known.map(({ scope }) => scope.rule),
      known.map(({ since }) => since),
      known.map(({ later }) => later),
    ],
  });
  const byRule = new Map(rows.map((row) => [row.rule, row]));
  return new Map(
    known.flatMap(({ scope }) => {
      const row = byRule.get(scope.rule);
      return row ? [[scope.rule, figuresOf(scope, row)]] : [];
    }),
  );
};

/** What the scopes of a batch still bear, used up as it is judged. One whose calendar says nothing bears nothing. */
export class UncoveredBudget {
  constructor(private readonly figures: ReadonlyMap<string, ScopeFigures> = new Map()) {}

  mayTake(scopes: readonly GuardScope[]): boolean {
    return scopes.every(({ rule }) => (this.figures.get(rule)?.left ?? 0) > 0);
  }

  take(scopes: readonly GuardScope[]): void {
    for (const { rule } of scopes) {
      const figures = this.figures.get(rule);
      if (figures) figures.left -= 1;
    }
  }
}

/** Costs nothing where no scope is asked. */
export const holdScopes = async (
  sql: Sql,
  organisationId: string,
  scopes: readonly GuardScope[],
  time: BusinessTime,
): Promise<UncoveredBudget> => {
  const byRule = new Map<string, GuardScope>();
  for (const scope of scopes) {
    const known = byRule.get(scope.rule);
    if (!known || scope.limitPercent < known.limitPercent) byRule.set(scope.rule, scope);
  }
  const rules = [...byRule.keys()].sort();
  if (rules.length === 0) return new UncoveredBudget();
  const [, , figures] = await together(
    sql,
    () => sql.query({ name: 'claim.ensure-scopes', text: ENSURE, values: [organisationId, rules] }),
    () => sql.query({ name: 'claim.lock-scopes', text: LOCK, values: [organisationId, rules] }),
    () => countScopes(sql, organisationId, [...byRule.values()], time),
  );
  return new UncoveredBudget(figures);
};
