import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { stringify } from 'csv-stringify';
import type { EvidenceRow } from './abandon-evidence';

const COLUMNS: [header: string, value: (row: EvidenceRow) => string | number | boolean | null][] = [
  ['window', ({ window }) => window.key],
  ['scope', ({ window }) => window.scope],
  ['profiles', ({ window }) => window.profiles.join(' ')],
  ['limit_percent', ({ window }) => window.limitPercent],
  ['interval_start', (row) => row.intervalStart.toISOString()],
  ['live_answers', (row) => row.liveAnswers],
  ['served', (row) => row.served],
  ['abandoned_overdial', (row) => row.overdial],
  ['abandoned_agent_lost', (row) => row.agentLost],
  ['abandoned_amd_false', (row) => row.amdFalse],
  ['abandoned_fault', (row) => row.fault],
  ['abandons_counted', (row) => row.abandons],
  ['window_answers', (row) => row.windowAnswers],
  ['window_abandons', (row) => row.windowAbandons],
  ['window_rate_percent', (row) => row.windowRatePercent],
  ['highest_rate_percent', (row) => row.highestRatePercent],
  ['over_limit', (row) => row.overLimit],
];

/** The evidence as CSV, as a stream: its length is bounded by nothing in memory. */
export const evidenceCsv = (chunks: AsyncIterable<EvidenceRow[]>): Readable => {
  const csv = stringify({
    header: true,
    columns: COLUMNS.map(([name]) => name),
    cast: { boolean: (value) => String(value) },
  });
  const records = async function* () {
    for await (const rows of chunks) for (const row of rows) yield COLUMNS.map(([, value]) => value(row));
  };
  // What goes wrong after the first byte can only break the stream: the reader sees that it is not whole.
  pipeline(records, csv).catch((error: Error) => csv.destroy(error));
  return csv;
};
