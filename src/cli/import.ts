import { createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { Command } from 'commander';
import { Refused } from '../api-client/change';
import type { ImportProgress } from '../api-client/import-file';
import { loadConfig } from '../config';
import { readColumnNames } from '../contacts/files/csv-rows';
import { inspectEncoding, readUtf8 } from '../contacts/files/encoding';
import { describeMapping, guessMapping } from './guess-mapping';
import { ImportClient } from './import-client';
import { findApi } from './import-place';
import { type ImportTerminal, processTerminal, type Transfer, transfer } from './transfer';

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
    if (list) {
      say(`Into list "${name}", by its own mapping${options.map.length > 0 ? '; --map is for a new list only' : ''}`);
    } else {
      const mapping = guessMapping(await columnNames(file), options);
      say(
        [`Into a new list "${name}" (numbers without country: ${options.country})`, ...describeMapping(mapping)].join(
          '\n',
        ),
      );
      list = await client.createList(name, options.country, mapping);
    }
    const listId = list.id;
    const one: Transfer<ImportProgress> = {
      stage: () => client.stage(listId, formatOf(file)),
      upload: (uploadUrl, until, onSent) => client.upload(uploadUrl, file, until, onSent),
      follow: (importId) => client.follow(importId),
      cancel: (importId) => client.cancel(importId),
      show: ({ bytesRead, rowsRead }) => progress.update(bytesRead, rowsRead),
    };
    const view = await transfer(one, size, { say, progress, signal });
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
      const terminal = processTerminal();
      process.exitCode = await runImport(file, options, findApi(loadConfig(), options), terminal);
    });
