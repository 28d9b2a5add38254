import { JURISDICTION } from '../../compliance/law/profile';
import { countryOf, isCountry } from '../normalise/phone-number';
import type { AreaCodes } from './area-codes';
import { type PostalPlace, placeOf } from './postal-codes';
import { isCaRegion, isUsRegion, US_TERRITORIES } from './regions';

/** What stands between the jurisdictions of a number: the law of each applies. */
export const LAW_SEPARATOR = '|';

export interface Whereabouts {
  /** In E.164. */
  number: string;
  /** ISO 3166-1 of the number, where its reader knows it. */
  country?: string | undefined;
  /** What the postal code of the record says. */
  place?: PostalPlace | undefined;
  /** What the record says itself, as `readJurisdictions` gives it. */
  record?: readonly string[] | undefined;
}

/** Answers under whose law a person falls. */
export class JurisdictionFinder {
  private readonly places = new Map<string, PostalPlace | undefined>();
  private readonly known = new Map<string, string>();

  constructor(private readonly areas: AreaCodes) {}

  /**
   * Codes joined by '|', sorted: by number (in the North American plan by area, all of its states), by postal code and by the
   * record itself. None takes another's place: the strictest of all applies.
   */
  jurisdictionsOf({ number, country, place, record }: Whereabouts): string {
    const area = number.startsWith('+1') ? number.slice(2, 5) : '';
    const key = `${area}/${country ?? ''}/${place?.regions.join() ?? ''}/${record?.join() ?? ''}`;
    let law = this.known.get(key);
    if (law === undefined) {
      const byNumber = this.areas.get(area) ?? ofCountry(country ?? countryOf(number));
      const all = [...byNumber, ...withCountry(place?.regions ?? []), ...withCountry(record ?? [])];
      law = [...new Set(all)].sort().join(LAW_SEPARATOR);
      this.remember(this.known, key, law);
    }
    return law;
  }

  /** The place of a postal code; undefined for what is none of the US or Canada. */
  placeOf(postalCode: string): PostalPlace | undefined {
    if (postalCode.length > 20) return undefined;
    if (!this.places.has(postalCode)) this.remember(this.places, postalCode, placeOf(postalCode));
    return this.places.get(postalCode);
  }

  /** Bounded, since a bad column could hold a million different values. */
  private remember<V>(values: Map<string, V>, key: string, value: V): void {
    if (values.size > 20_000) values.clear();
    values.set(key, value);
  }
}

const ofCountry = (country: string | undefined): string[] =>
  country === undefined ? [] : US_TERRITORIES.has(country) ? ['US', `US-${country}`] : [country];

const withCountry = (codes: readonly string[]): string[] =>
  codes.flatMap((code) => (code.startsWith('X-') || !code.includes('-') ? [code] : [code.slice(0, 2), code]));

const isJurisdiction = (code: string): boolean => {
  if (!JURISDICTION.test(code)) return false;
  const [country = '', region] = code.split('-');
  if (country === 'X') return true;
  if (!isCountry(country)) return false;
  if (region === undefined) return true;
  if (country === 'US') return isUsRegion(region);
  return country === 'CA' ? isCaRegion(region) : true;
};

/** What a record names: `US-FL`, several with blanks, commas or '|' between. Undefined when one of them is none. */
export const readJurisdictions = (written: string): string[] | undefined => {
  const codes = written
    .toUpperCase()
    .split(/[\s,|]+/)
    .filter(Boolean);
  return codes.length > 0 && codes.length <= 10 && codes.every(isJurisdiction) ? codes : undefined;
};
