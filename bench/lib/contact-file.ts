import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';

const FIRST = ['Anna', 'Bilal', 'Chen', 'Dora', 'Emeka', 'Fatima', 'Goran', 'Hana', 'Igor', 'Juana'];
const LAST = ['Adams', 'Brown', "O'Neil", 'Diaz', 'Evans', 'Fischer', 'Garcia', 'Hansen', 'Ivanov', 'Jones'];
const CITY = [
  'New York, NY',
  'Boston',
  'Chicago',
  'Denver',
  'Phoenix',
  'Seattle',
  'Miami',
  'Austin',
  'Atlanta',
  'Portland',
];
const AREAS = [212, 617, 312, 303, 602, 206, 305, 512, 404, 503, 713, 215, 702, 816, 504, 612, 314, 901, 615, 919];

const pick = <T>(list: readonly T[], at: number): T => list[at % list.length] as T;

/**
 * Different numbers as real lists have them, in ways of writing as real lists have them. No range kept for fiction holds a
 * million numbers: these go into a database that is thrown away, and nothing dials them.
 */
const numberOf = (row: number): string => {
  const area = pick(AREAS, row);
  const rest = 2_000_000 + Math.floor(row / AREAS.length);
  const digits = `${area}${rest}`;
  if (row % 3 === 0) return `+1${digits}`;
  if (row % 3 === 1) return `(${area}) ${digits.slice(3, 6)}-${digits.slice(6)}`;
  return digits;
};

export const BENCH_MAPPING = {
  modes: { Mobile: 'phone' },
  externalId: 'account',
  attributes: ['first_name', 'last_name', 'city', 'balance'],
};

export const writeContactFile = async (path: string, rows: number): Promise<void> => {
  const out = createWriteStream(path);
  out.write('account,first_name,last_name,phone,city,balance\n');
  let piece = '';
  for (let row = 0; row < rows; row += 1) {
    const name = `${pick(FIRST, row)},${pick(LAST, row * 7)}`;
    piece += `AC-${row},${name},${numberOf(row)},"${pick(CITY, row * 3)}",${(row * 37) % 100_000}\n`;
    if (piece.length < 1 << 20) continue;
    if (!out.write(piece)) await once(out, 'drain');
    piece = '';
  }
  out.end(piece);
  await finished(out);
};
