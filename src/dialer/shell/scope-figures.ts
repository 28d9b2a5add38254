import { monotonic } from '../../infra/clock';
import type { Sql } from '../../infra/postgres';
import type { BusinessTime } from '../kernel/clocks';
import type { WindowView } from '../kernel/kernel';
import { span } from '../kernel/windows';
import type { GuardScope } from './campaign-law';
import { countScopes, type ScopeFigures } from './claim/guard-scopes';

/** Windows wider than a campaign as the live figures show them: read now and then, and only where there are such. */
export interface ScopeWindows {
  /** Reads them again when it is time; what goes wrong leaves the former figures. */
  refresh(scopes: readonly GuardScope[]): Promise<void>;
  viewsOf(scopes: readonly GuardScope[]): WindowView[];
  /** Whether one of them bears no further line without an agent. */
  holdsBack(scopes: readonly GuardScope[]): boolean;
}

const EVERY_MS = 5_000;

export const createScopeWindows = (options: {
  sql: Sql;
  organisationId: string;
  time: () => BusinessTime;
}): ScopeWindows => {
  let figures = new Map<string, ScopeFigures>();
  let readAt = Number.NEGATIVE_INFINITY;

  const viewOf = ({ scope, answers, abandons }: ScopeFigures): WindowView => ({
    kind: scope.window.kind,
    ...span(scope.window, options.time().slow),
    scope: 'ORGANISATION',
    profiles: scope.window.profiles ?? [],
    limitPercent: scope.limitPercent,
    liveAnswers: answers,
    abandons,
    ratePercent: answers === 0 ? null : (100 * abandons) / answers,
  });

  return {
    async refresh(scopes) {
      if (scopes.length === 0 || monotonic() - readAt < EVERY_MS) return;
      readAt = monotonic();
      const byRule = new Map(scopes.map((scope) => [scope.rule, scope]));
      figures = await countScopes(options.sql, options.organisationId, [...byRule.values()], options.time());
    },
    viewsOf: (scopes) =>
      scopes.flatMap(({ rule }) => {
        const found = figures.get(rule);
        return found ? [viewOf(found)] : [];
      }),
    holdsBack: (scopes) => scopes.some(({ rule }) => (figures.get(rule)?.left ?? 1) <= 0),
  };
};
