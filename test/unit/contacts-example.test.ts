import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DateTime } from 'luxon';
import { LawRegistry } from '../../src/compliance/law/registry';
import { loadShippedProfiles } from '../../src/compliance/law/shipped';
import { readCsvRows } from '../../src/contacts/files/csv-rows';
import { inspectEncoding } from '../../src/contacts/files/encoding';
import { parseFieldMapping } from '../../src/contacts/normalise/field-mapping';
import { type NormalContact, Normaliser } from '../../src/contacts/normalise/normaliser';
import { createPlaces, loadPlaceTables } from '../../src/contacts/normalise/places';

const examples = join(__dirname, '..', '..', 'examples');

/** The ranges that examples/README.md names. */
const FICTIONAL =
  /^\+(1\d{3}55501\d\d|44(7700900|2079460|1134960|1214960|1314960|1414960|1614960|2920180|2896496|1632960)\d{3}|61[2378](5550|7010)\d{4}|3532091\d{5}|33(19900|26191|35301|46571|53649|63998)\d{4}|49(3023125|4066969|2214710|6990009|8999998)\d{3}|46(8465004|3139006|4062804|9803192)\d{2})$/;

describe('examples/contacts.csv', () => {
  const contacts: NormalContact[] = [];
  const reasons = new Map<string, number>();
  let rows = 0;

  beforeAll(async () => {
    const { defaultCountry, fieldMapping } = JSON.parse(readFileSync(join(examples, 'contacts.mapping.json'), 'utf8'));
    const places = createPlaces(loadPlaceTables(), new LawRegistry(loadShippedProfiles()), Date.UTC(2026, 0, 1));
    const normaliser = new Normaliser(parseFieldMapping(fieldMapping), defaultCountry, places);
    const file = await inspectEncoding(join(examples, 'contacts.csv'));
    const refuse = (code: string) => reasons.set(code, (reasons.get(code) ?? 0) + 1);
    const seen = new Set<string>();
    for await (const batch of readCsvRows(file, normaliser.columns, 0, () => undefined)) {
      for (const row of batch) {
        rows += 1;
        const result = row.fault ? { reason: row.fault } : normaliser.normalise(row.values);
        if ('reason' in result) refuse(result.reason.code);
        else if (seen.has(result.contact.numbers[0].number)) refuse('DUPLICATE');
        else {
          seen.add(result.contact.numbers[0].number);
          contacts.push(result.contact);
        }
      }
    }
  });

  test('has 5,000 rows, 4,800 of them good, and every kind of fault', () => {
    expect([rows, contacts.length, reasons.get('DUPLICATE')]).toEqual([5000, 4800, 17]);
    expect([...reasons.keys()].sort()).toEqual([
      'AREA_UNKNOWN',
      'COUNTRY_UNKNOWN',
      'DUPLICATE',
      'EXTENSION_NOT_ALLOWED',
      'MALFORMED_ROW',
      'MISSING_NUMBER',
      'NOT_A_NUMBER',
      'NUMBER_NOT_VALID',
      'NUMBER_TOO_LONG',
      'VALUE_TOO_LONG',
      'ZONE_UNKNOWN',
    ]);
  });

  test('has only numbers kept for fiction', () => {
    const others = contacts
      .flatMap(({ numbers }) => numbers.map(({ number }) => number))
      .filter((number) => !FICTIONAL.test(number));
    expect(others).toEqual([]);
  });

  test('has people to call at any hour', () => {
    const byZone = new Map<string, number>();
    for (const { numbers } of contacts) byZone.set(numbers[0].zone, (byZone.get(numbers[0].zone) ?? 0) + 1);
    const hourIn = (zone: string, at: DateTime) => at.setZone(zone).hour;
    const callable = (at: DateTime) =>
      [...byZone]
        .filter(([zone]) => zone.split('|').every((each) => hourIn(each, at) >= 8 && hourIn(each, at) < 21))
        .reduce((sum, [, count]) => sum + count, 0);
    for (const month of [1, 4, 7, 10]) {
      for (let hour = 0; hour < 24; hour += 1) {
        expect(callable(DateTime.utc(2026, month, 15, hour, 30))).toBeGreaterThan(1500);
      }
    }
  });
});
