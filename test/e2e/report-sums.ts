import type { ApiClient } from '../../src/api-client/graphql-client';

const MEASURES = [
  'attempts',
  'answers',
  'liveAnswers',
  'machine',
  'busy',
  'noAnswer',
  'invalidNumber',
  'other',
  'connected',
  'customerAbandoned',
  'abandoned',
] as const;
type Measures = Record<(typeof MEASURES)[number], number>;

interface ReportRow {
  outcome: string | null;
  measures: Measures;
}

const rowsOf = async (admin: ApiClient, filter: object, groupBy: string[]): Promise<ReportRow[]> => {
  const rows: ReportRow[] = [];
  let after: string | null = null;
  for (;;) {
    const page: {
      campaignReport: { rows: { edges: { node: ReportRow }[]; pageInfo: { hasNextPage: boolean; endCursor: string } } };
    } = await admin.query(
      `query($filter: CallAttemptFilter!, $groupBy: [ReportDimension!]!, $after: String) {
          campaignReport(filter: $filter) {
            rows(groupBy: $groupBy, interval: { unit: HOUR, timeZone: "UTC" }, first: 50, after: $after) {
              edges { node { outcome measures { ${MEASURES.join(' ')} } } } pageInfo { hasNextPage endCursor }
            }
          }
        }`,
      { filter, groupBy, after },
    );
    const { edges, pageInfo } = page.campaignReport.rows;
    rows.push(...edges.map(({ node }) => node));
    if (!pageInfo.hasNextPage) return rows;
    after = pageInfo.endCursor;
  }
};

const sum = (rows: ReportRow[]): Measures =>
  Object.fromEntries(
    MEASURES.map((name) => [name, rows.reduce((total, { measures }) => total + measures[name], 0)]),
  ) as Measures;

export const totals = async (admin: ApiClient, filter: object): Promise<Measures> => {
  const { campaignReport } = await admin.query<{ campaignReport: { totals: Measures } }>(
    `query($filter: CallAttemptFilter!) { campaignReport(filter: $filter) { totals { ${MEASURES.join(' ')} } } }`,
    { filter },
  );
  return campaignReport.totals;
};

/** The sums at every level of the drill-down: each must equal the totals. */
export const sumsByLevel = async (admin: ApiClient, filter: object): Promise<Record<string, Measures>> => {
  const levels = [
    ...['CAMPAIGN', 'INTERVAL', 'AGENT', 'LIST', 'MODE', 'OUTCOME', 'WRAP_UP_CODE'].map((level) => [level]),
    ['INTERVAL', 'AGENT', 'OUTCOME'],
    ['LIST', 'MODE', 'OUTCOME'],
  ];
  const sums: Record<string, Measures> = {};
  for (const level of levels) sums[level.join('/')] = sum(await rowsOf(admin, filter, level));
  return sums;
};

export const byOutcome = async (admin: ApiClient, filter: object): Promise<Record<string, number>> =>
  Object.fromEntries(
    (await rowsOf(admin, filter, ['OUTCOME'])).map(({ outcome, measures }) => [outcome ?? '', measures.attempts]),
  );

/** How many single attempts the lowest level shows. */
export const countAttempts = async (admin: ApiClient, filter: object): Promise<number> => {
  let count = 0;
  let after: string | null = null;
  for (;;) {
    const page: {
      callAttempts: { edges: { node: { id: string } }[]; pageInfo: { hasNextPage: boolean; endCursor: string } };
    } = await admin.query(
      `query($filter: CallAttemptFilter!, $after: String) {
          callAttempts(filter: $filter, first: 200, after: $after) { edges { node { id } } pageInfo { hasNextPage endCursor } }
        }`,
      { filter, after },
    );
    count += page.callAttempts.edges.length;
    if (!page.callAttempts.pageInfo.hasNextPage) return count;
    after = page.callAttempts.pageInfo.endCursor;
  }
};
