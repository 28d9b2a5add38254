import { createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { Command } from 'commander';
import { Refused } from '../api-client/change';
import { hasEnded, type ImportProgress } from '../api-client/import-file';
import { loadConfig } from '../config';
import { readColumnNames } from '../contacts/files/csv-rows';
import { inspectEncoding, readUtf8 } from '../contacts/files/encoding';
import { describeMapping, guessMapping } from './guess-mapping';
import { ImportClient } from './import-client';
import { findApi } from './import-place';
import { createProgress, type Progress } from './import-progress';

export interface ImportOptions {
  campaign?: string;
  list?: string;
  map: string[];
  externalId?: string;
  timeZone?: string;
  country: string;
  errors?: string;
  url?: string;
  token?: string;
}

/** Where what the command says goes, and what stops it; a test gives its own. */
export interface ImportTerminal {
  say: (line: string) => void;
  progress: Progress;
  signal: AbortSignal;
}

const HEADER_BYTES = 64 * 1024;

const formatOf = (file: string): 'CSV' | 'JSON' => (/^\.(json|jsonl|ndjson)$/i.test(extname(file)) ? 'JSON' : 'CSV');

/** Of CSV the header, of JSON the names in the first object. */
const columnNames = async (file: string): Promise<string[]> => {
  let early: Buffer = Buffer.alloc(0);
  for await (const chunk of readUtf8(await inspectEncoding(file), () => undefined)) {
    early = Buffer.concat([early, chunk]);
    if (early.length >= HEADER_BYTES) break;
  }
  if (formatOf(file) === 'CSV') return readColumnNames(early).names;
  const first = /\{[^{}]*\}/.exec(early.toString('utf8'))?.[0];
  if (!first) throw new Error(`${file} holds no flat JSON object: name the list that it goes into by --list`);
  return Object.keys(JSON.parse(first) as object);
};

/** Exit code: 0 when the file was taken, 1 when it was not, 130 after Ctrl-C. */
export const runImport = async (
  file: string,
  options: ImportOptions,
  api: { url: string; token: string },
  { say, progress, signal }: ImportTerminal,
): Promise<number> => {
  const { size } = await stat(file);
  const client = new ImportClient(api.url, api.token);
  try {
    const campaign = options.campaign ? await client.findCampaign(options.campaign) : undefined;
    if (options.campaign && !campaign) throw new Error(`There is no campaign "${options.campaign}"`);
    const name = options.list ?? basename(file);
    let list = await client.findList(name);
    if (list) say(`Into list "${name}", by its own mapping`);
    else {
      const mapping = guessMapping(await columnNames(file), options);
      say(
        [`Into a new list "${name}" (numbers without country: ${options.country})`, ...describeMapping(mapping)].join(
          '\n',
        ),
      );
      list = await client.createList(name, options.country, mapping);
    }
    const view = await transfer(client, file, size, list.id, { say, progress, signal });
    if (view.state === 'CANCELLED') {
      say(`Cancelled: ${view.rowsImported} contacts had been taken and stay in list "${name}"`);
      return signal.aborted ? 130 : 1;
    }
    await summarise(client, view, api.url, options, say);
    if (view.state !== 'COMPLETED') return 1;
    // Only now: a running campaign with an empty list would be complete at once.
    if (campaign) await attach(client, campaign, list.id, say);
    return 0;
  } finally {
    progress.stop();
    await client.close();
  }
};

const transfer = async (
  client: ImportClient,
  file: string,
  size: number,
  listId: string,
  { progress, signal }: ImportTerminal,
): Promise<ImportProgress> => {
  const { importId, uploadUrl } = await client.stage(listId, formatOf(file));
  const cancel = (): Promise<ImportProgress> => client.cancel(importId);
  try {
    signal.throwIfAborted();
    progress.phase('Uploading', size);
    await client.upload(uploadUrl, file, signal, (bytes) => progress.update(bytes));
  } catch (error) {
    const cancelled = await cancel();
    if (signal.aborted) return cancelled;
    throw error;
  }
  progress.phase('Importing', size);
  let cancelling: Promise<unknown> | undefined;
  // An import that has ended in the same moment cannot be cancelled; its own end is heard then.
  const onAbort = (): void => {
    cancelling = cancel().catch((error: unknown) => {
      if (!(error instanceof Refused)) throw error;
    });
  };
  if (signal.aborted) onAbort();
  else signal.addEventListener('abort', onAbort, { once: true });
  try {
    for await (const view of client.follow(importId)) {
      progress.update(view.bytesRead, view.rowsRead);
      if (hasEnded(view)) return view;
    }
    throw new Error('The connection ended before the import did; it goes on without this command');
  } finally {
    signal.removeEventListener('abort', onAbort);
    await cancelling;
    progress.stop();
  }
};

const summarise = async (
  client: ImportClient,
  view: ImportProgress,
  url: string,
  { errors }: ImportOptions,
  say: (line: string) => void,
): Promise<void> => {
  const { rowsRead, rowsImported, rowsDuplicate, rowsRejected } = view;
  if (view.state === 'FAILED') say(`Failed (${view.errorCode}): ${view.errorMessage}`);
  say(`${rowsRead} rows: ${rowsImported} imported, ${rowsDuplicate} duplicates, ${rowsRejected} rejected`);
  if (rowsDuplicate + rowsRejected === 0) return;
  if (errors) {
    await pipeline(await client.errorReport(view.id), createWriteStream(errors));
    say(`Line and reason of each stand in ${errors}`);
  } else say(`Line and reason of each: ${url}/imports/${view.id}/errors.csv (with the token), or --errors <file>`);
};

const attach = async (
  client: ImportClient,
  campaign: { id: string; name: string },
  listId: string,
  say: (line: string) => void,
): Promise<void> => {
  try {
    await client.attach(campaign.id, listId);
    say(`Campaign "${campaign.name}" has the list now`);
  } catch (error) {
    if (!(error instanceof Refused && error.code === 'CONFLICT')) throw error;
    say(`Campaign "${campaign.name}" had the list already`);
  }
};

const collect = (value: string, before: string[]): string[] => [...before, value];

export const importCommand = (): Command =>
  new Command('import')
    .description('loads a CSV or JSON file of contacts into a list, and the list into a campaign')
    .argument('<file>', 'CSV with a header line; .json (an array of objects) or .jsonl (one object a line)')
    .option('--campaign <name or id>', 'the campaign that is to dial the list')
    .option('--list <name>', 'the list, made when there is none of that name (default: the name of the file)')
    .option(
      '--map <mode=column>',
      'column of a contact mode, e.g. Mobile=phone; may be repeated (default: by column names)',
      collect,
      [],
    )
    .option('--external-id <column>', "column with the customer's identity")
    .option('--time-zone <column>', 'column with the IANA time zone')
    .option('--country <code>', 'country of numbers without a country calling code', 'US')
    .option('--errors <file>', 'writes line and reason of each bad row to a file')
    .option('--url <url>', 'where the API is (default: the installation of OUTDIAL_HOME)')
    .option('--token <token>', 'API key or token (default: OUTDIAL_ADMIN_TOKEN, or that of OUTDIAL_HOME)')
    .action(async (file: string, options: ImportOptions) => {
      const controller = new AbortController();
      process.once('SIGINT', () => controller.abort());
      const terminal: ImportTerminal = {
        say: (line) => void process.stdout.write(`${line}\n`),
        progress: createProgress(process.stderr),
        signal: controller.signal,
      };
      process.exitCode = await runImport(file, options, findApi(loadConfig(), options), terminal);
    });
