import type { CountryCode } from 'libphonenumber-js/max';
import { readCsvRows } from '../../files/csv-rows';
import { inspectEncoding, markedEncoding, readUtf8 } from '../../files/encoding';
import { BLANK, NumberScanner } from './number-scanner';

/** Hears every line that is not empty: `result` is the number's digits, or a `LineFault`. */
export type OnLine = (line: number, result: number) => void;

export interface ReadNumbers {
  path: string;
  country: CountryCode;
  /** Of a CSV file with a header; null: a number on each line. */
  column: string | null;
  onLine: OnLine;
  onRead: (bytes: number) => void;
}

const NEWLINE = 10;

/** Yields after each piece of the file, so that the reader may store what it has and stop. */
export async function* readNumbers({ path, country, column, onLine, onRead }: ReadNumbers): AsyncGenerator<void> {
  const scanner = new NumberScanner(country);
  if (column === null) yield* readPlain(path, scanner, onLine, onRead);
  else yield* readColumn(path, column, scanner, onLine, onRead);
}

async function* readPlain(
  path: string,
  scanner: NumberScanner,
  onLine: OnLine,
  onRead: (bytes: number) => void,
): AsyncGenerator<void> {
  let line = 1;
  const end = (): void => {
    const result = scanner.end();
    if (result !== BLANK) onLine(line, result);
    line += 1;
  };
  for await (const bytes of readUtf8(await markedEncoding(path), onRead)) {
    for (let at = 0; at < bytes.length; at += 1) {
      const sign = bytes[at] as number;
      if (sign === NEWLINE) end();
      else scanner.take(sign);
    }
    yield;
  }
  end();
}

async function* readColumn(
  path: string,
  column: string,
  scanner: NumberScanner,
  onLine: OnLine,
  onRead: (bytes: number) => void,
): AsyncGenerator<void> {
  for await (const rows of readCsvRows(await inspectEncoding(path), [column], 0, onRead)) {
    for (const { line, values } of rows) {
      const written = values?.[0] ?? '';
      for (let at = 0; at < written.length; at += 1) scanner.take(written.charCodeAt(at));
      const result = scanner.end();
      // A row without a number, or one that is no row, is a bad line all the same.
      onLine(line, result === BLANK ? -1 : result);
    }
    yield;
  }
}
