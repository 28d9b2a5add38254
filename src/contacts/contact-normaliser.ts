import type { LawBook } from '../compliance/own/law-book';
import { invalid, OutdialError } from '../errors';
import type { Clock } from '../infra/clock';
import type { Sql } from '../infra/postgres';
import type { CreateContact } from './contact-input';
import { readJurisdictions } from './jurisdictions/jurisdiction-finder';
import { type FieldMapping, parseFieldMapping } from './normalise/field-mapping';
import { type ContactNumber, Normaliser } from './normalise/normaliser';
import { countryOf, isCountry } from './normalise/phone-number';
import { createPlaces, loadPlaceTables, type Places, type PlaceTables } from './normalise/places';

/** What a contact's values are read by. */
export interface ListRow {
  name: string;
  field_mapping: unknown;
  default_country: string;
}

type Numbers = [ContactNumber, ...ContactNumber[]];

/** What may be said of where the person is. */
type Whereabouts = Pick<CreateContact, 'timeZone' | 'postalCode' | 'jurisdiction'>;

/** Reads the values of one contact as a row of a file is read: its columns are the mapping's. */
export class ContactNormaliser {
  private tables: PlaceTables | undefined;

  constructor(private readonly deps: { clock: Clock; laws: LawBook }) {}

  async places(sql: Sql, organisationId: string): Promise<Places> {
    this.tables ??= loadPlaceTables();
    const registry = await this.deps.laws.registryOf(sql, organisationId);
    return createPlaces(this.tables, registry, this.deps.clock.now());
  }

  numbers(given: Whereabouts & Pick<CreateContact, 'numbers'>, list: ListRow, places: Places): Numbers {
    const { default_country: country } = list;
    if (!isCountry(country)) throw new OutdialError('INTERNAL', `the list's country ${country} is not known`);
    const mapping = parseFieldMapping(list.field_mapping);
    const modes = mapping.modes.map(({ mode }) => mode);
    const own: FieldMapping = {
      ...mapping,
      modes: modes.map((mode) => ({ mode, column: `numbers.${mode}` })),
      externalId: null,
      timeZone: 'timeZone',
      postalCode: 'postalCode',
      jurisdiction: 'jurisdiction',
      attributes: [],
    };
    const normaliser = new Normaliser(own, country, places);
    const values = new Map<string, string>();
    for (const { mode, number } of given.numbers) {
      if (!modes.includes(mode))
        throw invalid('numbers', `numbers: the list has no mode "${mode}", only ${modes.join(', ')}`);
      const column = `numbers.${mode}`;
      if (values.has(column)) throw invalid('numbers', `numbers: mode "${mode}" is given twice`);
      values.set(column, number);
    }
    for (const column of ['timeZone', 'postalCode', 'jurisdiction'] as const) {
      if (given[column]) values.set(column, given[column]);
    }
    const result = normaliser.normalise(normaliser.columns.map((column) => values.get(column)));
    const fault = 'reason' in result ? result.reason : result.contact.leftOut;
    if (fault || 'reason' in result)
      throw invalid(fault?.field || 'numbers', fault?.message ?? 'the numbers are not valid');
    return result.contact.numbers;
  }

  /** The numbers as they are, where the person is said to be. */
  moved(numbers: readonly ContactNumber[], given: Whereabouts, places: Places): ContactNumber[] {
    const { zones, jurisdictions } = places;
    const { timeZone, postalCode, jurisdiction } = given;
    const zone = timeZone ? zones.ofName(timeZone) : undefined;
    if (timeZone && zone === undefined) throw invalid('timeZone', 'timeZone is not the name of an IANA time zone');
    const record = jurisdiction ? readJurisdictions(jurisdiction) : undefined;
    if (jurisdiction && !record) {
      throw invalid('jurisdiction', 'jurisdiction names no jurisdiction such as US, US-FL or GB');
    }
    const place = postalCode ? jurisdictions.placeOf(postalCode) : undefined;
    const lawOf = ({ number, law }: ContactNumber) =>
      postalCode || jurisdiction
        ? jurisdictions.jurisdictionsOf({ number, country: countryOf(number), place, record })
        : law;
    return numbers.map((entry) => ({
      ...entry,
      zone: zone ?? (place && zones.ofPlace(place.zones)) ?? entry.zone,
      law: lawOf(entry),
    }));
  }
}

export const attributesOf = (given: CreateContact['attributes'], list: ListRow): Record<string, string> => {
  const { attributes: names } = parseFieldMapping(list.field_mapping);
  const attributes: Record<string, string> = {};
  for (const { name, value } of given ?? []) {
    if (!names.includes(name)) {
      const known = names.join(', ') || 'none';
      throw invalid('attributes', `attributes: the list has no attribute "${name}", it has ${known}`);
    }
    attributes[name] = value;
  }
  return attributes;
};
