import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { readCsvRows } from '../../src/contacts/files/csv-rows';
import { CsvSplitter } from '../../src/contacts/files/csv-splitter';
import { inspectEncoding } from '../../src/contacts/files/encoding';
import { readJsonRows } from '../../src/contacts/files/json-rows';
import { propertyRuns } from '../setup/property-runs';

const directory = mkdtempSync(join(tmpdir(), 'outdial-files-'));
const path = join(directory, 'file');
afterAll(() => rmSync(directory, { recursive: true }));

const read = async (content: string | Buffer, columns: string[], kind = readCsvRows, skip = 0): Promise<string[]> => {
  writeFileSync(path, content);
  const lines: string[] = [];
  for await (const rows of kind(await inspectEncoding(path), columns, skip, () => undefined)) {
    for (const { line, values, fault } of rows) lines.push(`${line} ${fault ? fault.code : JSON.stringify(values)}`);
  }
  return lines;
};

describe('CSV files', () => {
  test('take only the wanted columns, by name, with their lines', async () => {
    const csv = 'a, b ,c\r\n1,2,3\r\n\r\n"x ""y""","line\nbreak",5\n6';
    expect(await read(csv, ['c', 'a'])).toEqual(['2 ["3","1"]', '4 ["5","x \\"y\\""]', '6 [null,"6"]']);
  });

  test.each([
    [';', 'a;b\n1;2\n'],
    ['tab', 'a\tb\n1\t2\n'],
    ['|', 'a|b\n1|2\n'],
  ])('find the delimiter %s by the header', async (_name, csv) => {
    expect(await read(csv, ['b'])).toEqual(['2 ["2"]']);
  });

  test('a stray quote costs its own line, not those behind it', async () => {
    expect(await read('a,b\n1,2\n3,"x"y\n4,5\n', ['b'])).toEqual(['2 ["2"]', '3 MALFORMED_ROW', '4 ["5"]']);
    expect(await read('a,b\n3,x"y\n4,"5"\n', ['b'])).toEqual(['2 MALFORMED_ROW', '3 ["5"]']);
    expect(await read('a,b\n3,"xy\n4,5\n6,"7"\n', ['b'])).toEqual(['2 MALFORMED_ROW', '3 ["5"]', '4 ["7"]']);
    expect(await read('a,b\n1,2\n3,"open', ['b'])).toEqual(['2 ["2"]', '3 MALFORMED_ROW']);
  });

  test('a row with more fields than the header is malformed', async () => {
    expect(await read('a,b\n1,2,3\n4,5\n', ['b'])).toEqual(['2 MALFORMED_ROW', '3 ["5"]']);
  });

  test('a line of 10 MB is one bad row', async () => {
    expect(await read(`a,b\n1,2\n3,${'x'.repeat(10_000_000)}\n4,5\n`, ['b'])).toEqual([
      '2 ["2"]',
      '3 ROW_TOO_LONG',
      '4 ["5"]',
    ]);
  });

  test('skip rows that were taken before, bad ones too', async () => {
    expect(await read('a,b\n1,2\n3,"x"y\n4,5\n6,7\n', ['b'], readCsvRows, 2)).toEqual(['4 ["5"]', '5 ["7"]']);
  });

  test.each([
    ['MISSING_COLUMN', 'a,b\n1,2\n', ['phone'], /column "phone" is missing; the header has "a", "b"/],
    ['DOUBLE_COLUMN', 'a,a\n1,2\n', ['a'], /column "a" stands twice/],
    ['EMPTY_FILE', '', ['a'], /empty/],
    ['EMPTY_FILE', '\n\n', ['a'], /no header/],
  ])('fail as a whole: %s', async (code, csv, columns, message) => {
    await expect(read(csv, columns)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  });

  test('any cutting of the bytes gives the same rows', () => {
    const cell = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r', 'é'), maxLength: 6 });
    const text = fc.array(cell, { maxLength: 12 }).map((cells) => `${cells.join('')}\n`);
    fc.assert(
      fc.property(text, fc.array(fc.integer({ min: 1, max: 9 })), (content, cuts) => {
        const bytes = Buffer.from(content);
        const whole = new CsvSplitter(44);
        const pieces = new CsvSplitter(44);
        const show = (slices: ReturnType<CsvSplitter['push']>) =>
          slices.map(({ line, bytes: row, fault }) => `${line}:${fault ?? row.toString()}`);
        const expected = show([...whole.push(bytes), ...whole.push(Buffer.alloc(0), true)]);
        let at = 0;
        const found: string[] = [];
        for (const cut of cuts) {
          found.push(...show(pieces.push(bytes.subarray(at, at + cut))));
          at += cut;
        }
        found.push(...show(pieces.push(bytes.subarray(at))), ...show(pieces.push(Buffer.alloc(0), true)));
        expect(found).toEqual(expected);
      }),
      { numRuns: propertyRuns(300) },
    );
  });
});

describe('encodings', () => {
  const utf16 = (text: string) => Buffer.from(text, 'utf16le');

  test('UTF-8 with and without a mark, UTF-16 by its mark', async () => {
    const csv = 'näme,b\nÅsa,1\n';
    const little = Buffer.concat([Buffer.from([0xff, 0xfe]), utf16(csv)]);
    const big = Buffer.concat([Buffer.from([0xfe, 0xff]), utf16(csv).swap16()]);
    for (const content of [csv, `\ufeff${csv}`, little, big]) {
      expect(await read(content, ['näme'])).toEqual(['2 ["Åsa"]']);
    }
  });

  test('another encoding is refused with line and byte', async () => {
    const latin = Buffer.from('a,b\n1,caf\xe9\n', 'latin1');
    await expect(read(latin, ['a'])).rejects.toMatchObject({
      code: 'WRONG_ENCODING',
      message: expect.stringContaining('line 2, byte 10 '),
    });
    await expect(read(utf16('a,b\n'), ['a'])).rejects.toMatchObject({ code: 'WRONG_ENCODING' });
    await expect(read(Buffer.from([0x61, 0xc3]), ['a'])).rejects.toMatchObject({ code: 'WRONG_ENCODING' });
  });
});

describe('JSON files', () => {
  test('one array of objects', async () => {
    const json = '[{"a":1,"b":"]}"},\n {"b":null,"a":"x\\"{"},\n {a},{"a":{"c":1}} ]';
    expect(await read(json, ['a', 'b'], readJsonRows)).toEqual([
      '1 ["1","]}"]',
      '2 ["x\\"{",null]',
      '3 MALFORMED_ROW',
      '3 MALFORMED_ROW',
    ]);
  });

  test('one object a line', async () => {
    expect(await read('{"a":true}\n\n{"a":\n[1]\n{"a":2}', ['a'], readJsonRows)).toEqual([
      '1 ["true"]',
      '3 MALFORMED_ROW',
      '4 MALFORMED_ROW',
      '5 ["2"]',
    ]);
  });

  test('an object of 10 MB is one bad row', async () => {
    const long = `{"a":"${'x'.repeat(10_000_000)}"}`;
    expect(await read(`[{"a":1},${long},{"a":3}]`, ['a'], readJsonRows)).toEqual([
      '1 ["1"]',
      '1 ROW_TOO_LONG',
      '1 ["3"]',
    ]);
    expect(await read(`{"a":1}\n${long}\n{"a":3}`, ['a'], readJsonRows)).toEqual([
      '1 ["1"]',
      '2 ROW_TOO_LONG',
      '3 ["3"]',
    ]);
  });

  test.each([
    ['MALFORMED_FILE', '[{"a":1} {"a":2}]', ['a'], /line 1 .*expected , or \]/],
    ['MALFORMED_FILE', '[{"a":1},\n{"a":', ['a'], /ends at line 2/],
    ['MALFORMED_FILE', '[{"a":"x\n},{"a":"y"}]', ['a'], /line 1 is not JSON/],
    ['MISSING_COLUMN', '[{"a":1}]', ['phone'], /column "phone" is missing/],
    ['EMPTY_FILE', '  \n', ['a'], /no JSON/],
  ])('fail as a whole: %s', async (code, json, columns, message) => {
    await expect(read(json, columns, readJsonRows)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    });
  });
});
