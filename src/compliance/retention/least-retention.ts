import type { Sql } from '../../infra/postgres';
import { readLawCodesOf } from '../abandon/law-codes';
import { rulesInForce } from '../law/law-of';
import type { LawRegistry } from '../law/registry';

/** How long records must be kept at least, and who says so. */
export interface LeastRetention {
  days: number;
  /** The profile with its version: `US@2024-10-15`. */
  profile: string;
  source: string;
}

/** The longest of the laws of these codes, each `US|US-FL` as it stands with a contact; undefined: none says anything. */
export const leastRetention = (
  laws: readonly string[],
  at: number,
  registry: LawRegistry,
): LeastRetention | undefined =>
  laws
    .flatMap((codes) => rulesInForce(codes, at, registry))
    .flatMap(({ label, rules: { retention } }) =>
      retention ? [{ days: retention.days, profile: label, source: retention.source.cite }] : [],
    )
    .reduce<LeastRetention | undefined>(
      (longest, one) => (longest && longest.days >= one.days ? longest : one),
      undefined,
    );

const CAMPAIGNS = `/* retention.campaigns */ SELECT id FROM campaign WHERE organisation_id = $1 ORDER BY id`;

export const campaignsOf = async (sql: Sql, organisationId: string): Promise<string[]> =>
  (await sql.query<{ id: string }>(CAMPAIGNS, [organisationId])).rows.map(({ id }) => id);

/** Whose laws the contacts of all its campaigns are under; before it has any, what holds for everybody. */
export const lawsOf = async (sql: Sql, organisationId: string): Promise<string[]> => {
  const codes = await readLawCodesOf(sql, await campaignsOf(sql, organisationId));
  const laws = new Set([...codes.values()].flat());
  return laws.size === 0 ? [''] : [...laws].sort();
};
