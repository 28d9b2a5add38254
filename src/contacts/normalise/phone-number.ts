import {
  type CountryCode,
  isSupportedCountry,
  ParseError,
  type PhoneNumber,
  parsePhoneNumberFromString,
  parsePhoneNumberWithError,
} from 'libphonenumber-js/max';
import type { ZoneFinder } from '../zones/zone-finder';
import type { FieldMapping } from './field-mapping';
import { type Reason, reason } from './reason';

/** No way of writing fifteen digits needs more. */
const MAX_WRITTEN = 40;

export interface PlacedNumber {
  number: string;
  /** Zones that the number itself means, joined by '|'. */
  zones: string | undefined;
  /** ISO 3166-1; absent where the area of the North American plan tells it. */
  country?: string | undefined;
}

export type NumberRules = Pick<FieldMapping, 'numberCheck' | 'numberLengthMin' | 'numberLengthMax'>;

export const isCountry = (code: string): code is CountryCode => isSupportedCountry(code);

/** Fictional and very young ranges of a code that several countries share are taken as its main country's. */
const countryIn = (parsed: PhoneNumber): string | undefined =>
  parsed.country ?? (parsed.countryCallingCode === '1' ? undefined : parsed.getPossibleCountries()[0]);

const PARSE_REASONS = {
  INVALID_COUNTRY: ['COUNTRY_UNKNOWN', 'has no known country calling code'],
  NOT_A_NUMBER: ['NOT_A_NUMBER', 'is not a telephone number'],
  TOO_SHORT: ['NUMBER_TOO_SHORT', 'is too short to be a telephone number'],
  TOO_LONG: ['NUMBER_TOO_LONG', 'is too long to be a telephone number'],
} as const;

const PUNCTUATION = /[\s().-]/g;
/** As people begin a number; what begins otherwise is left to the library. */
const PLAIN_START = /^(\+1|\(?\d)/;
const NORTH_AMERICAN = /^(\+1|1)?([2-9]\d{2}[2-9]\d{6})$/;
/** Countries whose own numbers are those of the plan; the islands have area codes of their own to be written alike. */
const IN_PLAN = new Set<string>(['US', 'CA']);

/**
 * Ten digits of the North American plan in an area that exists need no parser: their length is the only one there is. The
 * library takes some 12 µs for a number, a third of all that an import does. A test holds this to the library's answer.
 */
export const readNorthAmerican = (
  written: string,
  country: string,
  zones: ZoneFinder,
): { number: string; zones: string } | undefined => {
  if (!PLAIN_START.test(written)) return undefined;
  const match = NORTH_AMERICAN.exec(written.replace(PUNCTUATION, ''));
  if (!match || (match[1] !== '+1' && !IN_PLAN.has(country))) return undefined;
  const number = `+1${match[2]}`;
  const found = zones.ofNumber(number);
  return found && found.prefix.length >= 4 ? { number, zones: found.zones } : undefined;
};

/**
 * Reads a number as it was written into E.164. With POSSIBLE it is enough that the country is known and the length is one that
 * the country has; in the North American plan also the area code must exist, since a wrong one is the commonest slip there.
 * That lets in ranges younger than our tables and those kept for fiction, which VALID refuses. A number that nobody has costs
 * one attempt: the network says so and it is closed.
 */
export const readNumber = (
  written: string,
  field: string,
  country: CountryCode,
  rules: NumberRules,
  zones: ZoneFinder,
): PlacedNumber | Reason => {
  if (written.length > MAX_WRITTEN)
    return reason(field, 'NUMBER_TOO_LONG', `${field} has more than ${MAX_WRITTEN} signs`);
  if (rules.numberCheck === 'POSSIBLE' && rules.numberLengthMin <= 11 && rules.numberLengthMax >= 11) {
    const quick = readNorthAmerican(written, country, zones);
    if (quick) return quick;
  }
  let parsed: ReturnType<typeof parsePhoneNumberWithError>;
  try {
    parsed = parsePhoneNumberWithError(written, { defaultCountry: country, extract: false });
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    const [code, text] = PARSE_REASONS[error.message as keyof typeof PARSE_REASONS] ?? PARSE_REASONS.NOT_A_NUMBER;
    return reason(field, code, `${field} ${text}`);
  }
  const number: string = parsed.number;
  const digits = number.length - 1;
  const { numberLengthMin: min, numberLengthMax: max } = rules;
  if (digits < min)
    return reason(field, 'NUMBER_TOO_SHORT', `${field} has ${digits} digits, allowed are ${min}–${max}`);
  if (digits > max) return reason(field, 'NUMBER_TOO_LONG', `${field} has ${digits} digits, allowed are ${min}–${max}`);
  if (parsed.ext) {
    return reason(field, 'EXTENSION_NOT_ALLOWED', `${field} has an extension, which a dialer cannot reach`);
  }
  const found = zones.ofNumber(number);
  if (rules.numberCheck === 'VALID') {
    if (!parsed.isValid()) return reason(field, 'NUMBER_NOT_VALID', `${field} is in no range that is assigned`);
  } else {
    if (!parsed.isPossible()) {
      return reason(
        field,
        'NUMBER_NOT_VALID',
        `${field} has a length that its country +${parsed.countryCallingCode} does not have`,
      );
    }
    if (parsed.countryCallingCode === '1' && (found?.prefix.length ?? 0) < 4 && !parsed.isValid()) {
      return reason(field, 'AREA_UNKNOWN', `${field} has an area code that does not exist in the North American plan`);
    }
  }
  // A country of many zones with an area that is not known says nothing useful about the hour there.
  const zonesOfNumber = parsed.countryCallingCode === '1' && found?.prefix === '1' ? undefined : found?.zones;
  return { number, zones: zonesOfNumber, country: countryIn(parsed) };
};

/** The country of a number in E.164. */
export const countryOf = (number: string): string | undefined => {
  const parsed = parsePhoneNumberFromString(number);
  return parsed && countryIn(parsed);
};
