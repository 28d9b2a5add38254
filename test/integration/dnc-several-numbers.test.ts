import { LawBook } from '../../src/compliance/own/law-book';
import { ContactExplanations } from '../../src/dialer/explain/contact-explanation';
import { SkipForecasts } from '../../src/dialer/explain/forecast';
import { startTestApi, type TestApi } from '../setup/api';
import { fictionalNumber } from '../setup/seed';
import { openPeople } from './dnc-people';
import { claimOnce } from './gate-world';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());

describe('a contact with several numbers', () => {
  const MODES = ['Home', 'Mobile', 'Work'];
  /** Number j of contact i stands on a list if bit j of i is set, contact 8 by its customer id; the last has opted out by one of its numbers. */
  const openMany = async (strategy: string[] | null) => {
    const opened = await openPeople(api, 10);
    const { pool, caller, campaign, ids, lists, entries, optOuts } = opened;
    const numberOf = (contact: number, index: number) => fictionalNumber(100 * (index + 1) + contact);
    await pool.query(
      `UPDATE contact c SET numbers = (
         SELECT jsonb_agg(jsonb_build_object('mode', m.mode, 'number', m.number, 'zone', n.zone) ORDER BY m.place)
         FROM jsonb_to_recordset($2::jsonb) AS m(id bigint, mode text, number text, place integer) WHERE m.id = c.id)
       FROM campaign_contact n WHERE n.contact_id = c.id AND n.campaign_id = $1`,
      [
        campaign.campaignId,
        JSON.stringify(
          ids.flatMap((id, contact) =>
            MODES.map((mode, place) => ({ id, mode, place, number: numberOf(contact, place) })),
          ),
        ),
      ],
    );
    if (strategy) {
      const { rows } = await pool.query<{ id: string }>(
        `INSERT INTO contact_strategy (id, organisation_id, name, settings, created_at)
         VALUES (gen_random_uuid(), $1, 'modes', $2, $3) RETURNING id`,
        [
          caller.organisationId,
          {
            modes: strategy.map((mode) => ({ mode, attempts: 1, gapMinutes: 0, weekly: null })),
            ...{ sequentialDialling: false, windowRule: 'PER_NUMBER', maxAttemptsPerDay: null, limits: [] },
          },
          new Date(opened.at),
        ],
      );
      await pool.query('UPDATE campaign SET contact_strategy_id = $2 WHERE id = $1', [
        campaign.campaignId,
        rows[0]?.id,
      ]);
    }
    const { id: listId } = await lists.create(caller, { name: 'own', kind: 'INTERNAL' });
    for (let contact = 0; contact < 8; contact += 1) {
      for (const [index] of MODES.entries()) {
        if (!((contact >> index) & 1)) continue;
        await entries.add(caller, { listId, kind: 'NUMBER', values: [numberOf(contact, index)], source: 'test' });
      }
    }
    await entries.add(caller, { listId, kind: 'CUSTOMER_ID', values: ['c8'], source: 'test' });
    await optOuts.add(caller, { number: numberOf(9, 1) });
    return opened;
  };
  /** Claims until nobody is left; modes that were dialled, by contact. */
  const dialAll = async ({ pool, world, campaign, ids, at }: Awaited<ReturnType<typeof openMany>>) => {
    const modes: Record<number, string> = {};
    for (let round = 0; round < 4; round += 1) {
      const { rows } = await pool.query<{ id: number }>(
        `SELECT contact_id AS id FROM campaign_contact WHERE campaign_id = $1 AND state = 'READY' ORDER BY 1`,
        [campaign.campaignId],
      );
      const attempts = await claimOnce(
        pool,
        world,
        campaign,
        rows.map(({ id }) => id),
        { at },
      );
      const made = await pool.query<{ contact: number; mode: string }>(
        'SELECT contact_id AS contact, mode FROM call_attempt WHERE id = ANY($1::uuid[])',
        [attempts.map(({ id }) => id)],
      );
      for (const { contact, mode } of made.rows) modes[ids.indexOf(contact)] = mode;
    }
    return modes;
  };

  it('goes on with the next one in the order of the list, and is closed when all are listed', async () => {
    const opened = await openMany(null);
    const { pool, campaign, caller, ids, standing } = opened;
    const explanations = new ContactExplanations({ pool, clock: api.container.clock, laws: new LawBook() });
    const told = await explanations.of(caller, campaign.campaignId, String(ids[1]));
    const dncOf = (index: number) => told?.numbers[index]?.gates.find(({ gate }) => gate === 'DNC')?.detail;
    expect(dncOf(0)).toContain(
      'on do-not-call lists: INTERNAL by NUMBER; another number of the contact is next, from ',
    );
    expect(dncOf(1)).toContain('on no do-not-call list');
    expect(await dialAll(opened)).toEqual({
      0: 'Home',
      1: 'Mobile',
      2: 'Home',
      3: 'Work',
      4: 'Home',
      5: 'Mobile',
      6: 'Home',
    });
    expect(await standing()).toEqual({ 7: 'DNC', 8: 'DNC', 9: 'OPTED_OUT' });
  });

  it('goes on as the contact strategy says, which leaves out modes that it does not name', async () => {
    const opened = await openMany(['Work', 'Mobile']);
    const forecast = await new SkipForecasts({ pool: opened.pool, clock: api.container.clock, laws: new LawBook() }).of(
      opened.caller,
      opened.campaign.campaignId,
    );
    expect(await dialAll(opened)).toEqual({ 0: 'Work', 1: 'Work', 2: 'Work', 3: 'Work', 4: 'Mobile', 5: 'Mobile' });
    expect(await opened.standing()).toEqual({ 6: 'DNC', 7: 'DNC', 8: 'DNC', 9: 'OPTED_OUT' });
    expect(forecast?.reasons).toEqual([
      { gate: 'DNC', contacts: 2 },
      { gate: 'MODE_WINDOW', contacts: 1 },
      { gate: 'OPT_OUT', contacts: 1 },
    ]);
  });

  it('goes on with the next one while a rule of the organisation holds for its number', async () => {
    const opened = await openMany(null);
    const { rules, set, caller, pool, campaign, ids } = opened;
    const mode = (value: string) => ({ subject: 'MODE', values: [value] });
    // Noon is in the middle of this wait, and it is noon where they are.
    const day = { subject: 'TIME', values: ['06:00-18:30'] };
    const { id } = await rules.create(caller, {
      name: 'by mode',
      rules: [
        { name: 'never at home', consequence: 'SKIP', anyOf: [{ allOf: [mode('Home')] }] },
        { name: 'after work', consequence: 'DELAY', anyOf: [{ allOf: [mode('Work'), day] }] },
      ],
    });
    await set({ suppressionRuleSetId: id });
    expect(await dialAll(opened)).toEqual({ 0: 'Mobile', 1: 'Mobile', 4: 'Mobile', 5: 'Mobile' });
    expect(await opened.standing()).toEqual({ 6: 'SUPPRESSED', 7: 'DNC', 8: 'DNC', 9: 'OPTED_OUT' });
    const { rows } = await pool.query<{ id: number; place: number; due: Date; zone: string }>(
      `SELECT contact_id AS id, number_index AS place, due_at AS due, zone FROM campaign_contact
       WHERE campaign_id = $1 AND state = 'READY' ORDER BY 1`,
      [campaign.campaignId],
    );
    const waiting = rows.map(({ due, zone, ...row }) => ({
      contact: ids.indexOf(row.id),
      mode: MODES[row.place],
      due: due.toLocaleTimeString('en-GB', { timeZone: zone }),
    }));
    expect(waiting).toEqual([2, 3].map((contact) => ({ contact, mode: 'Work', due: '18:30:00' })));
  });
});
