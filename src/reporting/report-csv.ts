import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { stringify } from 'csv-stringify';
import type { ReportRow } from './campaign-report';
import type { Dimension } from './dimensions';

type Column = [header: string, value: (row: ReportRow) => string | number | null | undefined];

const KEY_COLUMNS: Record<Dimension, Column[]> = {
  CAMPAIGN: [
    ['campaign_id', (row) => row.campaignId],
    ['campaign', (row) => row.campaignName],
  ],
  INTERVAL: [['interval_start', (row) => row.intervalStart?.toISOString()]],
  AGENT: [
    ['agent_id', (row) => row.agentId],
    ['agent', (row) => row.agentName],
  ],
  LIST: [
    ['list_id', (row) => row.listId],
    ['list', (row) => row.listName],
  ],
  MODE: [['mode', (row) => row.mode]],
  OUTCOME: [['outcome', (row) => row.outcome]],
  WRAP_UP_CODE: [['wrap_up_code', (row) => row.wrapUpCode]],
};

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
  'abandonedOverdial',
  'abandonedAgentLost',
  'abandonedAmdFalse',
  'abandonedFault',
  'abandonRatePercent',
  'contactRatePercent',
  'answerToConnectAverageMs',
  'answerToConnectP95Ms',
  'portsUsed',
  'talkSeconds',
  'wrapUpSeconds',
] as const satisfies readonly (keyof ReportRow['measures'])[];

const header = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

const columnsOf = (groupBy: readonly Dimension[]): Column[] => [
  ...groupBy.flatMap((dimension) => KEY_COLUMNS[dimension]),
  ...MEASURES.map((name): Column => [header(name), (row) => row.measures[name]]),
];

/** A text that a spreadsheet would take for a formula is given as text: names come from people. */
const safe = (value: string | number | null | undefined) =>
  typeof value === 'string' && /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;

/** The report as CSV, as a stream: its length is bounded by nothing in memory. */
export const reportCsv = (groupBy: readonly Dimension[], chunks: AsyncIterable<ReportRow[]>): Readable => {
  const columns = columnsOf(groupBy);
  const csv = stringify({ header: true, columns: columns.map(([name]) => name), bom: false });
  const records = async function* () {
    for await (const rows of chunks) {
      for (const row of rows) yield columns.map(([, value]) => safe(value(row)));
    }
  };
  // What goes wrong after the first byte can only break the stream: the reader sees that it is not whole.
  pipeline(records, csv).catch((error: Error) => csv.destroy(error));
  return csv;
};
