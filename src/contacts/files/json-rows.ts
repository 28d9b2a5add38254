import { readUtf8, type TextFile } from './encoding';
import { FileFault } from './file-fault';
import { type FileRow, MAX_ROW_BYTES } from './file-row';
import { JsonArraySplitter, JsonLineSplitter, type JsonSlice } from './json-splitter';

/** A wanted column that none of this many first objects has is missing. */
const SAMPLE = 1000;

/** The rows behind the first `skip` ones, of one JSON array of objects or of one object a line. */
export async function* readJsonRows(
  file: TextFile,
  columns: readonly string[],
  skip: number,
  onRead: (bytes: number) => void,
): AsyncGenerator<FileRow[]> {
  let splitter: JsonArraySplitter | JsonLineSplitter | undefined;
  const seen = new ColumnWatch(columns);
  let toSkip = skip;
  const take = (slices: JsonSlice[]): FileRow[] => {
    const skipped = Math.min(toSkip, slices.length);
    toSkip -= skipped;
    return slices.slice(skipped).map((slice) => toRow(slice, columns, seen));
  };
  // An import that goes on behind row 1,000 had its columns checked by its first run.
  seen.rows = skip;
  for await (const chunk of readUtf8(file, onRead)) {
    const first = /\S/.exec(splitter ? '' : chunk.toString('utf8'))?.[0];
    if (!splitter && first === undefined) continue;
    splitter ??= first === '[' ? new JsonArraySplitter() : new JsonLineSplitter();
    yield take(splitter.push(chunk));
  }
  if (!splitter) throw new FileFault('EMPTY_FILE', 'the file holds no JSON');
  yield take(splitter.push(Buffer.alloc(0), true));
  seen.finish();
}

/** JSON has no header: the columns are those of the first objects. */
class ColumnWatch {
  rows = 0;
  private readonly missing: Set<string>;
  private readonly found = new Set<string>();

  constructor(columns: readonly string[]) {
    this.missing = new Set(columns);
  }

  see(object: Record<string, unknown>): void {
    if (this.rows >= SAMPLE) return;
    this.rows += 1;
    for (const name of Object.keys(object)) {
      this.missing.delete(name);
      if (this.found.size < 50) this.found.add(name);
    }
    if (this.rows === SAMPLE) this.check();
  }

  finish(): void {
    if (this.rows > 0 && this.rows < SAMPLE) this.check();
  }

  private check(): void {
    const [name] = this.missing;
    if (name === undefined) return;
    const names = [...this.found].map((found) => `"${found.slice(0, 40)}"`).join(', ');
    throw new FileFault('MISSING_COLUMN', `column "${name}" is missing from the first objects; they have ${names}`);
  }
}

const bad = (line: number, message: string): FileRow => ({ line, fault: { code: 'MALFORMED_ROW', message } });

const toRow = (slice: JsonSlice, columns: readonly string[], seen: ColumnWatch): FileRow => {
  const { line } = slice;
  if (slice.fault) {
    return { line, fault: { code: 'ROW_TOO_LONG', message: `the object has more than ${MAX_ROW_BYTES} bytes` } };
  }
  let object: unknown;
  try {
    object = JSON.parse(slice.text);
  } catch {
    return bad(line, 'the row is not well-formed JSON');
  }
  if (typeof object !== 'object' || object === null || Array.isArray(object))
    return bad(line, 'the row is not a JSON object');
  const record = object as Record<string, unknown>;
  seen.see(record);
  const values: (string | undefined)[] = [];
  for (const column of columns) {
    const value = Object.hasOwn(record, column) ? record[column] : undefined;
    if (typeof value === 'string') values.push(value);
    else if (value === null || value === undefined) values.push(undefined);
    else if (typeof value === 'number' || typeof value === 'boolean') values.push(String(value));
    else return bad(line, `${column} is neither text nor number`);
  }
  return { line, values };
};
