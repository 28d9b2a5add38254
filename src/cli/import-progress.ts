import { SingleBar } from 'cli-progress';

export interface Progress {
  phase(name: string, total: number): void;
  update(done: number, rows?: number): void;
  stop(): void;
}

/** A bar at a terminal; elsewhere silence, for the summary says it all. */
export const createProgress = (stream: NodeJS.WriteStream): Progress => {
  let bar: SingleBar | undefined;
  const stop = (): void => {
    bar?.stop();
    bar = undefined;
  };
  return {
    phase(name, total) {
      stop();
      if (!stream.isTTY) return;
      bar = new SingleBar({
        stream,
        format: `${name.padEnd(9)} {bar} {percentage}% | {rows} rows | {duration_formatted}`,
        hideCursor: true,
      });
      bar.start(Math.max(1, total), 0, { rows: 0 });
    },
    update(done, rows = 0) {
      bar?.update(done, { rows });
    },
    stop,
  };
};
