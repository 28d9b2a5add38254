import { appendFileSync } from 'node:fs';
import { appendFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gzip, gzipSync } from 'node:zlib';

const compress = promisify(gzip);

/** Appends text to files, compressed, in order. Compression and disk are off the thread unless `blocking`. */
export interface SegmentWriter {
  write(file: string, text: string): void;
  /** Characters handed over and not on disk yet. */
  readonly waiting: number;
  /** When all that was handed over is on disk, or failed. */
  settled(): Promise<void>;
}

export const blockingWriter = (): SegmentWriter => ({
  write: (file, text) => appendFileSync(file, gzipSync(text)),
  waiting: 0,
  settled: () => Promise.resolve(),
});

export const backgroundWriter = (onFailure: (error: unknown) => void): SegmentWriter => {
  let waiting = 0;
  let last: Promise<void> = Promise.resolve();
  return {
    write(file, text) {
      waiting += text.length;
      last = last
        .then(async () => appendFile(file, await compress(text)))
        .catch(onFailure)
        .then(() => {
          waiting -= text.length;
        });
    },
    get waiting() {
      return waiting;
    },
    settled: () => last,
  };
};
