/** One measured figure. `baseline` is what the same machine did in the same run without us, `ratio` is value / baseline. */
export interface BenchRow {
  name: string;
  params: Record<string, string | number | boolean>;
  value: number;
  unit: string;
  baseline?: number;
  ratio?: number;
}

export interface BenchRun {
  /** Under 90 s; the full run may take as long as it needs. */
  quick: boolean;
  /** What narrows or widens the run, as it was written; a bench that knows nothing of it ignores it. */
  given: Readonly<
    Partial<
      Record<
        | 'agents'
        | 'contacts'
        | 'numbers'
        | 'hit'
        | 'seeds'
        | 'part'
        | 'only'
        | 'world'
        | 'days'
        | 'hours'
        | 'skip'
        | 'markdown',
        string
      >
    >
  >;
  /** Tells the person at the terminal what goes on; never part of the result. */
  say: (line: string) => void;
}

/** A bench answers its rows; it starts and stops what it needs by itself. */
export interface Bench {
  description: string;
  run(options: BenchRun): Promise<BenchRow[]>;
}

export const withBaseline = (row: BenchRow, baseline: number): BenchRow => ({
  ...row,
  baseline: round(baseline),
  ratio: round(row.value / baseline),
});

export const round = (value: number): number => Number(value.toPrecision(4));
