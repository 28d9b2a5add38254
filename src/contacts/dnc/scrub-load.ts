import type { Sql } from '../../infra/postgres';
import { type ContactPeople, listingsOfAll, listingsOfContacts } from './close-listed';
import type { Listing } from './listed';

/** Against what a contact list is checked while it is loaded: nothing, INTERNAL lists and opt-outs, or registries too. */
export const LOAD_SCRUBS = ['NONE', 'INTERNAL', 'ALL'] as const;
export type LoadScrub = (typeof LOAD_SCRUBS)[number];

/** A row of a file: told apart by its number there, since it is no contact yet. */
export interface RowPeople extends ContactPeople {
  line: number;
}

export interface ListedRow {
  rowNo: number;
  line: number;
  /** In words that name no list and no number. */
  message: string;
}

const WORDS: Record<Listing['kind'], string> = {
  INTERNAL: "the organisation's own list",
  NDNC: 'a national registry',
  CUSTOM: 'a chosen list',
  OPT_OUT: 'an opt-out',
};

/** Rows none of whose numbers may be dialled, whichever campaign the list is for. CUSTOM lists are a campaign's choice. */
export const listedRows = async (
  sql: Sql,
  organisationId: string,
  rows: readonly RowPeople[],
  scrub: LoadScrub,
  at: Date,
): Promise<ListedRow[]> => {
  if (scrub === 'NONE' || rows.length === 0) return [];
  const listings = await listingsOfContacts(sql, organisationId, rows);
  return rows.flatMap((row) => {
    const found = listingsOfAll(listings, row, { ndnc: scrub === 'ALL', listIds: [] }, at);
    const kinds = [...new Set(found.map(({ kind }) => WORDS[kind]))].sort();
    return kinds.length === 0
      ? []
      : [{ rowNo: row.contactId, line: row.line, message: `the person must not be called: ${kinds.join(', ')}` }];
  });
};
