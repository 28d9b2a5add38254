import { v5 } from 'uuid';
import type { Evaluation } from '../../../compliance/gates';
import type { Law } from '../../../compliance/law/law';
import type { Sql } from '../../../infra/postgres';

// Dated by the last day on which an attempt was claimed by it, so that a purge knows when nothing refers to it any more.
const WRITE = `/* claim.verdicts */
INSERT INTO verdict AS v (organisation_id, id, words, used_on)
SELECT $1, u.id, u.words, $4::date FROM unnest($2::uuid[], $3::jsonb[]) AS u(id, words) ORDER BY u.id
ON CONFLICT (organisation_id, id) DO UPDATE SET used_on = excluded.used_on WHERE v.used_on < excluded.used_on`;

/** A name space of their own, as version 5 asks for. */
const NAMESPACE = '5b0ad1c4-7a3e-4c0e-9f0e-3a86c3a0a9d1';
const KEPT = 10_000;

/** What was judged, by which law and by whose decisions to loosen it. The moment is the attempt's. */
export interface Verdict {
  /** Made of the words: the same in every process. */
  id: string;
  words: {
    tz: string;
    profiles: readonly string[];
    overrides?: readonly string[];
    /** By gate. */
    gates: Record<string, string>;
  };
}

/** Found word by word: joining the words of every contact would cost more than judging it. */
class Wording {
  verdict: Verdict | undefined;
  private readonly next = new Map<string, Wording>();

  with(word: string): Wording {
    let further = this.next.get(word);
    if (!further) {
      further = new Wording();
      this.next.set(word, further);
    }
    return further;
  }
}

/**
 * The verdicts of one dialer. Millions of attempts are judged in a few hundred wordings: each is kept once for an organisation,
 * and written only by the first claim of a day that needs it.
 */
export class Verdicts {
  private known = new Wording();
  private count = 0;
  /** By id: the day for which it is written and committed. */
  private readonly written = new Map<string, string>();

  of({ gates, tz }: Evaluation, { profiles, overrides }: Law): Verdict {
    if (this.count >= KEPT) {
      this.known = new Wording();
      this.count = 0;
      this.written.clear();
    }
    let wording = this.known.with(tz);
    for (const profile of profiles) wording = wording.with(profile);
    for (const override of overrides) wording = wording.with(override);
    for (const { detail } of gates) wording = wording.with(detail);
    if (wording.verdict) return wording.verdict;
    const words = {
      tz,
      profiles,
      ...(overrides.length > 0 && { overrides }),
      gates: Object.fromEntries(gates.map(({ gate, detail }) => [gate, detail])),
    };
    const text = [tz, ...profiles, ...overrides, ...gates.map(({ detail }) => detail)].join('\n');
    wording.verdict = { id: v5(text, NAMESPACE), words };
    this.count += 1;
    return wording.verdict;
  }

  /** Writes those that are not written for the day, in UTC, of the claim yet; answers with what to call after the commit. */
  async write(
    sql: Sql,
    organisationId: string,
    attempts: readonly { verdict: Verdict }[],
    claimedAt: Date,
  ): Promise<() => void> {
    const day = claimedAt.toISOString().slice(0, 10);
    const byId = new Map(attempts.map(({ verdict }) => [verdict.id, verdict]));
    const missing = [...byId.values()].filter(({ id }) => this.written.get(id) !== day);
    if (missing.length > 0) {
      await sql.query({
        name: 'claim.verdicts',
        text: WRITE,
        values: [organisationId, missing.map(({ id }) => id), missing.map(({ words }) => JSON.stringify(words)), day],
      });
    }
    return () => {
      for (const { id } of missing) this.written.set(id, day);
    };
  }
}
