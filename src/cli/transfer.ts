import { Refused } from '../api-client/change';
import { hasEnded, type ImportState } from '../api-client/import-file';
import { createProgress, type Progress } from './import-progress';

/** Where what a command says goes, and what stops it; a test gives its own. */
export interface ImportTerminal {
  say: (line: string) => void;
  progress: Progress;
  signal: AbortSignal;
}

/** That of a person, whose Ctrl-C stops the command. */
export const processTerminal = (): ImportTerminal => {
  const controller = new AbortController();
  process.once('SIGINT', () => controller.abort());
  return {
    say: (line) => void process.stdout.write(`${line}\n`),
    progress: createProgress(process.stderr),
    signal: controller.signal,
  };
};

/** A kind of import as a command sees it: staged, uploaded, followed to its end. */
export interface Transfer<V extends { state: ImportState }> {
  stage(): Promise<{ importId: string; uploadUrl: string }>;
  upload(uploadUrl: string, signal: AbortSignal, onSent: (bytes: number) => void): Promise<void>;
  follow(importId: string): AsyncGenerator<V>;
  cancel(importId: string): Promise<V>;
  /** Shows how far it is. */
  show(view: V): void;
}

/** Answers the last view. Stopped by the signal, it cancels the import first. */
export const transfer = async <V extends { state: ImportState }>(
  one: Transfer<V>,
  size: number,
  { progress, signal }: ImportTerminal,
): Promise<V> => {
  const { importId, uploadUrl } = await one.stage();
  try {
    signal.throwIfAborted();
    progress.phase('Uploading', size);
    await one.upload(uploadUrl, signal, (bytes) => progress.update(bytes));
  } catch (error) {
    const cancelled = await one.cancel(importId);
    if (signal.aborted) return cancelled;
    throw error;
  }
  progress.phase('Importing', size);
  let cancelling: Promise<unknown> | undefined;
  // An import that has ended in the same moment cannot be cancelled; its own end is heard then.
  const onAbort = (): void => {
    cancelling = one.cancel(importId).catch((error: unknown) => {
      if (!(error instanceof Refused)) throw error;
    });
  };
  if (signal.aborted) onAbort();
  else signal.addEventListener('abort', onAbort, { once: true });
  try {
    for await (const view of one.follow(importId)) {
      one.show(view);
      if (hasEnded(view)) return view;
    }
    throw new Error('The connection ended before the import did; it goes on without this command');
  } finally {
    signal.removeEventListener('abort', onAbort);
    await cancelling;
    progress.stop();
  }
};
