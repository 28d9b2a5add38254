import { spawn } from 'node:child_process';
import { extname, join } from 'node:path';

export interface ImportOrder {
  databaseUrl: string;
  redisUrl: string;
  home: string;
  organisationId: string;
  importId: string;
}

export interface ImportFigures {
  seconds: number;
  peakAboveIdleMb: number;
}

/** Runs the import in a process of its own, as a worker does, so that its memory is its own. */
export const runImportApart = (order: ImportOrder): Promise<ImportFigures> =>
  new Promise((resolve, reject) => {
    const script = join(__dirname, `import-process${extname(__filename)}`);
    const child = spawn(process.execPath, [...process.execArgv, script], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    let figures: ImportFigures | undefined;
    child.once('message', (message) => {
      figures = message as ImportFigures;
    });
    child.once('error', reject);
    child.once('exit', (code) =>
      figures ? resolve(figures) : reject(new Error(`the import ended with code ${code}`)),
    );
    child.send(order);
  });
