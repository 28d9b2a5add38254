import * as fc from 'fast-check';
import { change } from '../../src/api-client/change';
import { LawBook } from '../../src/compliance/own/law-book';
import { type ContactFilter, compileFilter, contactFilter } from '../../src/contacts/selection/contact-filter';
import { type ContactSort, contactSort } from '../../src/contacts/selection/contact-sort';
import { rankCampaign } from '../../src/contacts/selection/rank-campaign';
import { createCandidates } from '../../src/dialer/shell/candidates';
import { createLaws } from '../../src/dialer/shell/laws';
import { OffsetClock } from '../../src/infra/clock';
import { ADMIN_TOKEN, startTestApi, type TestApi } from '../setup/api';
import { createClient, type TestClient } from '../setup/graphql-client';
import { propertyRuns } from '../setup/property-runs';
import { noonZone, type Seeded, seedCampaign, seedContacts, seedOrganisation } from '../setup/seed';
import { until } from '../setup/until';

type Attributes = Record<string, string>;
type Pool = TestApi['container']['hot'];

let api: TestApi;
let admin: TestClient;
let pool: Pool;
let organisationId: string;
const clock = new OffsetClock();
beforeAll(async () => {
  api = await startTestApi();
  pool = api.container.hot;
  organisationId = await seedOrganisation(pool, new Date(clock.now() - 60_000));
  admin = createClient(api.url, ADMIN_TOKEN);
});
afterAll(async () => {
  await admin.close();
  await api.close();
});

const seed = async (contacts: number): Promise<Seeded> => {
  const at = clock.date();
  return seedCampaign(pool, { at, zone: noonZone(at), agents: 0, contacts, organisationId });
};

/** All that the campaign's candidates hold, in order. */
const candidatesOf = async (campaignId: string): Promise<number[]> => {
  const candidates = createCandidates({
    pool,
    clock,
    campaignId,
    hours: { startMinute: 0, endMinute: 1440 },
    laws: createLaws(new LawBook(), organisationId),
    isThere: () => true,
    onError: (error) => {
      throw error;
    },
  });
  candidates.refill();
  await until('candidates', () => candidates.held > 0, 10_000);
  return candidates.take(1_000);
};

const text = fc.constantFrom('a', 'B', 'ab', 'Zed', 'é', '"q"', '10', '9', '-3', '2026-01-31', 'x y');
const attributes: fc.Arbitrary<Attributes> = fc.dictionary(fc.constantFrom('one', 'two "2"'), text);

const holds = (
  given: string | undefined,
  { type, operator, values }: ContactFilter['anyOf'][0]['allOf'][0],
): boolean => {
  if (operator === 'IS_SET') return given !== undefined;
  if (operator === 'IS_NOT_SET') return given === undefined;
  const number = type === 'NUMBER';
  const known = given !== undefined && (!number || (given.trim() !== '' && Number.isFinite(Number(given))));
  const equal = known && values.some((value) => (number ? Number(given) === Number(value) : given === value));
  if (operator === 'NOT_EQUALS') return !equal;
  if (!known || operator === 'EQUALS') return equal;
  const [value = ''] = values;
  if (operator === 'CONTAINS') return given.toLowerCase().includes(value.toLowerCase());
  if (operator === 'STARTS_WITH') return given.startsWith(value);
  const order = number ? Number(given) - Number(value) : Buffer.compare(Buffer.from(given), Buffer.from(value));
  const answers = { GREATER: order > 0, GREATER_OR_EQUAL: order >= 0, LESS: order < 0, LESS_OR_EQUAL: order <= 0 };
  return answers[operator];
};

const condition = fc
  .record({
    attribute: fc.constantFrom('one', 'two "2"'),
    type: fc.constantFrom('TEXT' as const, 'NUMBER' as const),
    operator: fc.constantFrom(
      ...(['EQUALS', 'NOT_EQUALS', 'GREATER', 'GREATER_OR_EQUAL', 'LESS', 'LESS_OR_EQUAL'] as const),
      ...(['CONTAINS', 'STARTS_WITH', 'IS_SET', 'IS_NOT_SET'] as const),
    ),
    word: text,
    figure: fc.constantFrom('10', '9', '-3', '0'),
  })
  .map(({ attribute, type, operator, word, figure }) => {
    const textOnly = operator === 'CONTAINS' || operator === 'STARTS_WITH';
    const none = operator === 'IS_SET' || operator === 'IS_NOT_SET';
    const kind = textOnly ? 'TEXT' : type;
    return { attribute, type: kind, operator, values: none ? [] : [kind === 'NUMBER' ? figure : word] };
  });
const filter: fc.Arbitrary<ContactFilter> = fc.record({
  anyOf: fc.array(fc.record({ allOf: fc.array(condition, { minLength: 1, maxLength: 3 }) }), {
    minLength: 1,
    maxLength: 2,
  }),
});

it('filters as its words say, whatever the values', async () => {
  await fc.assert(
    fc.asyncProperty(filter, fc.array(attributes, { minLength: 1, maxLength: 20 }), async (given, all) => {
      const { rows } = await pool.query<{ matches: boolean }>(
        'SELECT contact_matches(a, $2) AS matches FROM unnest($1::jsonb[]) WITH ORDINALITY u(a, n) ORDER BY n',
        [all.map((one) => JSON.stringify(one)), compileFilter(given)],
      );
      const expected = all.map((one) =>
        given.anyOf.some(({ allOf }) => allOf.every((each) => holds(one[each.attribute], each))),
      );
      expect(rows.map(({ matches }) => matches)).toEqual(expected);
    }),
    { numRuns: propertyRuns(60) },
  );
});

const sort: fc.Arbitrary<ContactSort> = fc
  .tuple(
    fc.constantFrom('TEXT' as const, 'NUMBER' as const),
    fc.constantFrom('ASCENDING' as const, 'DESCENDING' as const),
  )
  .chain(([type, direction]) =>
    fc.constantFrom(
      [{ attribute: 'one', type, direction }],
      [
        { attribute: 'two "2"', type, direction },
        { attribute: 'one', type: 'NUMBER' as const, direction: 'DESCENDING' as const },
      ],
    ),
  );

const compareBy =
  (by: ContactSort) =>
  (a: Attributes, b: Attributes): number => {
    for (const { attribute, type, direction } of by) {
      const value = (of: Attributes): string | number | undefined => {
        const given = of[attribute];
        if (type !== 'NUMBER') return given?.toLowerCase();
        return given !== undefined && Number.isFinite(Number(given)) ? Number(given) : undefined;
      };
      const [left, right] = [value(a), value(b)];
      if (left === undefined || right === undefined) {
        if (left === right) continue;
        return left === undefined ? 1 : -1;
      }
      const order =
        typeof left === 'number' ? left - Number(right) : Buffer.compare(Buffer.from(left), Buffer.from(String(right)));
      if (order !== 0) return direction === 'ASCENDING' ? order : -order;
    }
    return 0;
  };

it('sorts by several columns, numbers as numbers, those without a value last', async () => {
  await fc.assert(
    fc.asyncProperty(sort, fc.array(attributes, { minLength: 2, maxLength: 20 }), async (by, all) => {
      const { rows } = await pool.query<{ a: Attributes }>(
        'SELECT a FROM unnest($1::jsonb[]) WITH ORDINALITY u(a, n) ORDER BY contact_sort_key(a, $2), n',
        [all.map((one) => JSON.stringify(one)), JSON.stringify(by)],
      );
      const stable = all.map((one, place) => ({ one, place }));
      stable.sort((a, b) => compareBy(by)(a.one, b.one) || a.place - b.place);
      expect(rows.map(({ a }) => a)).toEqual(stable.map(({ one }) => one));
    }),
    { numRuns: propertyRuns(60) },
  );
});

it('refuses what cannot be compared', () => {
  const of = (condition: object) => () =>
    compileFilter(contactFilter.parse({ anyOf: [{ allOf: [{ attribute: 'balance', ...condition }] }] }));
  expect(of({ type: 'NUMBER', operator: 'GREATER', values: ['many'] })).toThrow('"many" for "balance" is not a number');
  expect(of({ type: 'DATE', operator: 'LESS', values: ['2026-02-30'] })).toThrow('is not a date YYYY-MM-DD');
  expect(of({ operator: 'GREATER', values: [] })).toThrow('takes 1 values, 0 are given');
  expect(of({ type: 'NUMBER', operator: 'CONTAINS', values: ['1'] })).toThrow('is for TEXT');
  expect(contactSort.safeParse(Array.from({ length: 5 }, () => ({ attribute: 'a' }))).success).toBe(false);
});

it('selects by a changed filter and sort over the API, contacts that come later too', async () => {
  const seeded = await seed(60);
  const { campaignId, listId } = seeded;
  await pool.query(
    `UPDATE contact SET attributes = jsonb_build_object('balance', ((substr(external_id, 2)::integer * 37) % 60)::text)
     WHERE list_id = $1`,
    [listId],
  );
  const update = (input: object) =>
    change<{ version: number }>(admin, 'Campaign', 'updateCampaign(input: $input)', 'version', {
      input: { type: 'UpdateCampaignInput!', value: { id: campaignId, ...input } },
    });
  const { version } = await update({
    version: 1,
    contactFilter: {
      anyOf: [{ allOf: [{ attribute: 'balance', type: 'NUMBER', operator: 'GREATER', values: ['40'] }] }],
    },
    contactSort: [{ attribute: 'balance', type: 'NUMBER', direction: 'DESCENDING' }],
  });
  expect(await rankCampaign({ pool, clock, pubsub: api.container.pubsub }, { organisationId, campaignId })).toBe(true);
  const balances = async () => {
    const ids = await candidatesOf(campaignId);
    const { rows } = await pool.query<{ balance: string }>(
      `SELECT attributes ->> 'balance' AS balance FROM unnest($1::bigint[]) WITH ORDINALITY u(id, n) JOIN contact c ON c.id = u.id ORDER BY n`,
      [ids],
    );
    return rows.map(({ balance }) => Number(balance));
  };
  const highest = Array.from({ length: 19 }, (_, index) => 59 - index);
  expect(await balances()).toEqual(highest);
  const { campaignRanking } = await admin.query<{ campaignRanking: object }>(
    'query ($id: ID!) { campaignRanking(campaignId: $id) { contactsRanked contactsChanged selectionVersion endedAt } }',
    { id: campaignId },
  );
  expect(campaignRanking).toMatchObject({ contactsRanked: 60, selectionVersion: 1, endedAt: expect.any(String) });
  // One that comes in afterwards stands where it belongs at once.
  await pool.query(`UPDATE contact_list SET field_mapping = $2 WHERE id = $1`, [
    listId,
    JSON.stringify({ modes: { Mobile: 'phone' }, attributes: ['balance'] }),
  ]);
  const contact = (balance: string, last: number) =>
    change(admin, 'Contact', 'createContact(input: $input)', 'id', {
      input: {
        type: 'CreateContactInput!',
        value: {
          listId,
          numbers: [{ mode: 'Mobile', number: `+1212555019${last}` }],
          timeZone: noonZone(clock.date()),
          attributes: [{ name: 'balance', value: balance }],
        },
      },
    });
  await contact('50.5', 1);
  await contact('3', 2);
  expect(await balances()).toEqual([...highest.slice(0, 9), 50.5, ...highest.slice(9)]);
  await update({ version, contactFilter: null, contactSort: [] });
  await rankCampaign({ pool, clock, pubsub: api.container.pubsub }, { organisationId, campaignId });
  expect(await balances()).toHaveLength(62);
});

it('merges many zones and list priorities in one order, and leaves out what is not due', async () => {
  const at = clock.date();
  const seeded = await seed(300);
  const { campaignId } = seeded;
  await seedContacts(pool, seeded, 100, { at, zone: noonZone(at) }, 300);
  await pool.query(
    `UPDATE campaign_contact SET sort_key = int8send((contact_id * 7919) % 997), priority = 1 + contact_id % 2,
       law = 'X-' || contact_id % 40, due_at = $2::timestamptz + CASE WHEN contact_id % 10 = 0 THEN interval '1 hour' ELSE interval '0' END,
       queued = contact_id % 3 > 0
     WHERE campaign_id = $1`,
    [campaignId, at],
  );
  const { rows } = await pool.query<{ id: number }>(
    `SELECT contact_id AS id FROM campaign_contact WHERE campaign_id = $1 AND due_at <= $2
     ORDER BY priority, sort_key, due_at, contact_id`,
    [campaignId, clock.date()],
  );
  expect(await candidatesOf(campaignId)).toEqual(rows.map(({ id }) => id));
});
