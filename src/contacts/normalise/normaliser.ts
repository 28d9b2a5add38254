import type { CountryCode } from 'libphonenumber-js/max';
import type { ZoneFinder } from '../zones/zone-finder';
import { columnsOf, type FieldMapping } from './field-mapping';
import { readNumber } from './phone-number';
import { type Reason, reason } from './reason';

export interface ContactNumber {
  mode: string;
  number: string;
  zone: string;
  /** Codes of the jurisdictions it falls under, joined by '|': US|US-FL. Left out: its data says none. */
  law?: string;
}

/** What a row becomes: ready to be written, numbers in the order in which they are tried. */
export interface NormalContact {
  externalId: string | null;
  numbers: [ContactNumber, ...ContactNumber[]];
  attributes: Record<string, string>;
  /** Further numbers of the row that were left out, if any. */
  leftOut?: Reason;
}

export type Normalised = { contact: NormalContact } | { reason: Reason };

/** Limits of one value: attributes are shown to agents, not documents. */
export const VALUE_LIMITS = { externalId: 100, attribute: 1000 } as const;

// What PostgreSQL's text and jsonb cannot hold: NUL and halves of a surrogate pair.
const UNSTORABLE = /[\0\p{Surrogate}]/u;

/** Turns the mapped columns of one row into a contact, or says why not. Pure but for its caches; one per import. */
export class Normaliser {
  /** The columns whose values `normalise` takes, in this order. */
  readonly columns: readonly string[];
  private readonly modes: { mode: string; column: string; at: number }[];
  private readonly attributes: { column: string; at: number }[];
  private readonly externalIdAt: number;
  private readonly timeZoneAt: number;

  constructor(
    private readonly mapping: FieldMapping,
    private readonly country: CountryCode,
    private readonly zones: ZoneFinder,
  ) {
    this.columns = columnsOf(mapping);
    const at = (column: string) => this.columns.indexOf(column);
    this.modes = mapping.modes.map(({ mode, column }) => ({ mode, column, at: at(column) }));
    this.attributes = mapping.attributes.map((column) => ({ column, at: at(column) }));
    this.externalIdAt = mapping.externalId ? at(mapping.externalId) : -1;
    this.timeZoneAt = mapping.timeZone ? at(mapping.timeZone) : -1;
  }

  normalise(values: readonly (string | undefined)[]): Normalised {
    const zone = this.zoneOfColumn(values);
    if (zone !== undefined && typeof zone !== 'string') return { reason: zone };
    const numbers: ContactNumber[] = [];
    let fault: Reason | undefined;
    for (const { mode, column, at } of this.modes) {
      const written = values[at]?.trim();
      if (!written) continue;
      const placed = readNumber(written, column, this.country, this.mapping, this.zones);
      if ('code' in placed) {
        fault ??= placed;
        continue;
      }
      const where = zone ?? placed.zones;
      if (where === undefined) {
        fault ??= reason(
          column,
          'ZONE_UNKNOWN',
          `${column}: no time zone is known for this number; give it in a column`,
        );
      } else if (!numbers.some(({ number }) => number === placed.number)) {
        numbers.push({ mode, number: placed.number, zone: where });
      }
    }
    const [first, ...further] = numbers;
    if (!first) return { reason: fault ?? this.noNumber() };
    return this.complete(values, [first, ...further], fault);
  }

  private complete(
    values: readonly (string | undefined)[],
    numbers: [ContactNumber, ...ContactNumber[]],
    fault: Reason | undefined,
  ): Normalised {
    const externalId = values[this.externalIdAt]?.trim() || null;
    if (externalId && (externalId.length > VALUE_LIMITS.externalId || UNSTORABLE.test(externalId))) {
      return { reason: tooLong(this.mapping.externalId ?? '', externalId, VALUE_LIMITS.externalId) };
    }
    const attributes: Record<string, string> = {};
    for (const { column, at } of this.attributes) {
      const value = values[at];
      if (value === undefined || value === '') continue;
      if (value.length > VALUE_LIMITS.attribute || UNSTORABLE.test(value)) {
        return { reason: tooLong(column, value, VALUE_LIMITS.attribute) };
      }
      attributes[column] = value;
    }
    if (!fault) return { contact: { externalId, numbers, attributes } };
    const leftOut = reason(
      fault.field,
      'FURTHER_NUMBER_LEFT_OUT',
      `${fault.message}; the contact was taken in without it`,
    );
    return { contact: { externalId, numbers, attributes, leftOut } };
  }

  private zoneOfColumn(values: readonly (string | undefined)[]): string | Reason | undefined {
    const name = values[this.timeZoneAt]?.trim();
    if (!name) return undefined;
    const field = this.mapping.timeZone ?? '';
    return this.zones.ofName(name) ?? reason(field, 'ZONE_UNKNOWN', `${field} is not the name of an IANA time zone`);
  }

  private noNumber(): Reason {
    const names = this.modes.map(({ column }) => column).join(', ');
    return reason(this.modes[0]?.column ?? '', 'MISSING_NUMBER', `there is no number in ${names}`);
  }
}

const tooLong = (field: string, value: string, limit: number): Reason =>
  UNSTORABLE.test(value)
    ? reason(field, 'MALFORMED_ROW', `${field} holds a character that is none of Unicode's`)
    : reason(field, 'VALUE_TOO_LONG', `${field} has ${value.length} characters, at most ${limit} are allowed`);
