import { parse } from 'csv-parse/sync';
import { CsvSplitter, type Slice, type SliceFault } from './csv-splitter';
import { readUtf8, type TextFile } from './encoding';
import { FileFault } from './file-fault';
import { type FileRow, MAX_ROW_BYTES } from './file-row';

const DELIMITERS = [',', ';', '\t', '|'] as const;
const NEWLINE = 10;

/** The sign that stands most often in the header outside quotes. */
const delimiterOf = (header: string): string => {
  const bare = header.replace(/"[^"]*"/g, '');
  const counts = DELIMITERS.map((sign) => bare.split(sign).length);
  return DELIMITERS[counts.indexOf(Math.max(...counts))] ?? ',';
};

const joinRows = (rows: readonly Buffer[]): Buffer => {
  const joined = Buffer.allocUnsafe(rows.reduce((size, row) => size + row.length + 1, 0));
  let at = 0;
  for (const row of rows) {
    at += row.copy(joined, at);
    joined[at++] = NEWLINE;
  }
  return joined;
};

const parseRows = (rows: readonly Buffer[], delimiter: string): string[][] =>
  parse(joinRows(rows), {
    delimiter,
    record_delimiter: '\n',
    columns: false,
    relax_column_count: true,
  }) as string[][];

const FAULTS: Record<SliceFault, string> = {
  QUOTE_INSIDE: 'a quote stands where none may: quoted fields begin and end with one, and a quote inside is doubled',
  QUOTE_NOT_CLOSED: `a quoted field does not end within ${MAX_ROW_BYTES} bytes`,
  TOO_LONG: `the row has more than ${MAX_ROW_BYTES} bytes`,
};

/** Where each wanted column stands in the header; a column that is missing or stands there twice fails the file. */
const placesOf = (header: readonly string[], columns: readonly string[]): number[] => {
  const names = header.map((name) => name.trim());
  return columns.map((column) => {
    const at = names.indexOf(column);
    if (at < 0) {
      throw new FileFault(
        'MISSING_COLUMN',
        `column "${column}" is missing; the header has ${names
          .map((name) => `"${name.slice(0, 40)}"`)
          .slice(0, 50)
          .join(', ')}`,
      );
    }
    if (names.lastIndexOf(column) !== at)
      throw new FileFault('DOUBLE_COLUMN', `column "${column}" stands twice in the header`);
    return at;
  });
};

/**
 * The rows of a CSV file behind the first `skip` ones, batch by batch, holding only the wanted columns. Skipped rows are cut
 * but not parsed, which is how an interrupted import finds its place again.
 */
export async function* readCsvRows(
  file: TextFile,
  columns: readonly string[],
  skip: number,
  onRead: (bytes: number) => void,
): AsyncGenerator<FileRow[]> {
  let header: CsvHeader | undefined;
  let toSkip = skip;
  let early: Buffer = Buffer.alloc(0);
  const take = (slices: Slice[]): FileRow[] => {
    const skipped = Math.min(toSkip, slices.length);
    toSkip -= skipped;
    return header && skipped < slices.length ? toRows(slices.slice(skipped), header) : [];
  };
  for await (const chunk of readUtf8(file, onRead)) {
    let bytes = chunk;
    if (!header) {
      early = Buffer.concat([early, chunk]);
      if (early.length <= MAX_ROW_BYTES && !early.includes(10)) continue;
      header = readHeader(early, columns);
      bytes = early;
    }
    yield take(header.cut(bytes, false));
  }
  if (!header) {
    header = readHeader(early, columns);
    yield take(header.cut(early, false));
  }
  yield take(header.cut(Buffer.alloc(0), true));
}

interface CsvHeader {
  delimiter: string;
  places: number[];
  width: number;
  /** Rows of the file without the header itself. */
  cut(bytes: Buffer, last: boolean): Slice[];
}

/** The column names of a CSV file by its first bytes, and the sign between them. */
export const readColumnNames = (early: Buffer): { names: string[]; delimiter: string } => {
  const text = early.toString('utf8', 0, MAX_ROW_BYTES);
  const firstLine = text.split('\n').find((line) => line.trim() !== '');
  if (firstLine === undefined) throw new FileFault('EMPTY_FILE', 'the file has no header line');
  const delimiter = delimiterOf(firstLine);
  try {
    // A header is one line by rule: column names have no line breaks.
    const names = parseRows([Buffer.from(firstLine.trimEnd())], delimiter)[0] ?? [];
    return { names: names.map((name) => name.trim()), delimiter };
  } catch {
    throw new FileFault('MALFORMED_FILE', 'the header line is not well-formed CSV');
  }
};

const readHeader = (early: Buffer, columns: readonly string[]): CsvHeader => {
  const { names, delimiter } = readColumnNames(early);
  const splitter = new CsvSplitter(delimiter.charCodeAt(0));
  let headerCut = false;
  return {
    delimiter,
    places: placesOf(names, columns),
    width: names.length,
    cut(bytes, last) {
      const slices = splitter.push(bytes, last);
      if (headerCut || slices.length === 0) return slices;
      headerCut = true;
      return slices.slice(1);
    },
  };
};

const toRows = (slices: Slice[], { delimiter, places, width }: CsvHeader): FileRow[] => {
  const parsed = parseRows(
    slices.flatMap(({ bytes }) => (bytes ? [bytes] : [])),
    delimiter,
  );
  const expected = slices.filter(({ bytes }) => bytes).length;
  // The cutter and the parser must agree on every row, or values would move to other lines.
  if (parsed.length !== expected) throw new Error(`CSV rows cut: ${expected}, parsed: ${parsed.length}`);
  let next = 0;
  return slices.map((slice): FileRow => {
    if (slice.fault) {
      const code = slice.fault === 'TOO_LONG' ? 'ROW_TOO_LONG' : 'MALFORMED_ROW';
      return { line: slice.line, fault: { code, message: FAULTS[slice.fault] } };
    }
    const record = parsed[next++] ?? [];
    if (record.length > width) {
      const message = `the row has ${record.length} fields, the header ${width}`;
      return { line: slice.line, fault: { code: 'MALFORMED_ROW', message } };
    }
    return { line: slice.line, values: places.map((at) => record[at]) };
  });
};
