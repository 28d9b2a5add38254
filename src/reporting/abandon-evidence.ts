import type { Pool } from 'pg';
import { z } from 'zod';
import { readLawCodes } from '../compliance/abandon/law-codes';
import { abandonLaw, type WindowInForce } from '../compliance/abandon/windows-in-force';
import { lawOf } from '../compliance/law/law-of';
import type { LawBook } from '../compliance/own/law-book';
import { invalid, notFound } from '../errors';
import { type Page, type PageRequest, pageOf } from '../infra/page';
import type { Caller } from '../organisations/caller';
import { EVIDENCE_UNITS, type EvidenceCounts, evidenceQuery } from './evidence-query';
import { parseZone } from './report-filter';
import { requireReports } from './report-roles';

/** What shows that the abandon limits were kept: the ledger itself, in every legal window, by the minute, hour or day. */
export interface EvidenceRow extends EvidenceCounts {
  /** Place in the evidence: what the next page begins after. */
  key: string;
  window: WindowInForce;
  intervalStart: Date;
  /** Percent; null without anything to take it of. */
  windowRatePercent: number | null;
  overLimit: boolean;
}

const DAY = 86_400_000;
const DAYS_MOST = { MINUTE: 31, HOUR: 100, DAY: 1_100 } as const;

export const evidenceFilterSchema = z
  .strictObject({
    campaignId: z.uuid(),
    /** `from` inclusive, `to` exclusive. */
    from: z.date(),
    to: z.date(),
    unit: z.enum(EVIDENCE_UNITS),
    timeZone: z.string(),
  })
  .refine(({ from, to }) => from < to, { path: ['to'], message: 'must be after `from`' })
  .refine(({ from, to, unit }) => to.getTime() - from.getTime() <= DAYS_MOST[unit] * DAY, {
    path: ['to'],
    message: `by ${Object.entries(DAYS_MOST)
      .map(([unit, days]) => `${unit} at most ${days} days`)
      .join(', by ')}`,
  });

export type EvidenceFilter = z.infer<typeof evidenceFilterSchema>;

const CAMPAIGN = `/* evidence.campaign */
SELECT least(g.abandon_rate_percent, coalesce((g.pacing ->> 'abandonRate')::float8, 100)) AS "limitPercent"
FROM campaign c JOIN campaign_group g ON g.id = c.group_id
WHERE c.id = $1 AND c.organisation_id = $2`;

const parse = (input: EvidenceFilter): EvidenceFilter => {
  const parsed = evidenceFilterSchema.safeParse(input);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const field = issue?.path.join('.') || 'filter';
    throw invalid(field, `${field}: ${issue?.message}`);
  }
  parseZone(parsed.data.timeZone);
  return parsed.data;
};

const keyOf = (window: number, start: Date): string => `${window}/${start.toISOString()}`;

const placeOf = (key: string | undefined): { window: number; after: Date | null } => {
  if (!key) return { window: 0, after: null };
  const [window = '', start = ''] = key.split('/');
  const after = new Date(start);
  if (!/^\d{1,3}$/.test(window) || Number.isNaN(after.getTime())) {
    throw invalid('after', 'after is not a cursor of this report');
  }
  return { window: Number(window), after };
};

export interface EvidenceDeps {
  pool: Pool;
  laws: LawBook;
}

export const createAbandonEvidence = ({ pool, laws }: EvidenceDeps) => {
  /** The windows in force at the end of the time asked about. */
  const windowsOf = async (caller: Caller, { campaignId, to }: EvidenceFilter): Promise<WindowInForce[]> => {
    const { rows } = await pool.query<{ limitPercent: number }>({
      name: 'evidence.campaign',
      text: CAMPAIGN,
      values: [campaignId, caller.organisationId],
    });
    const [campaign] = rows;
    if (!campaign) throw notFound('campaign', campaignId);
    const registry = await laws.registryOf(pool, caller.organisationId);
    const codes = await readLawCodes(pool, campaignId);
    const inForce = codes.map((code) => lawOf(code, to.getTime() - 1, registry));
    return abandonLaw(inForce, campaign.limitPercent).windows;
  };

  const read = async (
    caller: Caller,
    filter: EvidenceFilter,
    windows: readonly WindowInForce[],
    page: PageRequest,
  ): Promise<Page<EvidenceRow>> => {
    const rows: EvidenceRow[] = [];
    let { window: index, after } = placeOf(page.after);
    for (; index < windows.length && rows.length <= page.first; index += 1) {
      const window = windows[index] as WindowInForce;
      const limit = page.first + 1 - rows.length;
      const query = evidenceQuery({ organisationId: caller.organisationId, filter, window, after, limit });
      const found = await pool.query<EvidenceCounts & { intervalStart: Date }>(query);
      rows.push(...found.rows.map((row) => rowOf(index, window, row)));
      after = null;
    }
    return pageOf(rows, page.first);
  };

  return {
    async rows(caller: Caller, input: EvidenceFilter, page: PageRequest): Promise<Page<EvidenceRow>> {
      requireReports(caller);
      const filter = parse(input);
      return read(caller, filter, await windowsOf(caller, filter), page);
    },

    /** All of it, page by page: for exports. */
    async *stream(caller: Caller, input: EvidenceFilter): AsyncGenerator<EvidenceRow[]> {
      requireReports(caller);
      const filter = parse(input);
      const windows = await windowsOf(caller, filter);
      for (let after: string | undefined, more = true; more; ) {
        const page = await read(caller, filter, windows, { first: CHUNK, ...(after !== undefined && { after }) });
        yield page.rows;
        after = page.rows.at(-1)?.key;
        more = page.more;
      }
    },
  };
};

const CHUNK = 2_000;

const rowOf = (index: number, window: WindowInForce, row: EvidenceCounts & { intervalStart: Date }): EvidenceRow => {
  const rate = (abandons: number, answers: number) => (answers === 0 ? null : (100 * abandons) / answers);
  return {
    ...row,
    key: keyOf(index, row.intervalStart),
    window,
    windowRatePercent: rate(row.windowAbandons, row.windowAnswers),
    overLimit: row.highestRatePercent !== null && row.highestRatePercent > window.limitPercent + 1e-9,
  };
};
