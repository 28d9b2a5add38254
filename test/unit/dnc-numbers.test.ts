import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { type CountryCode, parsePhoneNumberWithError } from 'libphonenumber-js/max';
import { blockOf, blocksOf, copyBlock, offsetsOf, unionOf } from '../../src/contacts/dnc/number-block';
import { LINE_FAULTS, type LineFault, NumberScanner } from '../../src/contacts/dnc/registry/number-scanner';
import { readNumbers } from '../../src/contacts/dnc/registry/read-numbers';
import { PARTS, Spill } from '../../src/contacts/dnc/registry/spill';
import { propertyRuns } from '../setup/property-runs';

const directory = mkdtempSync(join(tmpdir(), 'outdial-dnc-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const scan = (text: string, country: CountryCode): number => {
  const scanner = new NumberScanner(country);
  for (const sign of text) scanner.take(sign.charCodeAt(0));
  return scanner.end();
};

describe('lines of a registry', () => {
  it.each<[string, CountryCode, number | (typeof LINE_FAULTS)[LineFault]['code']]>([
    ['2025550100', 'US', 12025550100],
    ['202,5550100', 'US', 12025550100],
    ['+1 (202) 555-0100\r', 'GB', 12025550100],
    ['1 202 555 0100', 'US', 12025550100],
    ['07700 900123', 'GB', 447700900123],
    ['7700900123', 'GB', 447700900123],
    ['+447700900123', 'US', 447700900123],
    ['   ', 'US', 0],
    ['', 'US', 0],
    ['phone', 'US', 'NOT_A_NUMBER'],
    ['2025550100x', 'US', 'NOT_A_NUMBER'],
    ['555', 'US', 'NUMBER_TOO_SHORT'],
    ['2025550100,2026555010', 'US', 'NUMBER_TOO_LONG'],
    ['+12025550', 'US', 'NUMBER_NOT_VALID'],
    ['+9990000000', 'US', 'NUMBER_NOT_VALID'],
  ])('%j in %s', (text, country, expected) => {
    const result = scan(text, country);
    expect(result < 0 ? LINE_FAULTS[result as LineFault].code : result).toBe(expected);
  });

  it('agree with the library, also when they are quick', () => {
    const library = (text: string, country: CountryCode): number => {
      try {
        const number = parsePhoneNumberWithError(text, { defaultCountry: country, extract: false });
        return number.isPossible() ? Number(number.number.slice(1)) : -1;
      } catch {
        return -1;
      }
    };
    const scanner = new NumberScanner('IN');
    const codes = fc.constantFrom('1', '11', '31', '33', '44', '49', '91', '81', '54', '55', '353');
    const digits = fc.oneof(
      fc.stringMatching(/^\d{7,13}$/),
      fc.tuple(codes, fc.stringMatching(/^0{0,3}\d{6,10}$/)).map(([code, rest]) => code + rest),
    );
    fc.assert(
      fc.property(fc.boolean(), digits, fc.constantFrom<CountryCode>('US', 'GB', 'IN', 'DE'), (plus, text, country) => {
        const written = plus ? `+${text}` : text;
        let result = scan(written, country);
        if (plus) {
          // One scanner for all of them: what it remembers of one must not be wrong for another.
          for (const sign of written) scanner.take(sign.charCodeAt(0));
          result = scanner.end();
        }
        expect(Math.max(-1, result)).toBe(library(written, country));
      }),
      { numRuns: propertyRuns(2_000) },
    );
  });

  it('are told by their number, from the first', async () => {
    const path = join(directory, 'plain.txt');
    writeFileSync(path, '\ufeff2025550100\n\nabc\n2025550101\r\n+44 7700 900123');
    const heard: [number, number][] = [];
    const onLine = (line: number, result: number): void => void heard.push([line, result]);
    const reading = readNumbers({ path, country: 'US', column: null, onLine, onRead: () => undefined });
    while (!(await reading.next()).done);
    expect(heard).toEqual([
      [1, 12025550100],
      [3, -1],
      [4, 12025550101],
      [5, 447700900123],
    ]);
  });
});

const numbers = fc.array(fc.integer({ min: 12_025_550_000, max: 12_025_589_999 }), { maxLength: 3_000 });

describe('blocks', () => {
  const copied = (line: string) => {
    const [, block, offsets, bits] = line.trimEnd().split('\t') as [string, string, string, string];
    return {
      block: Number(block),
      offsets: offsets === '\\N' ? null : offsets.slice(1, -1).split(',').map(Number),
      bits: bits === '\\N' ? null : Buffer.from(bits.slice(3), 'hex'),
    };
  };

  it('hold every number once, few or many', () => {
    fc.assert(
      fc.property(numbers, (given) => {
        const sorted = new Float64Array(given).sort();
        const found = [...blocksOf(sorted)].flatMap(({ block, offsets }) => {
          const stored = copied(copyBlock(1, block, offsets));
          expect(stored.block).toBe(block);
          return offsetsOf(stored).map((offset) => block * 10_000 + offset);
        });
        expect(found).toEqual([...new Set(given)].sort((a, b) => a - b));
      }),
      { numRuns: 50 },
    );
    const all = Array.from({ length: 10_000 }, (_, offset) => offset);
    expect(offsetsOf(copied(copyBlock(1, 5, all)))).toEqual(all);
  });

  it('unite', () => {
    const offsets = fc.uniqueArray(fc.integer({ min: 0, max: 9_999 })).map((given) => given.sort((a, b) => a - b));
    fc.assert(
      fc.property(offsets, offsets, (left, right) => {
        expect(unionOf(left, right)).toEqual([...new Set([...left, ...right])].sort((a, b) => a - b));
      }),
    );
  });

  it('come sorted out of parts that were spilt to disk, each in one part', async () => {
    const path = join(directory, 'parts');
    const spill = await Spill.open(path);
    // More for one block's part than waits in memory.
    const given = Array.from({ length: 20_000 }, (_, index) => 12_025_550_000 + ((index * 7_919) % 9_000));
    given.push(447_700_900_123, 12_025_650_000);
    for (const digits of given) spill.add(digits);
    expect(readdirSync(path).length).toBeGreaterThan(0);
    const found: number[] = [];
    for (let part = 0; part < PARTS; part += 1) {
      const sorted = await spill.sorted(part);
      expect([...sorted]).toEqual([...sorted].sort((a, b) => a - b));
      expect([...sorted].every((digits) => blockOf(digits) % PARTS === part)).toBe(true);
      found.push(...sorted);
    }
    expect(found.sort((a, b) => a - b)).toEqual(given.sort((a, b) => a - b));
    await spill.remove();
  });
});
