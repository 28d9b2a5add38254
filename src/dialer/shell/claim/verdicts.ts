import type { Evaluation } from '../../../compliance/gates';
import type { Law } from '../../../compliance/law/law';

/** What was judged, by which law and by whose decisions to loosen it: kept with the attempt. */
export interface Verdict {
  at: string;
  tz: string;
  profiles: readonly string[];
  overrides?: readonly string[];
  /** By gate, in words. */
  gates: Record<string, string>;
}

/** The verdicts of one batch. Most are in the same words: each wording is one object. */
export class Verdicts {
  private readonly known = new Map<string, Verdict>();

  constructor(private readonly at: number) {}

  of({ gates, tz }: Evaluation, { profiles, overrides }: Law): Verdict {
    const wording = [...profiles, ...overrides, ...gates.map(({ detail }) => detail)].join('\n');
    let verdict = this.known.get(wording);
    if (!verdict) {
      verdict = {
        at: new Date(this.at).toISOString(),
        tz,
        profiles,
        ...(overrides.length > 0 && { overrides }),
        gates: Object.fromEntries(gates.map(({ gate, detail }) => [gate, detail])),
      };
      this.known.set(wording, verdict);
    }
    return verdict;
  }
}
