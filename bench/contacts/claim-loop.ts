import type { Pool } from 'pg';
import type { Cap, Law } from '../../src/compliance/law/law';
import { lawOf } from '../../src/compliance/law/law-of';
import { LawRegistry } from '../../src/compliance/law/registry';
import { loadShippedProfiles } from '../../src/compliance/law/shipped';
import { queueDue, readGroups, readNext } from '../../src/dialer/shell/candidate-query';
import { claim } from '../../src/dialer/shell/claim/claim';
import { type ClaimGuard, Judge } from '../../src/dialer/shell/claim/judge';
import { Verdicts } from '../../src/dialer/shell/claim/verdicts';
import type { DialerDatabase } from '../../src/dialer/shell/dialer-transaction';
import type { Laws } from '../../src/dialer/shell/laws';
import { collectYoung } from '../../src/infra/garbage';
import { newId } from '../../src/infra/ids';
import type { ContactsWorld } from './world';

const BATCH = 200;
const SPARE = 20;
const REFILL = 2_000;

const CAP: Cap = {
  id: 'BENCH/3-in-24h',
  scope: 'PERSON',
  perSubject: false,
  max: 3,
  within: { rollingMs: 86_400_000 },
  source: 'the bench',
};

/** The law as it is shipped, and a cap per person over all numbers for everybody: the dearest of the gates. */
export const benchLaws = (): Laws => {
  const registry = new LawRegistry(loadShippedProfiles());
  // By codes alone, as the bench's clock stands.
  const made = new Map<string, Law>();
  const of = (codes: string, at: number): Law => {
    let capped = made.get(codes);
    if (!capped) {
      const law = lawOf(codes, at, registry);
      capped = { ...law, caps: [...law.caps, CAP] };
      made.set(codes, capped);
    }
    return capped;
  };
  return { lawOf: of, read: async () => of };
};

/** Only agents' own lines are asked for. */
const UNGUARDED: ClaimGuard = { scopes: [], knows: () => true };

// Not measured: with several campaigns a number that stays in flight would only ever refuse the others.
const END = `/* bench.end */
UPDATE call_attempt SET phase = 'ENDED', outcome = 'NO_ANSWER', placed_at = claimed_at, ended_at = claimed_at
WHERE id = ANY($1::uuid[])`;

// What the machine takes for the durable part alone, as it is at that moment: two hundred rows of an attempt's size, one index.
const BARE_TABLE = `CREATE TABLE bench_row (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), words text NOT NULL)`;
const BARE = `INSERT INTO bench_row (words) SELECT repeat('x', 400) FROM generate_series(1, ${BATCH})`;

export interface LoopFigures {
  claimMs: number[];
  bareMs: number[];
  refillMs: number[];
  claimed: number;
  judged: number;
}

export interface LoopOptions {
  pool: Pool;
  database: DialerDatabase;
  world: ContactsWorld;
  laws: Laws;
  claims: number;
}

/** Claims batch after batch as a dialer does, each campaign in turn, and measures the transaction and the refills. */
export const claimLoop = async ({ pool, database, world, laws, claims }: LoopOptions): Promise<LoopFigures> => {
  const { organisationId, campaignIds } = world;
  const at = world.at.getTime();
  const hours = { startMinute: 0, endMinute: 1440 };
  const buffers = new Map<string, number[]>(campaignIds.map((id) => [id, []]));
  const verdicts = new Verdicts();
  const figures: LoopFigures = { claimMs: [], bareMs: [], refillMs: [], claimed: 0, judged: 0 };

  const refill = async (campaignId: string): Promise<number[]> => {
    const held = buffers.get(campaignId) ?? [];
    const began = performance.now();
    await queueDue(pool, campaignId, at, REFILL);
    const groups = await readGroups(pool, campaignId);
    const open = groups.filter(({ law, zone }) => laws.lawOf(law, at).callingHours(at, zone, hours).open);
    const found =
      open.length === 0
        ? []
        : await readNext(pool, campaignId, open, { at, known: held, wanted: REFILL - held.length });
    figures.refillMs.push(performance.now() - began);
    return [...held, ...found];
  };

  /** Its own function, so that nothing of a claim is held while the next one runs. */
  const claimNext = async (campaignId: string): Promise<boolean> => {
    let held = buffers.get(campaignId) ?? [];
    if (held.length < REFILL / 2) held = await refill(campaignId);
    const contactIds = held.splice(0, BATCH + SPARE);
    buffers.set(campaignId, held);
    if (contactIds.length === 0) return false;
    const wanted = contactIds.map((contactId) => ({ campaignId, contactId }));
    const slots = Array.from({ length: BATCH }, (_, slot) => ({ slot, pledge: null }));
    const judge = new Judge([{ claimId: newId(), campaignId, slots, contactIds }], {
      guardOf: () => UNGUARDED,
      verdicts,
      newAttemptId: newId,
    });
    const question = { organisationId, wanted, laws, now: () => at };
    const began = performance.now();
    const { keepVerdicts } = await database.transaction((sql) => claim(sql, { question, judge, dialer: database }));
    keepVerdicts();
    figures.claimMs.push(performance.now() - began);
    figures.judged += contactIds.length;
    const ids = judge.attempts().map(({ id }) => id);
    figures.claimed += ids.length;
    buffers.set(campaignId, [...judge.parts.flatMap(({ unused }) => unused), ...held]);
    await pool.query(END, [ids]);
    return true;
  };

  await pool.query(BARE_TABLE);
  for (let count = 0; count < claims; count++) {
    if (!(await claimNext(campaignIds[count % campaignIds.length] as string))) break;
    collectYoung();
    const bareBegan = performance.now();
    await pool.query(BARE);
    figures.bareMs.push(performance.now() - bareBegan);
  }
  await pool.query('DROP TABLE bench_row');
  return figures;
};
