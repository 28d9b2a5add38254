import type { Law } from '../../compliance/law/law';
import { lawOf } from '../../compliance/law/law-of';
import type { LawBook } from '../../compliance/own/law-book';
import type { Sql } from '../../infra/postgres';

/** The law of a called person at a moment, by the codes stored with the number. */
export type LawOf = (codes: string, at: number) => Law;

/** The law of one organisation's called persons. */
export interface Laws {
  /** As it was last read. */
  lawOf: LawOf;
  /** As it is now: read again when it has changed. `version` where the caller has read it under its locks. */
  read(sql: Sql, version?: number): Promise<LawOf>;
}

export const createLaws = (book: LawBook, organisationId: string): Laws => ({
  lawOf: (codes, at) => lawOf(codes, at, book.latest(organisationId)),
  async read(sql, version) {
    const registry = await book.registryOf(sql, organisationId, version);
    // A batch asks again and again for the moment that it is judged at.
    const asked = new Map<string, { at: number; law: Law }>();
    return (codes, at) => {
      const last = asked.get(codes);
      if (last?.at === at) return last.law;
      const law = lawOf(codes, at, registry);
      asked.set(codes, { at, law });
      return law;
    };
  },
});
