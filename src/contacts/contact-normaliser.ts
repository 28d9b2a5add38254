import { invalid, OutdialError } from '../errors';
import type { Clock } from '../infra/clock';
import type { CreateContact } from './contact-input';
import { type FieldMapping, parseFieldMapping } from './normalise/field-mapping';
import { type ContactNumber, Normaliser } from './normalise/normaliser';
import { isCountry } from './normalise/phone-number';
import { ZoneFinder } from './zones/zone-finder';
import { loadZoneTable, type ZoneTable } from './zones/zone-table';

/** What a contact's values are read by. */
export interface ListRow {
  name: string;
  field_mapping: unknown;
  default_country: string;
}

type Numbers = [ContactNumber, ...ContactNumber[]];

/** Reads the values of one contact as a row of a file is read: its columns are the mapping's. */
export class ContactNormaliser {
  private table: ZoneTable | undefined;

  constructor(private readonly clock: Clock) {}

  numbers(given: Pick<CreateContact, 'numbers' | 'timeZone'>, list: ListRow): Numbers {
    const { default_country: country } = list;
    if (!isCountry(country)) throw new OutdialError('INTERNAL', `the list's country ${country} is not known`);
    const mapping = parseFieldMapping(list.field_mapping);
    const modes = mapping.modes.map(({ mode }) => mode);
    const own: FieldMapping = {
      ...mapping,
      modes: modes.map((mode) => ({ mode, column: `numbers.${mode}` })),
      externalId: null,
      timeZone: 'timeZone',
      attributes: [],
    };
    const normaliser = new Normaliser(own, country, this.zones());
    const values = new Map<string, string>();
    for (const { mode, number } of given.numbers) {
      if (!modes.includes(mode))
        throw invalid('numbers', `numbers: the list has no mode "${mode}", only ${modes.join(', ')}`);
      const column = `numbers.${mode}`;
      if (values.has(column)) throw invalid('numbers', `numbers: mode "${mode}" is given twice`);
      values.set(column, number);
    }
    if (given.timeZone) values.set('timeZone', given.timeZone);
    const result = normaliser.normalise(normaliser.columns.map((column) => values.get(column)));
    const fault = 'reason' in result ? result.reason : result.contact.leftOut;
    if (fault || 'reason' in result)
      throw invalid(fault?.field || 'numbers', fault?.message ?? 'the numbers are not valid');
    return result.contact.numbers;
  }

  /** The numbers as they are, all in this zone. */
  moved(numbers: readonly ContactNumber[], timeZone: string): ContactNumber[] {
    const zone = this.zones().ofName(timeZone);
    if (zone === undefined) throw invalid('timeZone', 'timeZone is not the name of an IANA time zone');
    return numbers.map((entry) => ({ ...entry, zone }));
  }

  private zones(): ZoneFinder {
    this.table ??= loadZoneTable();
    return new ZoneFinder(this.table, this.clock.now());
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
