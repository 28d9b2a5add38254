import { type CountryCode, parsePhoneNumberWithError } from 'libphonenumber-js/max';

/** What a line came to: the digits of an E.164 number, or why it has none. */
export const BLANK = 0;
export const LINE_FAULTS = {
  [-1]: { code: 'NOT_A_NUMBER', message: 'the line holds signs that no telephone number has' },
  [-2]: { code: 'NUMBER_TOO_SHORT', message: 'the line has too few digits for a telephone number' },
  [-3]: { code: 'NUMBER_TOO_LONG', message: 'the line has more digits than a telephone number can have' },
  [-4]: { code: 'NUMBER_NOT_VALID', message: 'the country has no numbers of this length, or no such country is known' },
} as const;
export type LineFault = keyof typeof LINE_FAULTS;
const [NOT_A_NUMBER, TOO_SHORT, TOO_LONG, NOT_VALID] = [-1, -2, -3, -4] as const;

const ZERO = 48;
const NINE = 57;
const PLUS = 43;
/** Tab, return, space and ( ) , - . / as people write between digits; the US registry has a comma behind the area code. */
const BETWEEN = new Set([9, 13, 32, 40, 41, 44, 45, 46, 47]);
/** Besides 1: calling codes of two digits behind which nothing but a zero may be one too many. */
const PLAIN_CODES = new Set([31, 33, 34, 44, 49, 91]);
const MOST_DIGITS = 15;
const LEAST_DIGITS = 7;

/**
 * Whether of numbers that begin with these three digits and have this length all exist or none. Not where a prefix may follow the
 * calling code that the library takes out, as some write it, and not of short numbers, which few exchanges have: there each number
 * is looked at.
 */
const isToldByLength = (head: number, digits: number): boolean =>
  head < 200 ? head >= 120 && digits === 11 : digits > 10 && PLAIN_CODES.has(Math.floor(head / 10)) && head % 10 !== 0;

/**
 * Reads one number after another, sign by sign and without strings: a registry has hundreds of millions. What is quick to tell
 * is told here, with the library's answer for the first of its kind; the rest is given to the library.
 */
export class NumberScanner {
  private value = 0;
  private digits = 0;
  private plus = false;
  private strange = false;
  private seen = false;
  /** Whether numbers of this country code and length exist, by the first three digits and the length. */
  private readonly possible = new Map<number, boolean>();

  constructor(private readonly country: CountryCode) {}

  take(sign: number): void {
    if (sign >= ZERO && sign <= NINE) {
      this.seen = true;
      if (this.digits < MOST_DIGITS) this.value = this.value * 10 + sign - ZERO;
      this.digits += 1;
      return;
    }
    if (BETWEEN.has(sign)) return;
    if (sign === PLUS && !this.seen) this.plus = true;
    else this.strange = true;
    this.seen = true;
  }

  /** Ends the line. */
  end(): number {
    const result = this.seen ? this.result() : BLANK;
    this.value = 0;
    this.digits = 0;
    this.plus = false;
    this.strange = false;
    this.seen = false;
    return result;
  }

  private result(): number {
    const { value, digits, plus } = this;
    if (this.strange || digits === 0) return NOT_A_NUMBER;
    if (digits > MOST_DIGITS) return TOO_LONG;
    if (digits < LEAST_DIGITS) return TOO_SHORT;
    if (!plus) return this.national();
    const head = Math.floor(value / 10 ** (digits - 3));
    const key = head * 100 + digits;
    const known = this.possible.get(key);
    if (known !== undefined) return known ? value : NOT_VALID;
    const parsed = this.parsed(`+${String(value).padStart(digits, '0')}`);
    if (isToldByLength(head, digits)) this.possible.set(key, parsed > 0);
    return parsed;
  }

  private national(): number {
    const { value, digits, country } = this;
    const leading = Math.floor(value / 10 ** (digits - 1));
    if (digits === 10) {
      if ((country === 'US' || country === 'CA') && leading > 1) return 10_000_000_000 + value;
      if (country === 'IN' && leading > 5) return 910_000_000_000 + value;
      // No British number begins with a four, unless 44 stands before it.
      if (country === 'GB' && leading > 0 && leading !== 4) return 440_000_000_000 + value;
    }
    if (digits === 11 && country === 'GB' && leading === 0 && value >= 1_000_000_000) return 440_000_000_000 + value;
    return this.parsed(String(value).padStart(digits, '0'));
  }

  private parsed(written: string): number {
    try {
      const number = parsePhoneNumberWithError(written, { defaultCountry: this.country, extract: false });
      return number.isPossible() && !number.ext ? Number(number.number.slice(1)) : NOT_VALID;
    } catch {
      return NOT_VALID;
    }
  }
}
