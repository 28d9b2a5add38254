import { createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Command, Option } from 'commander';
import { create } from '../api-client/change';
import { cancelDncImport, type DncImportProgress, followDncImport, stageDncImport } from '../api-client/dnc-import';
import { findRecord, type Named, readReport } from '../api-client/find';
import { createClient } from '../api-client/graphql-client';
import { uploadFile } from '../api-client/import-file';
import { loadConfig } from '../config';
import { newId } from '../infra/ids';
import { findApi } from './import-place';
import { type ImportTerminal, processTerminal, type Transfer, transfer } from './transfer';

export interface DncImportOptions {
  list: string;
  kind: 'INTERNAL' | 'NDNC' | 'CUSTOM';
  country: string;
  column?: string;
  append?: boolean;
  source?: string;
  errors?: string;
  url?: string;
  token?: string;
}

const summary = ({ linesRead, numbers, linesDuplicate, linesRejected }: DncImportProgress): string =>
  `${linesRead} lines: ${numbers} numbers, ${linesDuplicate} repeated, ${linesRejected} rejected`;

/** Exit code: 0 when the numbers are in force, 1 when they are not, 130 after Ctrl-C. */
export const runDncImport = async (
  file: string,
  options: DncImportOptions,
  { url, token }: { url: string; token: string },
  terminal: ImportTerminal,
): Promise<number> => {
  const { say, progress, signal } = terminal;
  const { size } = await stat(file);
  const api = createClient(url, token, { retryAttempts: 20 });
  try {
    const { list: name, kind, country, column, append = false, source = basename(file) } = options;
    const list = await findRecord(api, 'dncLists', (one) => one.name === name);
    say(list ? `Into list "${name}"` : `Into a new ${kind} list "${name}" (numbers without country: ${country})`);
    const made =
      list ?? (await create<Named>(api, 'DncList', { name, kind, country, idempotencyKey: newId() }, 'id name'));
    const listId = made.id;
    const order = {
      listId,
      replaces: !append,
      source,
      idempotencyKey: newId(),
      ...(column === undefined ? { format: 'PLAIN' as const } : { format: 'CSV' as const, numberColumn: column }),
    };
    let storing = false;
    const one: Transfer<DncImportProgress> = {
      async stage() {
        const staged = await stageDncImport(api, order);
        if (!staged.uploadUrl) throw new Error('The file of this import was uploaded before');
        return { importId: staged.import.id, uploadUrl: staged.uploadUrl };
      },
      upload: (uploadUrl, until, onSent) => uploadFile(url, uploadUrl, file, { onSent, signal: until }),
      follow: (importId) => followDncImport(api, importId),
      cancel: (importId) => cancelDncImport(api, importId),
      show(view) {
        if (!storing && view.storedPercent > 0) {
          storing = true;
          progress.phase('Storing', 100);
        }
        progress.update(storing ? view.storedPercent : view.bytesRead, view.linesRead);
      },
    };
    const view = await transfer(one, size, terminal);
    if (view.state === 'CANCELLED') {
      say(`Cancelled: list "${name}" is as it was`);
      return signal.aborted ? 130 : 1;
    }
    if (view.state === 'FAILED') say(`Failed (${view.errorCode}): ${view.errorMessage}; list "${name}" is as it was`);
    say(summary(view));
    if (view.linesRejected > 0 && options.errors) {
      const report = await readReport(url, token, `/dnc-imports/${view.id}/errors.csv`);
      await pipeline(Readable.fromWeb(report as never), createWriteStream(options.errors));
      say(`Line and reason of each stand in ${options.errors}`);
    } else if (view.linesRejected > 0) {
      say(`Line and reason of each: ${url}/dnc-imports/${view.id}/errors.csv (with the token), or --errors <file>`);
    }
    return view.state === 'COMPLETED' ? 0 : 1;
  } finally {
    progress.stop();
    await api.close();
  }
};

export const dncCommand = (): Command => {
  const dnc = new Command('dnc').description('do-not-call lists');
  dnc
    .command('import')
    .description('loads a file of numbers, a national registry say, into a do-not-call list, in force as a whole')
    .argument('<file>', 'a number on each line, or CSV with --column')
    .requiredOption('--list <name>', 'the list, made when there is none of that name')
    .addOption(
      new Option(
        '--kind <kind>',
        'of a list that is made: INTERNAL holds for every campaign, NDNC unless one has it off',
      )
        .choices(['INTERNAL', 'NDNC', 'CUSTOM'])
        .default('NDNC'),
    )
    .option('--country <code>', 'of a list that is made: country of numbers without a country calling code', 'US')
    .option('--column <name>', 'the file is CSV with a header: the column with the number')
    .option('--append', 'adds to the numbers imported before (default: takes their place)')
    .option('--source <text>', 'where the file comes from (default: its name)')
    .option('--errors <file>', 'writes line and reason of each bad line to a file')
    .option('--url <url>', 'where the API is (default: the installation of OUTDIAL_HOME)')
    .option('--token <token>', 'API key or token (default: OUTDIAL_ADMIN_TOKEN, or that of OUTDIAL_HOME)')
    .action(async (file: string, options: DncImportOptions) => {
      process.exitCode = await runDncImport(file, options, findApi(loadConfig(), options), processTerminal());
    });
  return dnc;
};
