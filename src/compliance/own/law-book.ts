import { notFound } from '../../errors';
import type { Sql } from '../../infra/postgres';
import type { LawOverride } from '../law/override';
import type { Profile } from '../law/profile';
import { LawRegistry } from '../law/registry';
import { loadShippedProfiles } from '../law/shipped';

const VERSION = `/* law.version */ SELECT law_version AS version FROM organisation WHERE id = $1`;

const OWN = `/* law.own */
SELECT jurisdiction, name, zones, versions FROM compliance_profile WHERE organisation_id = $1 AND retired_at IS NULL ORDER BY id`;

const OVERRIDES = `/* law.overrides */
SELECT id, profile, rule, value, from_day AS "from", to_day AS "to" FROM compliance_override
WHERE organisation_id = $1 AND ended_at IS NULL ORDER BY id`;

const NEVER_READ = 0;

/** The law of each organisation: read once, and again when its version has risen. */
export class LawBook {
  private readonly registries = new Map<string, { version: number; registry: LawRegistry }>();

  private loaded: readonly Profile[] | undefined;

  constructor(private readonly load: () => readonly Profile[] = loadShippedProfiles) {}

  /** The profiles that come with the product; read and validated when they are first asked for. */
  get shipped(): readonly Profile[] {
    this.loaded ??= this.load();
    return this.loaded;
  }

  /** As it was last read; before that, what is shipped. */
  latest(organisationId: string): LawRegistry {
    const known = this.registries.get(organisationId);
    if (known) return known.registry;
    const registry = new LawRegistry(this.shipped);
    this.registries.set(organisationId, { version: NEVER_READ, registry });
    return registry;
  }

  /**
   * `version` is the organisation's `law_version` where the caller has read it in the same transaction: the answer is then
   * the law of that very version.
   */
  async registryOf(sql: Sql, organisationId: string, version?: number): Promise<LawRegistry> {
    const wanted = version ?? (await readVersion(sql, organisationId));
    const known = this.registries.get(organisationId);
    if (known?.version === wanted) return known.registry;
    const own = await sql.query<Omit<Profile, 'covers'>>(OWN, [organisationId]);
    const overrides = await sql.query<LawOverride>(OVERRIDES, [organisationId]);
    const profiles = own.rows.map((profile) => ({ ...profile, covers: [] }));
    const registry = new LawRegistry(this.shipped, profiles, overrides.rows);
    this.registries.set(organisationId, { version: wanted, registry });
    return registry;
  }
}

const readVersion = async (sql: Sql, organisationId: string): Promise<number> => {
  const { rows } = await sql.query<{ version: number }>(VERSION, [organisationId]);
  if (!rows[0]) throw notFound('organisation', organisationId);
  return rows[0].version;
};
