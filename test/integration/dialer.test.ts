import { noonZone, type Seeded } from '../setup/seed';
import { attemptsOf, campaignState, closeEnded, staff, startWorld, until, type World } from './dialer-harness';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(async () => {
  await world?.close();
});

const runToEnd = async (seeded: Seeded, ms = 25_000): Promise<void> => {
  await until(
    'the campaign to complete',
    async () => {
      await closeEnded(world, seeded);
      return (await campaignState(world, seeded)) === 'COMPLETED';
    },
    ms,
  );
};

describe('a progressive campaign at rate 1', () => {
  let seeded: Seeded;

  it('runs to completion, and what was recorded is what the switch saw', async () => {
    const at = world.clock.date();
    seeded = await world.seed({ contacts: 30, agents: 3, zone: noonZone(at) });
    const dialer = world.startDialer(seeded.dialerId);
    await dialer.served;
    const stop = await staff(world, seeded);
    expect(await world.send(seeded, 'CAMPAIGN_START', seeded.campaignId, {})).toMatchObject({ ok: true });
    expect(await world.send(seeded, 'CAMPAIGN_START', seeded.campaignId, {})).toMatchObject({
      ok: false,
      code: 'INVALID_STATE',
    });
    await runToEnd(seeded);
    stop();

    const attempts = await attemptsOf(world, seeded);
    const truth = world.truth();
    expect(attempts).toHaveLength(30);
    expect(attempts.every((attempt) => attempt.outcome !== null)).toBe(true);
    const placed = attempts.filter((attempt) => attempt.outcome !== 'NOT_PLACED');
    expect(truth.customers.map((leg) => leg.leg).sort()).toEqual(placed.map((attempt) => attempt.id).sort());
    expect(truth.overlaps).toEqual([]);
    for (const leg of truth.customers) {
      const attempt = attempts.find((row) => row.id === leg.leg);
      if (leg.withAgent.length > 0) expect(attempt?.outcome).toBe('LIVE_VOICE');
      else expect(attempt?.connected_at).toBeNull();
      expect(attempt?.live_answer).toBe(leg.live);
    }
    expect(attempts.some((attempt) => attempt.outcome === 'LIVE_VOICE')).toBe(true);
    expect(attempts.filter((attempt) => attempt.outcome === 'ABANDONED')).toEqual([]);
  });

  it('leaves nothing in flight and every fact in the outbox, once for each version', async () => {
    const { rows } = await world.pool.query(
      `SELECT (SELECT count(*) FROM call_attempt WHERE campaign_id::text = $1 AND outcome IS NULL) AS held,
         (SELECT count(*) FROM outbox WHERE payload ->> 'campaign_id' = $1) AS facts,
         (SELECT count(DISTINCT (payload ->> 'attempt_id', payload ->> 'version')) FROM outbox
           WHERE payload ->> 'campaign_id' = $1) AS once,
         (SELECT count(*) FROM call_attempt a WHERE campaign_id::text = $1 AND EXISTS (SELECT FROM outbox
           WHERE payload ->> 'attempt_id' = a.id::text AND payload ->> 'version' = a.version::text
             AND (payload ->> 'wrapped_up_at' IS NULL) = (a.wrapped_up_at IS NULL))) AS newest`,
      [seeded.campaignId],
    );
    expect(rows[0].held).toBe(0);
    expect(rows[0].facts).toBe(rows[0].once);
    expect(rows[0].newest).toBe(30);
    const ledger = await world.pool.query(
      `SELECT coalesce(sum(live_answers), 0)::int AS live, (SELECT count(*)::int FROM call_attempt
         WHERE campaign_id = $1 AND live_answer) AS attempts FROM abandon_ledger WHERE campaign_id = $1`,
      [seeded.campaignId],
    );
    expect(ledger.rows[0].live).toBe(ledger.rows[0].attempts);
  });

  it('wrote the agents’ states, reservations and the live figures', async () => {
    const agent = seeded.agents[0]?.id;
    const { rows } = await world.pool.query<{ state: string }>(
      'SELECT state FROM agent_state_history WHERE agent_id = $1 ORDER BY id',
      [agent],
    );
    const states = new Set(rows.map((row) => row.state));
    for (const state of ['IDLE', 'AVAILABLE', 'RESERVED']) expect(states).toContain(state);
    const live = await until('the last figures', async () => {
      const found = await world.pool.query('SELECT seq, view FROM campaign_live WHERE campaign_id = $1', [
        seeded.campaignId,
      ]);
      return found.rows[0]?.view.state === 'COMPLETED' && found.rows[0];
    });
    expect(live.seq).toBeGreaterThan(1);
  });

  it('lets agents leave and refuses what does not fit', async () => {
    const [first, second] = seeded.agents as [Seeded['agents'][0], Seeded['agents'][0]];
    const again = await world.send(seeded, 'AGENT_LOGIN', first.id, { deviceId: second.deviceId });
    expect(again).toMatchObject({ ok: false, code: 'INVALID_INPUT' });
    const out = await world.send(seeded, 'AGENT_LOGOUT', first.id, { reason: 'DONE' });
    expect(out).toMatchObject({ ok: true, state: 'LOGGED_OUT' });
    const { rows } = await world.pool.query(
      `SELECT s.state, (SELECT count(*) FROM agent_session o WHERE o.agent_id = s.agent_id AND o.closed_at IS NULL) AS open
       FROM agent_state s WHERE s.agent_id = $1`,
      [first.id],
    );
    expect(rows[0]).toEqual({ state: 'LOGGED_OUT', open: 0 });
    expect(await world.send(seeded, 'AGENT_AVAILABLE', first.id, {})).toMatchObject({
      ok: false,
      code: 'INVALID_STATE',
    });
  });
});
