import { newId } from '../../src/infra/ids';
import { noonZone } from '../setup/seed';
import { attemptsOf, closeEnded, QUICK_WORLD, staff, startWorld, until, type World } from './dialer-harness';

const REFUSED = 0;
const REFUSED_AGAIN = 1;
/** The numbers of these contacts are busy, all others pick up. */
const suffixes = ['00', '01'];

let world: World;
beforeAll(async () => {
  world = await startWorld({
    ...QUICK_WORLD,
    rules: suffixes.map((suffix) => ({ suffix, script: { outcome: 'busy' as const, ringMs: 50 } })),
  });
});
const stops: (() => void)[] = [];
afterAll(async () => {
  for (const stop of stops) stop();
  await world?.close();
});

/** Refuses outcomes for good, as a constraint would: of one number while they carry a cause, of another unless unknown. */
const refuseOutcomes = async (withCause: string, known: string): Promise<void> => {
  await world.pool.query(
    `CREATE FUNCTION refuse_outcome() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
       IF NEW.number = '${withCause}' AND NEW.q850 IS NOT NULL OR NEW.number = '${known}' AND NEW.outcome <> 'UNKNOWN' THEN
         RAISE EXCEPTION 'refused' USING ERRCODE = '23514';
       END IF;
       RETURN NEW;
     END $$`,
  );
  await world.pool.query(
    `CREATE TRIGGER refuse_outcome BEFORE UPDATE ON call_attempt FOR EACH ROW
     WHEN (NEW.outcome IS NOT NULL AND OLD.outcome IS NULL) EXECUTE FUNCTION refuse_outcome()`,
  );
};

it('ends attempts whose outcome PostgreSQL refused for good, and those that nobody knows, and leaves talks alone', async () => {
  const seeded = await world.seed({ contacts: 12, agents: 3, zone: noonZone(world.clock.date()) });
  const { rows: numbers } = await world.pool.query<{ contact_id: number; number: string }>(
    'SELECT id AS contact_id, number FROM contact WHERE list_id = $1 ORDER BY id',
    [seeded.listId],
  );
  const numberOf = (index: number) => numbers[index]?.number ?? '';
  await refuseOutcomes(numberOf(REFUSED), numberOf(REFUSED_AGAIN));
  const dialer = world.startDialer(seeded.dialerId, { forgottenAfterMs: 600 });
  await dialer.served;
  stops.push(await staff(world, seeded));
  await world.send(seeded, 'CAMPAIGN_START', seeded.campaignId, {});

  const ended = await until('every outcome', async () => {
    await closeEnded(world, seeded);
    const rows = await attemptsOf(world, seeded);
    return rows.length === 12 && rows.every((row) => row.outcome !== null) && rows;
  });
  const of = (index: number) => ended.find((row) => row.number === numberOf(index));
  // What was decided stands; where that cannot be written, the mark: nobody had answered.
  expect(of(REFUSED)).toMatchObject({ outcome: 'BUSY', live_answer: false });
  expect(of(REFUSED_AGAIN)).toMatchObject({ outcome: 'UNKNOWN', abandon_cause: null });
  const truth = world.truth();
  expect(truth.customers).toHaveLength(12);
  for (const leg of truth.customers.filter(({ withAgent }) => withAgent.length > 0)) {
    expect(ended.find((row) => row.id === leg.leg)?.outcome).toBe('LIVE_VOICE');
  }
  // Open in PostgreSQL, unknown to the dialer and to the switch: as if the claim's answer had been lost for good.
  const orphan = newId();
  await world.pool.query(
    `INSERT INTO call_attempt SELECT (jsonb_populate_record(a, jsonb_build_object('id', $1::text, 'phase', 'PLACED',
       'outcome', null, 'abandon_cause', null, 'live_answer', false, 'answered_at', null, 'connected_at', null,
       'ended_at', null, 'agent_id', null))).* FROM call_attempt a WHERE a.id = $2`,
    [orphan, of(2)?.id],
  );
  await until('the orphan to end', async () =>
    (await attemptsOf(world, seeded)).some((row) => row.id === orphan && row.outcome === 'UNKNOWN'),
  );

  const { rows } = await world.pool.query(
    `SELECT (SELECT count(*) FROM call_attempt WHERE campaign_id = $1 AND outcome IS NULL) AS held,
       (SELECT count(*) FROM campaign_contact WHERE campaign_id = $1 AND state = 'IN_FLIGHT') AS "inFlight",
       (SELECT count(DISTINCT payload ->> 'attempt_id') FROM outbox WHERE payload ->> 'campaign_id' = $1::text) AS facts`,
    [seeded.campaignId],
  );
  expect(rows[0]).toMatchObject({ held: 0, inFlight: 0, facts: 13 });
  await dialer.end();
}, 60_000);
