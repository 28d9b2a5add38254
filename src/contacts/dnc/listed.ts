import type { Sql } from '../../infra/postgres';
import { withArrays } from '../../infra/sql-array';
import type { DncEntryKind, DncListKind } from './dnc-list';

/** One reason for which somebody must not be called: a list, or their own word. */
export interface Listing {
  kind: DncListKind | 'OPT_OUT';
  by: DncEntryKind;
  /** Null: the organisation's own numbers (`dncNumbers`), or an opt-out. */
  listId: string | null;
  /** Null: for good. */
  expiresAt: Date | null;
}

/** What was found of the numbers and the customers' ids that were asked about. */
export interface Listings {
  ofNumber: ReadonlyMap<string, readonly Listing[]>;
  ofCustomer: ReadonlyMap<string, readonly Listing[]>;
}

/** Which lists hold for whoever asks; those of kind INTERNAL and opt-outs hold for everybody. */
export interface ListChoice {
  ndnc: boolean;
  listIds: readonly string[];
}

export interface Person {
  number: string;
  customerId: string | null;
}

// One statement for any number of people. A number is looked up under its blocks (registries), itself, and as many of its
// beginnings as the lists have lengths of prefixes. LATERAL … OFFSET 0 keeps each look-up an index probe, whatever the
// planner thinks of a table that was loaded a moment ago.
const LISTED = `/* dnc.listed */
WITH person AS (
  SELECT number, substr(number, 2)::bigint AS digits FROM unnest($2::text[]) AS n(number)
)
SELECT 'NUMBER' AS by, d.number AS value, NULL::uuid AS "listId", 'INTERNAL' AS kind, NULL::timestamptz AS "expiresAt"
FROM dnc_number d WHERE d.organisation_id = $1 AND d.number = ANY($2)
UNION ALL
SELECT 'NUMBER', p.number, NULL, 'OPT_OUT', NULL
FROM phone_number p WHERE p.organisation_id = $1 AND p.number = ANY($2) AND p.opted_out_at IS NOT NULL
UNION ALL
SELECT 'CUSTOMER_ID', o.value, NULL, 'OPT_OUT', NULL
FROM opt_out o
WHERE o.organisation_id = $1 AND o.kind = 'CUSTOMER_ID' AND o.value = ANY($3) AND o.withdrawn_at IS NULL
UNION ALL
SELECT e.kind, e.value, l.id, l.kind, e.expires_at
FROM dnc_entry e JOIN dnc_list l ON l.id = e.list_id
WHERE e.organisation_id = $1 AND e.kind = 'NUMBER' AND e.value = ANY($2)
UNION ALL
SELECT e.kind, e.value, l.id, l.kind, e.expires_at
FROM dnc_entry e JOIN dnc_list l ON l.id = e.list_id
WHERE e.organisation_id = $1 AND e.kind = 'CUSTOMER_ID' AND e.value = ANY($3)
UNION ALL
SELECT 'PREFIX', p.number, l.id, l.kind, found.expires_at
FROM dnc_list l CROSS JOIN LATERAL unnest(l.prefix_lengths) AS length(of) CROSS JOIN person p
CROSS JOIN LATERAL (
  SELECT e.expires_at FROM dnc_entry e
  WHERE e.list_id = l.id AND e.kind = 'PREFIX' AND e.value = left(p.number, length.of)
  OFFSET 0) found
WHERE l.organisation_id = $1
UNION ALL
SELECT 'NUMBER', p.number, l.id, l.kind, NULL
FROM dnc_list l CROSS JOIN person p
CROSS JOIN LATERAL (
  SELECT b.offsets, b.bits FROM dnc_block b WHERE b.generation = l.generation AND b.block = p.digits / 10000
  OFFSET 0) b
WHERE l.organisation_id = $1 AND l.generation IS NOT NULL
  AND CASE WHEN b.bits IS NULL THEN (p.digits % 10000)::smallint = ANY(b.offsets)
      ELSE get_bit(b.bits, p.digits % 10000) = 1 END`;

const unique = (values: readonly (string | null)[]): string[] =>
  [...new Set(values.filter((value): value is string => value !== null))].sort();

/**
 * Every list and opt-out that these people stand in, by number, by prefix of it and by customer id. In a claim it is called
 * after the numbers are locked: whoever lists a number locks it, whoever lists more than numbers locks claims out, so the
 * answer holds until the commit.
 */
export const findListed = async (sql: Sql, organisationId: string, people: readonly Person[]): Promise<Listings> => {
  const numbers = unique(people.map(({ number }) => number));
  const customers = unique(people.map(({ customerId }) => customerId));
  const { rows } = await sql.query<Listing & { value: string }>({
    name: 'dnc.listed',
    text: LISTED,
    values: withArrays([organisationId, numbers, customers]),
  });
  const ofNumber = new Map<string, Listing[]>();
  const ofCustomer = new Map<string, Listing[]>();
  for (const { value, ...listing } of rows) {
    const found = listing.by === 'CUSTOMER_ID' ? ofCustomer : ofNumber;
    const before = found.get(value);
    if (before) before.push(listing);
    else found.set(value, [listing]);
  }
  return { ofNumber, ofCustomer };
};

const holds = ({ kind, listId }: Listing, { ndnc, listIds }: ListChoice): boolean => {
  switch (kind) {
    case 'INTERNAL':
    case 'OPT_OUT':
      return true;
    case 'NDNC':
      return ndnc;
    case 'CUSTOM':
      return listId !== null && listIds.includes(listId);
  }
};

/** Whether an entry has not ended yet. */
export const holdsAt =
  (at: Date) =>
  ({ expiresAt }: Listing): boolean =>
    expiresAt === null || expiresAt > at;

/** What stands against calling this person, for whoever has chosen these lists; also what has ended. */
export const listingsOf = (
  { ofNumber, ofCustomer }: Listings,
  { number, customerId }: Person,
  choice: ListChoice,
): Listing[] =>
  [...(ofNumber.get(number) ?? []), ...((customerId !== null && ofCustomer.get(customerId)) || [])].filter((listing) =>
    holds(listing, choice),
  );

/**
 * What stands against each number of one contact. An opt-out is the person's own word: by whichever of the numbers it was said,
 * it holds for all of them.
 */
export const listingsOfNumbers = (
  listings: Listings,
  { numbers, customerId }: { numbers: readonly string[]; customerId: string | null },
  choice: ListChoice,
): Listing[][] => {
  const each = numbers.map((number) => listingsOf(listings, { number, customerId }, choice));
  const said = each.flat().filter(({ kind }) => kind === 'OPT_OUT');
  return said.length === 0 ? each : each.map((of) => [...of.filter(({ kind }) => kind !== 'OPT_OUT'), ...said]);
};
