import type { Pool } from 'pg';
import type { GateName } from '../../compliance/gates';
import type { Clock } from '../../infra/clock';
import { nextDue, queueDue, readGroups, readNext } from './candidate-query';
import type { InputBody } from './inputs';
import type { Laws } from './laws';
import { createPersonalCallbacks, type PersonalCallbacks } from './personal-callbacks';

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
  /** What became of those taken: how many are called, and which gates refused others. */
  judged(called: number, refusedBy: readonly GateName[]): void;
  /** By gate, contacts that were refused since the last one that is called. */
  readonly refused: ReadonlyMap<GateName, number>;
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
  readonly waiting: Waiting;
  /** What is not for anyone. */
  readonly personal: PersonalCallbacks;
}

/** What the kernel is told of them. */
export const candidatesInput = (campaignId: string, { held, more, personal }: Candidates): InputBody => ({
  ...{ type: 'candidates', campaignId, held, more },
  ...(personal.held.length > 0 && { personal: personal.held }),
});

export interface CallingHours {
  startMinute: number;
  endMinute: number;
}

export interface CandidatesOptions {
  pool: Pool;
  clock: Clock;
  campaignId: string;
  hours: CallingHours;
  laws: Laws;
  /** Logged in, in a team of the campaign. */
  isThere: (agentId: string) => boolean;
  onError: (error: unknown) => void;
}

const CAPACITY = 2_000;
const LOW_WATER = 1_000;
/** How often a campaign with few candidates looks for such as have become due. */
const LOOK_EVERY_MS = 500;

/** Why there is nothing to dial, as the last refill found it. */
export type Waiting =
  /** There is something, or nobody has looked yet. */
  | { for: 'NOTHING' }
  /** Contacts are due, but where they are it is not lawful hours. */
  | { for: 'LAWFUL_HOURS'; until?: number }
  /** All contacts left wait for their time: a retry, a callback, a cap. */
  | { for: 'DUE_CONTACTS'; until: number }
  /** Callbacks are due, each for an agent who has not come to it. */
  | { for: 'AGENTS' }
  | { for: 'MORE_CONTACTS' };

export const createCandidates = (options: CandidatesOptions): Candidates => {
  const { pool, clock, campaignId, hours, laws, onError } = options;
  const personal = createPersonalCallbacks(options);
  let buffer: number[] = [];
  /** In the buffer or taken: a refill must not bring them twice. */
  const known = new Set<number>();
  let callingHours = hours;
  let more = true;
  let waiting: Waiting = { for: 'NOTHING' };
  const refused = new Map<GateName, number>();
  let generation = 0;
  let filling = false;
  let lookAt = 0;
  let claims = 0;
  let exhausted = false;
  let closed = false;

  const search = async (at: number, wanted: number): Promise<number[]> => {
    const queued = await queueDue(pool, campaignId, at, CAPACITY);
    const groups = await readGroups(pool, campaignId);
    const lawOf = await laws.read(pool);
    const answers = groups.map((group) => ({
      group,
      hours: lawOf(group.law, at).callingHours(at, group.zone, callingHours),
    }));
    const open = answers.filter(({ hours: { open } }) => open).map(({ group }) => group);
    const found = open.length === 0 ? [] : await readNext(pool, campaignId, open, { at, known: [...known], wanted });
    more = found.length >= wanted || queued === CAPACITY;
    waiting = { for: 'NOTHING' };
    if (found.length > 0 || known.size > 0) return found;
    if (groups.length > open.length) {
      const openings = answers.flatMap(({ hours }) => hours.nextAt ?? []);
      waiting = { for: 'LAWFUL_HOURS', ...(openings.length > 0 && { until: Math.min(...openings) }) };
      return found;
    }
    const due = await nextDue(pool, campaignId);
    if (due === undefined) waiting = { for: 'MORE_CONTACTS' };
    else waiting = due <= at ? { for: 'AGENTS' } : { for: 'DUE_CONTACTS', until: due };
    return found;
  };

  const fill = async (): Promise<void> => {
    const mine = generation;
    const claimsBefore = claims;
    const found = await search(clock.now(), CAPACITY - buffer.length);
    if (mine !== generation) return;
    for (const id of found) {
      if (known.has(id)) continue;
      known.add(id);
      buffer.push(id);
    }
    exhausted = found.length === 0 && claims === claimsBefore;
  };

  return {
    personal,
    get held() {
      return buffer.length;
    },
    get more() {
      return more;
    },
    get exhausted() {
      return exhausted && known.size === 0;
    },
    get waiting() {
      return waiting;
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
    judged(called, refusedBy) {
      if (called > 0) refused.clear();
      else for (const gate of refusedBy) refused.set(gate, (refused.get(gate) ?? 0) + 1);
    },
    refused,
    release(contactIds) {
      for (const id of contactIds) known.delete(id);
    },
    refill() {
      personal.refill();
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
      refused.clear();
      more = true;
      exhausted = false;
      lookAt = 0;
      personal.reset();
    },
    close() {
      closed = true;
      generation += 1;
      buffer = [];
      known.clear();
      more = false;
      personal.close();
    },
  };
};
