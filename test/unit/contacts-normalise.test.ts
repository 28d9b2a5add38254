import fc from 'fast-check';
import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import { LawRegistry } from '../../src/compliance/law/registry';
import { loadShippedProfiles } from '../../src/compliance/law/shipped';
import { parseFieldMapping } from '../../src/contacts/normalise/field-mapping';
import { Normaliser } from '../../src/contacts/normalise/normaliser';
import { readNorthAmerican } from '../../src/contacts/normalise/phone-number';
import { createPlaces, loadPlaceTables } from '../../src/contacts/normalise/places';
import { propertyRuns } from '../setup/property-runs';

const places = createPlaces(loadPlaceTables(), new LawRegistry(loadShippedProfiles()), Date.UTC(2026, 0, 1));
const { zones } = places;
const mapping = (more: object = {}) =>
  parseFieldMapping({
    modes: [
      { mode: 'Mobile', column: 'phone' },
      { mode: 'Home', column: 'home' },
    ],
    externalId: 'id',
    timeZone: 'zone',
    attributes: ['name'],
    ...more,
  });

const normalise = (row: Record<string, string>, more: object = {}, country: 'US' | 'GB' = 'US') => {
  const normaliser = new Normaliser(mapping(more), country, places);
  return normaliser.normalise(normaliser.columns.map((column) => row[column]));
};
const numberOf = (phone: string, more: object = {}, country: 'US' | 'GB' = 'US'): string => {
  const result = normalise({ phone }, more, country);
  return 'reason' in result
    ? result.reason.code
    : `${result.contact.numbers[0].number} ${result.contact.numbers[0].zone}`;
};

describe('numbers', () => {
  test.each([
    ['(212) 555-0123', '+12125550123 America/New_York'],
    ['+1 808 555 0123', '+18085550123 Pacific/Honolulu'],
    // Kept for fiction: the country has that length, but the range is assigned to nobody.
    ['+44 7700 900123', '+447700900123 Europe/London'],
    ['+353 20 910 1234', '+353209101234 Europe/London'],
    ['+61 491 570 006', '+61491570006 Australia/Sydney'],
    ['+33 6 39 98 12 34', '+33639981234 Europe/Paris'],
  ])('%s is %s', (written, expected) => {
    expect(numberOf(written)).toBe(expected);
  });

  test('a national number is read in the country of the list', () => {
    expect(numberOf('07700 900123', {}, 'GB')).toBe('+447700900123 Europe/London');
  });

  test.each([
    ['hello', 'NOT_A_NUMBER'],
    ['12', 'NUMBER_TOO_SHORT'],
    ['+1 212 555', 'NUMBER_NOT_VALID'],
    ['+999 123 456 789', 'COUNTRY_UNKNOWN'],
    ['+1 999 555 0123', 'AREA_UNKNOWN'],
    ['+1 212 555 0123 ext 5', 'EXTENSION_NOT_ALLOWED'],
    ['+44 7700 900 123 456 789 123 456', 'NUMBER_TOO_LONG'],
    ['1'.repeat(300), 'NUMBER_TOO_LONG'],
    ['', 'MISSING_NUMBER'],
  ])('%s is refused: %s', (written, code) => {
    expect(numberOf(written)).toBe(code);
  });

  test('VALID refuses ranges that nobody has', () => {
    expect(numberOf('+447700900123', { numberCheck: 'VALID' })).toBe('NUMBER_NOT_VALID');
    expect(numberOf('+442079460123', { numberCheck: 'VALID' })).toBe('+442079460123 Europe/London');
  });

  test('the length is within that of the list', () => {
    expect(numberOf('+12125550123', { numberLengthMin: 12 })).toBe('NUMBER_TOO_SHORT');
    expect(numberOf('+12125550123', { numberLengthMax: 10 })).toBe('NUMBER_TOO_LONG');
  });

  test('no reason holds the number', () => {
    for (const phone of ['+1 999 555 0123', '+1 212 555', '+999123456789']) {
      expect(JSON.stringify(normalise({ phone }))).not.toMatch(/\d{4}/);
    }
  });
});

test('the quick way for North American numbers answers as the library does', () => {
  const part = fc.constantFrom(
    '+1',
    '1',
    '',
    '+',
    '(',
    ') ',
    '-',
    '.',
    ' ',
    '212',
    '555',
    '0123',
    '999',
    '808',
    '01',
    '4',
    ' ext 5',
    '٣',
  );
  const written = fc.oneof(
    fc.array(part, { maxLength: 8 }).map((parts) => parts.join('')),
    fc
      .tuple(
        fc.constantFrom('+1', '1 ', ''),
        fc.integer({ min: 200, max: 999 }),
        fc.integer({ min: 0, max: 9_999_999 }),
      )
      .map(([prefix, area, rest]) => `${prefix}(${area}) ${String(rest).padStart(7, '0')}`),
  );
  fc.assert(
    fc.property(written, fc.constantFrom('US', 'CA', 'GB'), (text, country) => {
      const quick = readNorthAmerican(text, country, zones);
      if (!quick) return;
      const parsed = parsePhoneNumberFromString(text, { defaultCountry: country as 'US', extract: false });
      expect([text, parsed?.number, parsed?.isPossible(), parsed?.ext]).toEqual([text, quick.number, true, undefined]);
    }),
    { numRuns: propertyRuns(2000) },
  );
});

describe('rows', () => {
  test('the zone of the column goes before that of the number', () => {
    const result = normalise({ phone: '+12125550123', zone: 'Asia/Tokyo', id: '7', name: 'Ann' });
    expect(result).toEqual({
      contact: {
        externalId: '7',
        numbers: [{ mode: 'Mobile', number: '+12125550123', zone: 'Asia/Tokyo', law: 'US|US-NY' }],
        attributes: { name: 'Ann' },
      },
    });
    expect(normalise({ phone: '+12125550123', zone: 'Mars/Olympus' })).toMatchObject({
      reason: { code: 'ZONE_UNKNOWN' },
    });
    expect(normalise({ phone: '+12125550123', zone: '+02:00' })).toMatchObject({ reason: { code: 'ZONE_UNKNOWN' } });
  });

  test('a number of several zones must be lawful in each that keeps another clock', () => {
    // Alaska's area code reaches into the Aleutians.
    expect(numberOf('+1 907 555 0123')).toBe('+19075550123 America/Adak|America/Anchorage');
  });

  test('a further number that is none is left out and said, the contact stays', () => {
    const result = normalise({ phone: '+12125550123', home: '123' });
    expect(result).toMatchObject({
      contact: { numbers: [{ mode: 'Mobile' }], leftOut: { field: 'home', code: 'FURTHER_NUMBER_LEFT_OUT' } },
    });
  });

  test('the same number in two columns stands once', () => {
    const result = normalise({ phone: '+12125550123', home: '212-555-0123' });
    expect(result).toMatchObject({ contact: { numbers: [{ mode: 'Mobile' }] } });
  });

  test('values are limited', () => {
    const phone = '+12125550123';
    expect(normalise({ phone, name: 'x'.repeat(1001) })).toMatchObject({
      reason: { field: 'name', code: 'VALUE_TOO_LONG' },
    });
    expect(normalise({ phone, id: 'x'.repeat(101) })).toMatchObject({
      reason: { field: 'id', code: 'VALUE_TOO_LONG' },
    });
    expect(normalise({ phone, name: 'a\0b' })).toMatchObject({ reason: { field: 'name', code: 'MALFORMED_ROW' } });
  });
});

describe('field mapping', () => {
  test.each([
    [{ modes: [] }, 'modes'],
    [{ modes: [{ mode: 'Mobile', column: '' }] }, 'modes.0.column'],
    [{ modes: [1, 2].map(() => ({ mode: 'Mobile', column: 'a' })) }, 'modes'],
    [{ modes: [{ mode: 'Mobile', column: 'a' }], numberLengthMin: 3 }, 'numberLengthMin'],
    [{ modes: [{ mode: 'Mobile', column: 'a' }], numberLengthMin: 12, numberLengthMax: 10 }, 'numberLengthMin'],
  ])('%j is refused at %s', (value, field) => {
    expect(() => parseFieldMapping(value)).toThrow(expect.objectContaining({ code: 'INVALID_INPUT', field }));
  });
});
