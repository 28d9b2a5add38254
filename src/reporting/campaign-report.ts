import type { Pool } from 'pg';
import { invalid } from '../errors';
import type { Warehouse } from '../infra/clickhouse';
import { type Page, type PageRequest, pageOf } from '../infra/page';
import type { Caller } from '../organisations/caller';
import { type Dimension, groupKeys, type Interval, type RowKeys, rowKeys } from './dimensions';
import { MEASURE_COLUMNS, type MeasureRow, type Measures, measuresOf } from './measures';
import { namesOf } from './names';
import { type AttemptFilterInput, parseFilter, whereOf } from './report-filter';
import { requireReports } from './report-roles';
import { readWarehouse, streamWarehouse, type WarehouseQuery } from './warehouse-read';

export interface Grouping {
  groupBy: Dimension[];
  interval?: Interval | null;
}

export interface ReportRow extends RowKeys {
  /** Place in the report: what the next page begins after. */
  key: string;
  campaignName?: string | null;
  agentName?: string | null;
  listName?: string | null;
  measures: Measures;
}

type RawRow = MeasureRow & { keys: string[] };

export interface ReportDeps {
  warehouse: Warehouse;
  pool: Pool;
}

const decodeKey = (key: string, length: number): string[] => {
  try {
    const values: unknown = JSON.parse(key);
    if (Array.isArray(values) && values.length === length && values.every((value) => typeof value === 'string')) {
      return values;
    }
  } catch {
    // Not ours: refused below.
  }
  throw invalid('after', 'after is not a cursor of this report');
};

/** Attempts grouped by the given dimensions, over the newest version of each attempt. */
const rowsQuery = (
  caller: Caller,
  input: AttemptFilterInput,
  grouping: Grouping,
  page?: PageRequest,
): WarehouseQuery => {
  const where = whereOf(caller.organisationId, parseFilter(input));
  const { expressions, params } = groupKeys(grouping.groupBy, grouping.interval);
  const after = page?.after ? decodeKey(page.after, expressions.length) : undefined;
  const list = expressions.map((_, index) => `k${index}`).join(', ');
  const sql = `SELECT [${list}] AS keys,
  ${MEASURE_COLUMNS}
FROM (SELECT *, ${expressions.map((expression, index) => `${expression} AS k${index}`).join(', ')}
      FROM call_attempt FINAL WHERE ${where.sql})
${after ? `WHERE [${list}] > {after:Array(String)}` : ''}
GROUP BY ${list}
ORDER BY ${list}
${page ? 'LIMIT {limit:UInt32}' : ''}`;
  return { sql, params: { ...where.params, ...params, after, limit: page && page.first + 1 } };
};

export const createCampaignReport = ({ warehouse, pool }: ReportDeps) => {
  const named = async (caller: Caller, groupBy: Dimension[], raw: RawRow[]): Promise<ReportRow[]> => {
    const rows = raw.map(({ keys, ...measures }) => ({
      key: JSON.stringify(keys),
      ...rowKeys(groupBy, keys),
      measures: measuresOf(measures as MeasureRow),
    }));
    const { organisationId } = caller;
    const [campaigns, agents, lists] = await Promise.all([
      namesOf(
        pool,
        organisationId,
        'campaign',
        rows.map((row) => row.campaignId),
      ),
      namesOf(
        pool,
        organisationId,
        'agent',
        rows.map((row) => row.agentId),
      ),
      namesOf(
        pool,
        organisationId,
        'list',
        rows.map((row) => row.listId),
      ),
    ]);
    return rows.map((row) => ({
      ...row,
      campaignName: row.campaignId ? (campaigns.get(row.campaignId) ?? null) : undefined,
      agentName: row.agentId ? (agents.get(row.agentId) ?? null) : undefined,
      listName: row.listId ? (lists.get(row.listId) ?? null) : undefined,
    }));
  };

  return {
    /** Everything that the filter lets through, in one row. */
    async totals(caller: Caller, filter: AttemptFilterInput): Promise<Measures> {
      requireReports(caller);
      const { sql, params } = whereOf(caller.organisationId, parseFilter(filter));
      const [row] = await readWarehouse<MeasureRow>(warehouse, {
        sql: `SELECT ${MEASURE_COLUMNS}\nFROM call_attempt FINAL WHERE ${sql}`,
        params,
      });
      if (!row) throw new Error('an aggregate without groups has one row');
      return measuresOf(row);
    },

    async rows(
      caller: Caller,
      filter: AttemptFilterInput,
      grouping: Grouping,
      page: PageRequest,
    ): Promise<Page<ReportRow>> {
      requireReports(caller);
      const raw = await readWarehouse<RawRow>(warehouse, rowsQuery(caller, filter, grouping, page));
      const { rows, more } = pageOf(raw, page.first);
      return { rows: await named(caller, grouping.groupBy, rows), more };
    },

    /** The whole report, chunk by chunk: for exports. */
    async *stream(caller: Caller, filter: AttemptFilterInput, grouping: Grouping): AsyncGenerator<ReportRow[]> {
      requireReports(caller);
      for await (const raw of streamWarehouse<RawRow>(warehouse, rowsQuery(caller, filter, grouping))) {
        yield await named(caller, grouping.groupBy, raw);
      }
    },
  };
};

export type CampaignReport = ReturnType<typeof createCampaignReport>;
