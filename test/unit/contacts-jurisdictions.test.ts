import { lawOf } from '../../src/compliance/law/law-of';
import { LawRegistry } from '../../src/compliance/law/registry';
import { loadShippedProfiles } from '../../src/compliance/law/shipped';
import { loadAreaCodes } from '../../src/contacts/jurisdictions/area-codes';
import { JurisdictionFinder, readJurisdictions } from '../../src/contacts/jurisdictions/jurisdiction-finder';
import { placeOf } from '../../src/contacts/jurisdictions/postal-codes';
import { parseFieldMapping } from '../../src/contacts/normalise/field-mapping';
import { Normaliser } from '../../src/contacts/normalise/normaliser';
import { createPlaces, loadPlaceTables } from '../../src/contacts/normalise/places';

const NOW = Date.UTC(2026, 10, 2);
const registry = new LawRegistry(loadShippedProfiles());
const places = createPlaces(loadPlaceTables(), registry, NOW);
const mapping = parseFieldMapping({
  modes: [{ mode: 'Mobile', column: 'phone' }],
  timeZone: 'zone',
  postalCode: 'zip',
  jurisdiction: 'law',
});
const read = (row: Record<string, string>) => {
  const normaliser = new Normaliser(mapping, 'US', places);
  const result = normaliser.normalise(normaliser.columns.map((column) => row[column]));
  if ('reason' in result) return result.reason.code;
  const [{ zone, law }] = result.contact.numbers;
  return `${law} ${zone}`;
};

describe('jurisdictions of a number', () => {
  test.each([
    ['+13055550100', 'US|US-FL America/New_York'],
    ['+12025550100', 'US|US-DC America/New_York'],
    // An area with places in two states falls under both.
    ['+12015550100', 'US|US-NJ|US-NY America/New_York'],
    ['+17185550100', 'US|US-NY America/New_York'],
    ['+19025550100', 'CA|CA-NS|CA-PE America/Halifax'],
    ['+16045550100', 'CA|CA-BC America/Vancouver'],
    ['+17875550100', 'US|US-PR America/Puerto_Rico'],
    ['+447700900123', 'GB Europe/London'],
    ['+33639981234', 'FR Europe/Paris'],
    ['+493023125000', 'DE Europe/Berlin'],
    // Of an island that shares a code with the US, and none of its states.
    ['+12425550100', 'BS America/Nassau'],
  ])('%s: %s', (phone, expected) => {
    expect(read({ phone })).toBe(expected);
  });

  test('every state and province with area codes is known by one', () => {
    const codes = new Set([...loadAreaCodes().values()].flat());
    const states = [...codes].filter((code) => code.startsWith('US-'));
    // Fifty, the district and the Virgin Islands.
    expect(states).toHaveLength(52);
    expect([...codes].filter((code) => code.startsWith('CA-'))).toHaveLength(13);
  });
});

describe('postal codes', () => {
  test.each([
    ['33101', 'US-FL', 'America/New_York'],
    ['32501', 'US-FL', 'America/Chicago'],
    ['02134', 'US-MA', 'America/New_York'],
    // As a spreadsheet leaves it.
    ['2134', 'US-MA', 'America/New_York'],
    ['90210-1234', 'US-CA', 'America/Los_Angeles'],
    ['86503', 'US-AZ', 'America/Denver|America/Phoenix'],
    ['06390', 'US-CT|US-NY', 'America/New_York'],
    ['K1A 0B1', 'CA-ON', 'America/Toronto'],
    ['s7k1j5', 'CA-SK', 'America/Regina'],
    ['X0A 0H0', 'CA-NT|CA-NU', 'America/Edmonton|America/Iqaluit|America/Rankin_Inlet'],
  ])('%s is in %s', (code, regions, zones) => {
    const place = placeOf(code);
    expect(place?.regions.join('|')).toBe(regions);
    expect([...(place?.zones ?? [])].sort().join('|')).toBe(zones);
  });

  test.each(['', 'SW1A 1AA', '123', '123456', '09001', 'A1', 'D1A 1A1', 'hello'])('"%s" says nothing', (code) => {
    expect(placeOf(code)).toBeUndefined();
  });

  test('each state of the US stands in the table, with zones that exist', () => {
    const found = new Set<string>();
    for (let prefix = 0; prefix < 1000; prefix++) {
      const place = placeOf(`${String(prefix).padStart(3, '0')}01`);
      for (const region of place?.regions ?? []) found.add(region);
      for (const zone of place?.zones ?? []) expect(places.zones.ofName(zone)).toBeDefined();
    }
    // Fifty states, the district, Puerto Rico, the Virgin Islands, Guam and the Marianas.
    expect(found.size).toBe(55);
  });

  test('add to the law of the number and decide the zone', () => {
    expect(read({ phone: '+12125550100', zip: '33101' })).toBe('US|US-FL|US-NY America/New_York');
    expect(read({ phone: '+12125550100', zip: '90210' })).toBe('US|US-CA|US-NY America/Los_Angeles');
    expect(read({ phone: '+12125550100', zip: '90210', zone: 'America/Denver' })).toBe('US|US-CA|US-NY America/Denver');
    expect(read({ phone: '+12125550100', zip: 'nonsense' })).toBe('US|US-NY America/New_York');
  });
});

describe('what the record says', () => {
  test('adds its law to that of the number', () => {
    expect(read({ phone: '+12125550100', law: 'us-ok' })).toBe('US|US-NY|US-OK America/New_York');
    expect(read({ phone: '+12125550100', law: 'GB, X-COLLECTIONS' })).toBe(
      'GB|US|US-NY|X-COLLECTIONS America/New_York',
    );
  });

  test.each(['US-ZZ', 'Florida', 'QQ', 'CA-TX', 'US FL', 'X-', 'A'.repeat(50)])('%s is refused', (law) => {
    expect(read({ phone: '+12125550100', law })).toBe('JURISDICTION_UNKNOWN');
    expect(readJurisdictions(law)).toBeUndefined();
  });
});

describe('a number whose zone nobody knows', () => {
  // Toll-free: it may be answered anywhere.
  const tollFree = '+18005550100';

  test('is dialled when every zone of its country is open', () => {
    const answer = read({ phone: tollFree });
    expect(answer).toMatch(/^US America\/Anchorage\|.*\|Pacific\/Honolulu$/);
    const zones = answer.split(' ')[1] as string;
    const law = lawOf('US', NOW, registry);
    // 8:00 in Honolulu is 13:00 in New York, where 21:00 is 16:00 in Honolulu.
    expect(law.callingHours(Date.parse('2026-11-02T17:59:00Z'), zones)).toEqual({
      open: false,
      nextAt: Date.parse('2026-11-02T18:00:00Z'),
    });
    expect(law.callingHours(Date.parse('2026-11-03T01:59:00Z'), zones).open).toBe(true);
    expect(law.callingHours(Date.parse('2026-11-03T02:00:00Z'), zones).open).toBe(false);
  });

  test('is not, where a law that applies forbids to guess', () => {
    expect(read({ phone: tollFree, law: 'FR' })).toBe('ZONE_UNKNOWN');
    expect(read({ phone: tollFree, law: 'FR', zone: 'America/New_York' })).toBe('FR|US America/New_York');
  });
});

test('the finder answers the same, asked twice', () => {
  const finder = new JurisdictionFinder(loadAreaCodes());
  const ask = () => finder.jurisdictionsOf({ number: '+13055550100', place: placeOf('K1A 0B1'), record: ['US-OK'] });
  expect(ask()).toBe('CA|CA-ON|US|US-FL|US-OK');
  expect(ask()).toBe(ask());
});
