import type { Pool } from 'pg';
import { callingHoursAt } from '../../compliance/calling-hours';
import type { Clock } from '../../infra/clock';

/**
 * The next contacts of one campaign, in memory, so that a claim never searches. The query is conservative and without
 * locks: whatever it gives is judged again under the claim's locks, and what it misses comes with the next refill.
 */
export interface Candidates {
  readonly held: number;
  /** Whether the table may hold more that could be dialled now. */
  readonly more: boolean;
  take(count: number): number[];
  /** Not used after all: back to the front, in order. */
  giveBack(contactIds: readonly number[]): void;
  /** Of those taken: settled one way or the other, so a refill may bring them again. */
  release(contactIds: readonly number[]): void;
  /** Called at each tick: refills in the background when it is time. */
  refill(): void;
  /** Filters, lists or parameters have changed: everything is read anew. */
  reset(hours: CallingHours): void;
  /** Emptied and never filled again. */
  close(): void;
  /** Nothing was found by a refill that began after the last claim. */
  readonly exhausted: boolean;
}

export interface CallingHours {
  startMinute: number;
  endMinute: number;
}

export interface CandidatesOptions {
  pool: Pool;
  clock: Clock;
  campaignId: string;
  hours: CallingHours;
  onError: (error: unknown) => void;
}

const CAPACITY = 2_000;
const LOW_WATER = 1_000;
/** How often a campaign with few candidates looks for such as have become due. */
const LOOK_EVERY_MS = 500;

// Loose index scan: one probe for each (zone, priority) that exists, however many contacts have it.
const GROUPS = `/* candidates.groups */
WITH RECURSIVE g AS (
  (SELECT zone, priority FROM campaign_contact WHERE campaign_id = $1 AND state = 'READY' ORDER BY zone, priority LIMIT 1)
  UNION ALL
  SELECT n.zone, n.priority FROM g CROSS JOIN LATERAL (
    SELECT zone, priority FROM campaign_contact
    WHERE campaign_id = $1 AND state = 'READY' AND (zone, priority) > (g.zone, g.priority)
    ORDER BY zone, priority LIMIT 1) n
)
SELECT zone, priority FROM g`;

const NEXT = `/* candidates.next */
SELECT c.contact_id AS id
FROM unnest($2::text[], $3::integer[]) AS g(zone, priority)
CROSS JOIN LATERAL (
  SELECT contact_id, priority, due_at FROM campaign_contact
  WHERE campaign_id = $1 AND state = 'READY' AND zone = g.zone AND priority = g.priority AND due_at <= $4
    AND contact_id <> ALL($5::bigint[])
  ORDER BY due_at, contact_id LIMIT $6) c
ORDER BY c.priority, c.due_at, c.contact_id
LIMIT $6`;

export const createCandidates = ({ pool, clock, campaignId, hours, onError }: CandidatesOptions): Candidates => {
  let buffer: number[] = [];
  /** In the buffer or taken: a refill must not bring them twice. */
  const known = new Set<number>();
  let callingHours = hours;
  let more = true;
  let generation = 0;
  let filling = false;
  let lookAt = 0;
  let claims = 0;
  let exhausted = false;
  let closed = false;

  const openGroups = async (at: number): Promise<{ zones: string[]; priorities: number[] }> => {
    const { rows } = await pool.query<{ zone: string; priority: number }>({
      name: 'candidates.groups',
      text: GROUPS,
      values: [campaignId],
    });
    const open = new Map<string, boolean>();
    for (const { zone } of rows) {
      if (!open.has(zone)) open.set(zone, callingHoursAt(at, zone, callingHours).open);
    }
    const groups = rows.filter(({ zone }) => open.get(zone));
    return { zones: groups.map((group) => group.zone), priorities: groups.map((group) => group.priority) };
  };

  const fill = async (): Promise<void> => {
    const mine = generation;
    const claimsBefore = claims;
    const at = clock.now();
    const wanted = CAPACITY - buffer.length;
    const { zones, priorities } = await openGroups(at);
    const found =
      zones.length === 0
        ? []
        : (
            await pool.query<{ id: number }>({
              name: 'candidates.next',
              text: NEXT,
              values: [campaignId, zones, priorities, new Date(at), [...known], wanted],
            })
          ).rows;
    if (mine !== generation) return;
    for (const { id } of found) {
      if (known.has(id)) continue;
      known.add(id);
      buffer.push(id);
    }
    more = found.length >= wanted;
    exhausted = found.length === 0 && claims === claimsBefore;
  };

  return {
    get held() {
      return buffer.length;
    },
    get more() {
      return more;
    },
    get exhausted() {
      return exhausted && known.size === 0;
    },
    take(count) {
      claims += 1;
      exhausted = false;
      return buffer.splice(0, count);
    },
    giveBack(contactIds) {
      if (closed) return;
      buffer = contactIds.filter((id) => known.has(id)).concat(buffer);
    },
    release(contactIds) {
      for (const id of contactIds) known.delete(id);
    },
    refill() {
      const now = performance.now();
      if (closed || filling || buffer.length > LOW_WATER || (now < lookAt && !(more && buffer.length < LOW_WATER)))
        return;
      filling = true;
      lookAt = now + LOOK_EVERY_MS;
      fill()
        .catch((error) => {
          // The database is away: the same is asked again a little later.
          lookAt = performance.now() + LOOK_EVERY_MS;
          more = false;
          onError(error);
        })
        .finally(() => {
          filling = false;
        });
    },
    reset(next) {
      callingHours = next;
      generation += 1;
      buffer = [];
      known.clear();
      more = true;
      exhausted = false;
      lookAt = 0;
    },
    close() {
      closed = true;
      generation += 1;
      buffer = [];
      known.clear();
      more = false;
    },
  };
};
