import type { CountryCode } from 'libphonenumber-js/max';
import { readJurisdictions } from '../jurisdictions/jurisdiction-finder';
import type { PostalPlace } from '../jurisdictions/postal-codes';
import { columnsOf, type FieldMapping } from './field-mapping';
import { readNumber } from './phone-number';
import type { Places } from './places';
import { type Reason, reason } from './reason';

export interface ContactNumber {
  mode: string;
  number: string;
  zone: string;
  /** Jurisdictions under whose law it is dialled, joined by '|'; absent in contacts that came before these were told. */
  law?: string;
}

/** What the record says of where its person is, whatever the numbers say. */
interface RecordSays {
  zone: string | undefined;
  place: PostalPlace | undefined;
  jurisdictions: string[] | undefined;
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
  private readonly postalCodeAt: number;
  private readonly jurisdictionAt: number;

  constructor(
    private readonly mapping: FieldMapping,
    private readonly country: CountryCode,
    private readonly places: Places,
  ) {
    this.columns = columnsOf(mapping);
    const at = (column: string) => this.columns.indexOf(column);
    this.modes = mapping.modes.map(({ mode, column }) => ({ mode, column, at: at(column) }));
    this.attributes = mapping.attributes.map((column) => ({ column, at: at(column) }));
    const atOr = (column: string | null | undefined) => (column ? at(column) : -1);
    this.externalIdAt = atOr(mapping.externalId);
    this.timeZoneAt = atOr(mapping.timeZone);
    this.postalCodeAt = atOr(mapping.postalCode);
    this.jurisdictionAt = atOr(mapping.jurisdiction);
  }

  normalise(values: readonly (string | undefined)[]): Normalised {
    const record = this.recordOf(values);
    if ('code' in record) return { reason: record };
    const numbers: ContactNumber[] = [];
    let fault: Reason | undefined;
    for (const { mode, column, at } of this.modes) {
      const written = values[at]?.trim();
      if (!written) continue;
      const placed = this.numberOf(written, mode, column, record);
      if ('code' in placed) fault ??= placed;
      else if (!numbers.some(({ number }) => number === placed.number)) numbers.push(placed);
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

  /** A number with its zone, by column, postal code and number in this order, and the law of all of them. */
  private numberOf(written: string, mode: string, column: string, record: RecordSays): ContactNumber | Reason {
    const { zones, jurisdictions, unknownZones } = this.places;
    const placed = readNumber(written, column, this.country, this.mapping, zones);
    if ('code' in placed) return placed;
    const { number, country } = placed;
    const law = jurisdictions.jurisdictionsOf({ number, country, place: record.place, record: record.jurisdictions });
    const zone =
      record.zone ?? (record.place && zones.ofPlace(record.place.zones)) ?? placed.zones ?? unknownZones(law);
    if (zone !== undefined) return { mode, number, zone, law };
    const message = `${column}: no time zone is known for this number, and the law there forbids to guess; give it in a column`;
    return reason(column, 'ZONE_UNKNOWN', message);
  }

  private recordOf(values: readonly (string | undefined)[]): RecordSays | Reason {
    const { zones, jurisdictions } = this.places;
    const name = values[this.timeZoneAt]?.trim();
    const zone = name ? zones.ofName(name) : undefined;
    if (name && zone === undefined) {
      const field = this.mapping.timeZone ?? '';
      return reason(field, 'ZONE_UNKNOWN', `${field} is not the name of an IANA time zone`);
    }
    const named = values[this.jurisdictionAt]?.trim();
    const known = named ? readJurisdictions(named) : undefined;
    if (named && known === undefined) {
      const field = this.mapping.jurisdiction ?? '';
      return reason(field, 'JURISDICTION_UNKNOWN', `${field} names no jurisdiction such as US, US-FL or GB`);
    }
    const postal = values[this.postalCodeAt]?.trim();
    return { zone, place: postal ? jurisdictions.placeOf(postal) : undefined, jurisdictions: known };
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
