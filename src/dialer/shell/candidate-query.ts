import type { Pool } from 'pg';

/** What a campaign may dial next, found by index: contacts that are due, in the order of its lists and its sort. */

// Due ones move into the index that is selected from. What somebody else holds is moved the next time.
const QUEUE = `/* candidates.queue */
WITH due AS (
  SELECT contact_id FROM campaign_contact
  WHERE campaign_id = $1 AND state = 'READY' AND NOT queued AND NOT filtered_out AND callback_agent_id IS NULL AND due_at <= $2
  ORDER BY due_at, contact_id LIMIT $3
  FOR UPDATE SKIP LOCKED
)
UPDATE campaign_contact cc SET queued = true FROM due WHERE cc.campaign_id = $1 AND cc.contact_id = due.contact_id`;

// Loose index scan: one probe for each (priority, zone, law) that exists, however many contacts have it.
const GROUPS = `/* candidates.groups */
WITH RECURSIVE g AS (
  (SELECT priority, zone, law FROM campaign_contact
   WHERE campaign_id = $1 AND state = 'READY' AND queued AND NOT filtered_out AND callback_agent_id IS NULL ORDER BY priority, zone, law LIMIT 1)
  UNION ALL
  SELECT n.priority, n.zone, n.law FROM g CROSS JOIN LATERAL (
    SELECT priority, zone, law FROM campaign_contact
    WHERE campaign_id = $1 AND state = 'READY' AND queued AND NOT filtered_out AND callback_agent_id IS NULL
      AND (priority, zone, law) > (g.priority, g.zone, g.law)
    ORDER BY priority, zone, law LIMIT 1) n
)
SELECT priority, zone, law FROM g`;

const PAGE = `/* candidates.page */
SELECT g.place::integer AS place, c.contact_id AS id, encode(c.sort_key, 'hex') AS key, extract(epoch FROM c.due_at)::float8 AS due
FROM unnest($2::integer[], $3::text[], $4::text[], $5::text[], $6::float8[], $7::bigint[])
  WITH ORDINALITY AS g(priority, zone, law, key, due, id, place)
CROSS JOIN LATERAL (
  SELECT contact_id, sort_key, due_at FROM campaign_contact
  WHERE campaign_id = $1 AND state = 'READY' AND queued AND NOT filtered_out AND callback_agent_id IS NULL
    AND priority = g.priority AND zone = g.zone AND law = g.law
    AND (sort_key, due_at, contact_id) > (decode(g.key, 'hex'), to_timestamp(g.due), g.id)
    AND due_at <= $8 AND contact_id <> ALL($9::bigint[])
  ORDER BY sort_key, due_at, contact_id LIMIT $10) c`;

// Those that anyone may have, and those that wait for one agent.
const NEXT_DUE = `/* candidates.next-due */
SELECT least((
  SELECT min(due_at) FROM campaign_contact
  WHERE campaign_id = $1 AND state = 'READY' AND NOT queued AND NOT filtered_out AND callback_agent_id IS NULL
), (
  SELECT min(due_at) FROM campaign_contact
  WHERE campaign_id = $1 AND state = 'READY' AND callback_agent_id IS NOT NULL
)) AS at`;

/** Contacts of one list priority, zone and law: they open and close together. */
export interface Group {
  priority: number;
  zone: string;
  law: string;
}

interface Row {
  place: number;
  id: number;
  /** Hexadecimal: in the order of its bytes, and a string costs less than a buffer. */
  key: string;
  /** Epoch seconds, to the microsecond. */
  due: number;
}

type Place = Pick<Row, 'key' | 'due' | 'id'>;

// Before every row: a page begins behind it.
const BEGINNING: Place = { key: '', due: 0, id: 0 };

const compare = (a: Place, b: Place): number => (a.key < b.key ? -1 : a.key > b.key ? 1 : a.due - b.due || a.id - b.id);

/** Some more than a group's even share: the order seldom takes the same from each. */
const pageSize = (wanted: number, groups: number): number => Math.ceil((2 * wanted) / groups) + 10;

export const queueDue = async (pool: Pool, campaignId: string, at: number, limit: number): Promise<number> => {
  const { rowCount } = await pool.query({
    name: 'candidates.queue',
    text: QUEUE,
    values: [campaignId, new Date(at), limit],
  });
  return rowCount ?? 0;
};

export const readGroups = async (pool: Pool, campaignId: string): Promise<Group[]> => {
  const { rows } = await pool.query<Group>({ name: 'candidates.groups', text: GROUPS, values: [campaignId] });
  return rows;
};

/** When the first of the contacts that wait for their time, or for their agent, is due. */
export const nextDue = async (pool: Pool, campaignId: string): Promise<number | undefined> => {
  const { rows } = await pool.query<{ at: Date | null }>({
    name: 'candidates.next-due',
    text: NEXT_DUE,
    values: [campaignId],
  });
  return rows[0]?.at?.getTime();
};

/**
 * The first of these groups together, merged: no more than two pages are read of a group that gives nothing, however many
 * groups and contacts there are. What is returned is in order and lacks nothing before its last.
 */
const firstOf = async (
  pool: Pool,
  campaignId: string,
  groups: readonly Group[],
  { at, known, wanted }: { at: number; known: readonly number[]; wanted: number },
): Promise<number[]> => {
  let open = groups.map((group) => ({ group, from: BEGINNING }));
  const rows = new Map<number, Row>();
  let size = pageSize(wanted, groups.length);
  for (;;) {
    const page = await pool.query<Row>({
      name: 'candidates.page',
      text: PAGE,
      values: [
        campaignId,
        open.map(({ group }) => group.priority),
        open.map(({ group }) => group.zone),
        open.map(({ group }) => group.law),
        open.map(({ from }) => from.key),
        open.map(({ from }) => from.due),
        open.map(({ from }) => from.id),
        new Date(at),
        known,
        size,
      ],
    });
    const last = new Map<number, { row: Row; count: number }>();
    for (const row of page.rows) {
      rows.set(row.id, row);
      last.set(row.place, { row, count: (last.get(row.place)?.count ?? 0) + 1 });
    }
    // A page that was full has more behind it: nothing past its end is known to be next.
    open = open.flatMap(({ group }, index) => {
      const end = last.get(index + 1);
      return end && end.count >= size ? [{ group, from: end.row }] : [];
    });
    const inOrder = [...rows.values()].sort(compare);
    if (open.length === 0) return inOrder.slice(0, wanted).map(({ id }) => id);
    const bound = open.map(({ from }) => from).reduce((least, place) => (compare(place, least) < 0 ? place : least));
    const sure = inOrder.filter((row) => compare(row, bound) <= 0);
    if (sure.length >= wanted) return sure.slice(0, wanted).map(({ id }) => id);
    size *= 2;
  }
};

/** The next contacts of the campaign's open groups, lists of lower priority first. */
export const readNext = async (
  pool: Pool,
  campaignId: string,
  groups: readonly Group[],
  question: { at: number; known: readonly number[]; wanted: number },
): Promise<number[]> => {
  const found: number[] = [];
  const priorities = [...new Set(groups.map(({ priority }) => priority))].sort((a, b) => a - b);
  for (const priority of priorities) {
    const wanted = question.wanted - found.length;
    if (wanted <= 0) break;
    const same = groups.filter((group) => group.priority === priority);
    found.push(...(await firstOf(pool, campaignId, same, { ...question, wanted })));
  }
  return found;
};
