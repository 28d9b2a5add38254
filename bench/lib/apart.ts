import { spawn } from 'node:child_process';
import { extname } from 'node:path';

/** Runs one of the bench's own programs, named without its ending, in a process of its own, and answers with what it answers. */
export const runApart = <Order extends object, Figures>(program: string, order: Order): Promise<Figures> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...process.execArgv, `${program}${extname(__filename)}`], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    let figures: { is: Figures } | undefined;
    child.once('message', (message) => {
      figures = { is: message as Figures };
    });
    child.once('error', reject);
    child.once('exit', (code) =>
      figures ? resolve(figures.is) : reject(new Error(`${program} ended with code ${code}`)),
    );
    child.send(order);
  });

/** What such a program consists of. */
export const answerApart = <Order extends object, Figures>(work: (order: Order) => Promise<Figures>): void => {
  process.once('message', (order) => {
    work(order as Order).then(
      (figures) => process.send?.(figures, () => process.disconnect()),
      (error: unknown) => {
        process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
        process.exit(1);
      },
    );
  });
};
