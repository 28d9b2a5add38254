/** When something was done, on a counter of the test: a claim that ran meanwhile may or may not have seen it. */
export interface Done {
  begun: number;
  done: number;
}

interface Entry<T> extends Done {
  key: string;
  value: T;
}

/** What was changed, in order, and what a claim of a certain time may have found. */
export class History {
  private tick = 0;
  private readonly entries: Entry<unknown>[] = [];

  /** The span on the counter within which the work was done. */
  async span(work: () => Promise<unknown>): Promise<Done> {
    this.tick += 1;
    const begun = this.tick;
    await work();
    this.tick += 1;
    return { begun, done: this.tick };
  }

  async change<T>(key: string, value: T, work: () => Promise<unknown>): Promise<void> {
    this.entries.push({ key, value, ...(await this.span(work)) });
  }

  has(key: string): boolean {
    return this.entries.some((entry) => entry.key === key);
  }

  keys(beginning: string): string[] {
    return [...new Set(this.entries.flatMap(({ key }) => (key.startsWith(beginning) ? [key] : [])))];
  }

  /** When it was last begun to be changed, each time. */
  moments(key: string): number[] {
    return this.entries.flatMap((entry) => (entry.key === key ? [entry.begun] : []));
  }

  /** Every value that a claim of that span can have read: the last before it, and those that came while it ran. */
  possible<T>(key: string, initial: T, { begun, done }: Done): T[] {
    const of = this.entries.filter((entry) => entry.key === key) as Entry<T>[];
    const before = of.filter((entry) => entry.done < begun).at(-1);
    const meanwhile = of.filter((entry) => entry.done > begun && entry.begun < done);
    return [before ? before.value : initial, ...meanwhile.map(({ value }) => value)];
  }
}
