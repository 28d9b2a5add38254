import type { GuardScope } from '../../src/dialer/shell/campaign-law';
import { countScopes } from '../../src/dialer/shell/claim/guard-scopes';
import type { OutcomeItem } from '../../src/dialer/shell/write-items';
import { createWriter } from '../../src/dialer/shell/writer';
import { OffsetClock } from '../../src/infra/clock';
import { newId } from '../../src/infra/ids';
import { seedOrganisation } from '../setup/seed';
import { testPool } from '../setup/test-pool';
import { type ClaimBench, claimBench } from './claim-bench';

const DAY = 86_400_000;
const MINUTE = 60_000;
const scope: GuardScope = {
  rule: 'ROLLING/86400000/LIVE_ANSWERS/ALL',
  window: { kind: 'ROLLING', ms: DAY },
  limitPercent: 3,
};
const codes = new Set(['']);
const guard = { knows: (law: string) => codes.has(law), scopes: [scope] };

const db = testPool();
const clock = new OffsetClock();

const bench = (organisationId: string, prefix: string) =>
  claimBench(
    { databaseUrl: db.stores.databaseUrl, pool: db.pool, clock },
    { organisationId, contacts: 150, guard, number: (index) => `+1${prefix}55501${String(index).padStart(2, '0')}` },
  );

const writerOf = ({ database, seeded }: ClaimBench) =>
  createWriter({
    database,
    organisationId: seeded.organisationId,
    clock,
    onWritten: () => undefined,
    onDropped: (_item, error) => {
      throw error;
    },
    onFailure: () => undefined,
  });

const outcome = (attemptId: string, what: 'SERVED' | 'OVERDIAL' | 'BUSY'): OutcomeItem => {
  const now = clock.now();
  return {
    kind: 'outcome',
    attemptId,
    outcome: what === 'SERVED' ? 'LIVE_VOICE' : what === 'BUSY' ? 'BUSY' : 'ABANDONED',
    abandonCause: what === 'OVERDIAL' ? 'OVERDIAL' : null,
    liveAnswer: what !== 'BUSY',
    late: false,
    counted: {
      live: what === 'BUSY' ? null : now,
      served: what === 'SERVED' ? now : null,
      abandoned: what === 'OVERDIAL' ? now : null,
    },
    agentId: null,
    port: null,
    by: 'us',
    q850: 16,
    sip: null,
    times: { endedAt: performance.now() },
    wall: now,
  };
};

const history = async (organisationId: string, live: number, agoMs = 3_600_000) => {
  const minute = new Date(Math.floor((clock.now() - agoMs) / MINUTE) * MINUTE);
  await db.pool.query(
    `INSERT INTO guard_scope_minute (organisation_id, rule, minute, dialer_id, live_answers) VALUES ($1, $2, $3, $4, $5)`,
    [organisationId, scope.rule, minute, newId(), live],
  );
};

const figures = async (organisationId: string) => {
  const now = clock.now();
  const counted = await countScopes(db.pool, organisationId, [scope], { slow: now, fast: now });
  const found = counted.get(scope.rule);
  if (!found) throw new Error('no figures');
  return found;
};

it('two dialers of one organisation never reserve more than its window bears, whatever they claim at once', async () => {
  const organisationId = await seedOrganisation(db.pool, clock.date());
  const benches = [await bench(organisationId, '201'), await bench(organisationId, '202')];
  await history(organisationId, 400);
  const first = await Promise.all(benches.map((each) => each.claim(10)));
  // 3 % of 400: both asked at once, and one of them was given what the other had left.
  expect(first.flat()).toHaveLength(12);
  expect(await figures(organisationId)).toMatchObject({ answers: 400, abandons: 0, atRisk: 12, left: 0 });
  // An agent, or a port, stands behind a pledged slot: it is not for a scope to refuse.
  expect(await benches[0]?.claim(3, newId())).toHaveLength(3);
  expect(await benches[1]?.claim(4)).toEqual([]);

  const writers = benches.map(writerOf);
  let open: { of: number; attemptId: string }[] = first.flatMap((lines, of) =>
    lines.map(({ attemptId }) => ({ of, attemptId })),
  );
  let abandoned = 0;
  for (let round = 0; round < 6; round += 1) {
    // Half of what is in flight ends, while both dialers ask for more.
    const ending = open.filter((_, index) => (index + round) % 2 === 0);
    open = open.filter((line) => !ending.includes(line));
    const [...claimed] = await Promise.all(
      benches.map(async (each, of) => {
        const mine = ending.filter((line) => line.of === of);
        mine.forEach(({ attemptId }, index) => {
          const what = index % 3 === 0 ? 'OVERDIAL' : index % 3 === 1 ? 'SERVED' : 'BUSY';
          if (what === 'OVERDIAL') abandoned += 1;
          writers[of]?.push(outcome(attemptId, what));
        });
        const [lines] = await Promise.all([each.claim(6), writers[of]?.settled()]);
        return lines.map(({ attemptId }) => ({ of, attemptId }));
      }),
    );
    open.push(...claimed.flat());
    const now = await figures(organisationId);
    expect(now.abandons).toBe(abandoned);
    expect(now.atRisk).toBe(open.length);
    expect(100 * (now.abandons + now.atRisk)).toBeLessThanOrEqual(3 * now.answers);
  }
  expect(abandoned).toBeGreaterThan(0);
  for (const writer of writers) writer.stop();
  await Promise.all(benches.map(({ database }) => database.close()));
});

it('follows a line that gains or loses its agent, and lets it go with its outcome', async () => {
  const organisationId = await seedOrganisation(db.pool, clock.date());
  const given = await bench(organisationId, '203');
  await history(organisationId, 100);
  const [uncovered] = await given.claim(1);
  const [pledged] = await given.claim(1, newId());
  const writer = writerOf(given);
  const atRisk = async () => (await figures(organisationId)).atRisk;
  expect(await atRisk()).toBe(1);
  writer.push({ kind: 'atRisk', attemptId: pledged?.attemptId ?? '', atRisk: true });
  await writer.settled();
  expect(await atRisk()).toBe(2);
  writer.push({ kind: 'atRisk', attemptId: uncovered?.attemptId ?? '', atRisk: true });
  writer.push({ kind: 'atRisk', attemptId: uncovered?.attemptId ?? '', atRisk: false });
  await writer.settled();
  expect(await atRisk()).toBe(1);
  writer.push(outcome(pledged?.attemptId ?? '', 'OVERDIAL'));
  writer.push(outcome(uncovered?.attemptId ?? '', 'SERVED'));
  await writer.settled();
  expect(await figures(organisationId)).toMatchObject({ answers: 102, abandons: 1, atRisk: 0, left: 2 });
  writer.stop();
  await given.database.close();
});

it('answers that leave the window before a line can have resolved count for nothing', async () => {
  const organisationId = await seedOrganisation(db.pool, clock.date());
  const given = await bench(organisationId, '204');
  await history(organisationId, 1_000, DAY - 2 * MINUTE);
  expect(await given.claim(2)).toEqual([]);
  expect(await figures(organisationId)).toMatchObject({ answers: 1_000, left: 0 });
  await given.database.close();
});

it('somebody under a law that the guard does not know waits until it does', async () => {
  const organisationId = await seedOrganisation(db.pool, clock.date());
  const given = await bench(organisationId, '205');
  await db.pool.query(`UPDATE campaign_contact SET law = 'CA' WHERE campaign_id = $1`, [given.seeded.campaignId]);
  expect(await given.claim(2, newId())).toEqual([]);
  expect(given.lawMissed).toEqual([given.seeded.campaignId]);
  codes.add('CA');
  expect(await given.claim(2, newId())).toHaveLength(2);
  codes.delete('CA');
  await given.database.close();
});
