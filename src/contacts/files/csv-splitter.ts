import { MAX_ROW_BYTES } from './file-row';

const QUOTE = 34;
const NEWLINE = 10;
const RETURN = 13;

/** A row as its bytes, or why there are none. */
export type Slice =
  | { line: number; bytes: Buffer; fault?: undefined }
  | { line: number; fault: SliceFault; bytes?: undefined };
export type SliceFault = 'QUOTE_INSIDE' | 'QUOTE_NOT_CLOSED' | 'TOO_LONG';

/**
 * Cuts a CSV stream into rows, so that what is wrong with one row stays with it. A parser that meets a stray quote reads on
 * as if inside the field and swallows the rows behind it; here the line where the stray quote stands is given up and
 * the next one starts afresh. Memory is bounded: a row, or a field whose quote never closes, is given up at MAX_ROW_BYTES.
 */
export class CsvSplitter {
  private rest: Buffer = Buffer.alloc(0);
  private line = 1;
  /** Inside a line that is too long: everything up to its end is dropped. */
  private dropping = false;

  constructor(private readonly delimiter: number) {}

  /** The rows that are complete with `chunk`; blank lines are none. */
  push(chunk: Buffer, last = false): Slice[] {
    const bytes = this.rest.length > 0 ? Buffer.concat([this.rest, chunk]) : chunk;
    const slices: Slice[] = [];
    let at = 0;
    if (this.dropping) at = this.drop(bytes);
    while (at < bytes.length && !this.dropping) {
      const next = this.cut(bytes, at, last, slices);
      if (next === at) break;
      at = next;
    }
    this.rest = Buffer.from(bytes.subarray(at));
    return slices;
  }

  /** Takes one row starting at `from`; answers where the next one starts, or `from` when more bytes are needed. */
  private cut(bytes: Buffer, from: number, last: boolean, slices: Slice[]): number {
    const end = this.endOfRow(bytes, from, last);
    if (end.kind === 'row') {
      const stop = bytes[end.at - 1] === RETURN && end.at > from ? end.at - 1 : end.at;
      if (stop > from) {
        if (stop - from > MAX_ROW_BYTES) slices.push({ line: this.line, fault: 'TOO_LONG' });
        else slices.push({ line: this.line, bytes: bytes.subarray(from, stop) });
      }
      this.line += end.newlines + 1;
      return Math.min(end.at + 1, bytes.length);
    }
    if (end.kind === 'more' && bytes.length - from <= MAX_ROW_BYTES) return from;
    // Given up: this line alone, whatever its quotes meant to include.
    const fault = end.kind === 'stray' ? 'QUOTE_INSIDE' : end.quoted ? 'QUOTE_NOT_CLOSED' : 'TOO_LONG';
    slices.push({ line: this.line, fault });
    const newline = bytes.indexOf(NEWLINE, from);
    if (newline >= 0) {
      this.line += 1;
      return newline + 1;
    }
    this.dropping = !last;
    return bytes.length;
  }

  private drop(bytes: Buffer): number {
    const newline = bytes.indexOf(NEWLINE);
    if (newline < 0) return bytes.length;
    this.dropping = false;
    this.line += 1;
    return newline + 1;
  }

  private endOfRow(
    bytes: Buffer,
    from: number,
    last: boolean,
  ): { kind: 'row'; at: number; newlines: number } | { kind: 'stray' } | { kind: 'more'; quoted: boolean } {
    const { delimiter } = this;
    let newlines = 0;
    let at = from;
    let fieldStart = true;
    for (; at < bytes.length; at += 1) {
      const byte = bytes[at];
      if (byte === NEWLINE) return { kind: 'row', at, newlines };
      if (byte === delimiter) fieldStart = true;
      else if (byte === QUOTE) {
        if (!fieldStart) return { kind: 'stray' };
        const close = this.closingQuote(bytes, at + 1, last);
        if (close.kind !== 'closed') return close;
        newlines += close.newlines;
        at = close.at;
        fieldStart = false;
      } else fieldStart = false;
    }
    return last ? { kind: 'row', at, newlines } : { kind: 'more', quoted: false };
  }

  /** From behind an opening quote to its closing one, which a delimiter or the end of the row must follow. */
  private closingQuote(
    bytes: Buffer,
    from: number,
    last: boolean,
  ): { kind: 'closed'; at: number; newlines: number } | { kind: 'stray' } | { kind: 'more'; quoted: true } {
    let newlines = 0;
    for (let at = from; at < bytes.length; at += 1) {
      const byte = bytes[at];
      if (byte === NEWLINE) newlines += 1;
      if (byte !== QUOTE) continue;
      const after = bytes[at + 1];
      if (after === QUOTE) at += 1;
      else if (after === undefined && !last) return { kind: 'more', quoted: true };
      else if (after === undefined || after === this.delimiter || after === NEWLINE)
        return { kind: 'closed', at, newlines };
      else if (after === RETURN && (bytes[at + 2] === NEWLINE || bytes[at + 2] === undefined)) {
        return { kind: 'closed', at, newlines };
      } else return { kind: 'stray' };
    }
    return last ? { kind: 'stray' } : { kind: 'more', quoted: true };
  }
}
