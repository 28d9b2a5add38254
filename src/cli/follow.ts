import { Argument, Command } from 'commander';
import { type ApiClient, createClient } from '../api-client/graphql-client';
import { loadConfig } from '../config';
import { findApi } from './import-place';
import { type ImportTerminal, processTerminal } from './transfer';

/** How far a job is, and what there is to say of it at its end. */
interface Stand {
  done: number;
  total: number;
  rows?: number;
  ended: boolean;
  failed?: boolean;
  said: string;
}

interface Followable {
  what: string;
  /** The subscription; its argument is the id of a job or of a campaign. */
  field: string;
  argument: 'id' | 'campaignId';
  fields: string;
  standOf(view: never): Stand;
}

const kind = <V>(one: Omit<Followable, 'standOf'> & { standOf(view: V): Stand }): Followable => one as Followable;

interface Upload {
  state: string;
  bytesRead: number;
  bytesTotal: number;
  errorCode: string | null;
  errorMessage: string | null;
}
const UPLOAD = 'state bytesRead bytesTotal errorCode errorMessage';

const ofUpload = (view: Upload, rows: number, counts: string): Stand => ({
  done: view.bytesRead,
  total: view.bytesTotal,
  rows,
  ended: ['COMPLETED', 'FAILED', 'CANCELLED'].includes(view.state),
  failed: view.state !== 'COMPLETED',
  said: `${view.state}${view.errorCode === null ? '' : ` (${view.errorCode}): ${view.errorMessage}`}; ${counts}`,
});

export const FOLLOWABLE: Readonly<Record<string, Followable>> = {
  import: kind<Upload & { rowsRead: number; rowsImported: number; rowsDuplicate: number; rowsRejected: number }>({
    what: 'a file of contacts',
    field: 'contactImport',
    argument: 'id',
    fields: `${UPLOAD} rowsRead rowsImported rowsDuplicate rowsRejected`,
    standOf: (view) =>
      ofUpload(
        view,
        view.rowsRead,
        `${view.rowsRead} rows: ${view.rowsImported} imported, ${view.rowsDuplicate} duplicates, ${view.rowsRejected} rejected`,
      ),
  }),
  'dnc-import': kind<Upload & { linesRead: number; numbers: number; linesRejected: number; storedPercent: number }>({
    what: 'a file of numbers',
    field: 'dncImport',
    argument: 'id',
    fields: `${UPLOAD} linesRead numbers linesRejected storedPercent`,
    standOf: (view) => {
      const counts = `${view.linesRead} lines: ${view.numbers} numbers, ${view.linesRejected} rejected`;
      const stand = ofUpload(view, view.linesRead, counts);
      return view.storedPercent > 0 ? { ...stand, done: view.storedPercent, total: 100 } : stand;
    },
  }),
  scrub: kind<{
    state: string;
    contactsTotal: number;
    contactsRead: number;
    contactsListed: number;
    contactsClosed: number;
  }>({
    what: 'a check of a contact list',
    field: 'dncScrub',
    argument: 'id',
    fields: 'state contactsTotal contactsRead contactsListed contactsClosed',
    standOf: ({ state, contactsTotal, contactsRead, contactsListed, contactsClosed }) => ({
      ...{ done: contactsRead, total: contactsTotal, rows: contactsRead },
      ended: state === 'COMPLETED' || state === 'FAILED',
      failed: state === 'FAILED',
      said: `${state}; ${contactsRead} contacts: ${contactsListed} listed, ${contactsClosed} closed`,
    }),
  }),
  job: kind<{
    kind: string;
    contactsTotal: number;
    contactsSeen: number;
    contactsChanged: number;
    endedAt: string | null;
  }>({
    what: 'a list stopped, expired or resumed, contacts recycled or opened again',
    field: 'contactJob',
    argument: 'id',
    fields: 'kind contactsTotal contactsSeen contactsChanged endedAt',
    standOf: ({ kind: of, contactsTotal, contactsSeen, contactsChanged, endedAt }) => ({
      ...{ done: contactsSeen, total: contactsTotal, rows: contactsSeen },
      ended: endedAt !== null,
      said: `${of}; ${contactsSeen} contacts: ${contactsChanged} changed`,
    }),
  }),
  ranking: kind<{ contacts: number; contactsRanked: number; contactsChanged: number; endedAt: string | null }>({
    what: 'the contacts of a campaign after a change of its filter or sort',
    field: 'campaignRanking',
    argument: 'campaignId',
    fields: 'contacts contactsRanked contactsChanged endedAt',
    standOf: ({ contacts, contactsRanked, contactsChanged, endedAt }) => ({
      ...{ done: contactsRanked, total: contacts, rows: contactsRanked },
      ended: endedAt !== null,
      said: `${contactsRanked} contacts: ${contactsChanged} changed their place`,
    }),
  }),
  forecast: kind<{
    contacts: number;
    judged: number;
    toJudge: number;
    done: boolean;
    skipped: number;
    reasons: { gate: string; contacts: number }[];
  }>({
    what: 'how many contacts of a campaign would be skipped',
    field: 'campaignSkipForecast',
    argument: 'campaignId',
    fields: 'contacts judged toJudge done skipped reasons { gate contacts }',
    standOf: ({ contacts, judged, toJudge, done, skipped, reasons }) => ({
      ...{ done: judged, total: toJudge, rows: judged, ended: done },
      said: [
        `${skipped} of ${contacts} contacts would be skipped`,
        ...reasons.map((reason) => `  ${reason.gate} ${reason.contacts}`),
      ].join('\n'),
    }),
  }),
  simulation: kind<{ state: string; progress: number; errorCode: string | null; errorMessage: string | null }>({
    what: 'a simulation',
    field: 'simulationProgress',
    argument: 'id',
    fields: 'state progress errorCode errorMessage',
    standOf: ({ state, progress, errorCode, errorMessage }) => ({
      ...{ done: Math.round(progress * 1000), total: 1000 },
      ended: !['QUEUED', 'RUNNING'].includes(state),
      failed: state !== 'COMPLETED',
      said: errorCode === null ? state : `${state} (${errorCode}): ${errorMessage}`,
    }),
  }),
};

const standsOf = async function* (api: ApiClient, of: Followable, id: string): AsyncGenerator<Stand> {
  const document = `subscription ($id: ID!) { view: ${of.field}(${of.argument}: $id) { ${of.fields} } }`;
  for await (const { view } of api.subscribe<{ view: never }>(document, { id })) yield of.standOf(view);
};

/** Exit code: 0 when the job has ended well, 1 when not, 130 after Ctrl-C, which leaves the job at work. */
export const runFollow = async (
  name: string,
  id: string,
  { url, token }: { url: string; token: string },
  { say, progress, signal }: ImportTerminal,
): Promise<number> => {
  const of = FOLLOWABLE[name];
  if (!of) throw new Error(`"${name}" is not a kind of job: ${Object.keys(FOLLOWABLE).join(', ')}`);
  const api = createClient(url, token, { retryAttempts: 20 });
  const stop = (): void => void api.close();
  signal.addEventListener('abort', stop, { once: true });
  let total = -1;
  try {
    for await (const stand of standsOf(api, of, id)) {
      if (stand.total !== total) progress.phase(name, stand.total);
      total = stand.total;
      progress.update(stand.done, stand.rows);
      if (!stand.ended) continue;
      progress.stop();
      say(stand.said);
      return stand.failed ? 1 : 0;
    }
    if (!signal.aborted) say('There is nothing to follow');
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    signal.removeEventListener('abort', stop);
    progress.stop();
    await api.close();
  }
  return signal.aborted ? 130 : 1;
};

export const followCommand = (): Command =>
  new Command('follow')
    .description('shows how far a long job is, until it has ended')
    .addArgument(
      new Argument(
        '<kind>',
        Object.entries(FOLLOWABLE)
          .map(([name, { what }]) => `${name}: ${what}`)
          .join('; '),
      ).choices(Object.keys(FOLLOWABLE)),
    )
    .argument('<id>', 'of the job; of the campaign for ranking and forecast')
    .option('--url <url>', 'where the API is (default: the installation of OUTDIAL_HOME)')
    .option('--token <token>', 'API key or token (default: OUTDIAL_ADMIN_TOKEN, or that of OUTDIAL_HOME)')
    .action(async (name: string, id: string, options: { url?: string; token?: string }) => {
      process.exitCode = await runFollow(name, id, findApi(loadConfig(), options), processTerminal());
    });
