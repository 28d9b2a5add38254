import { FileFault } from './file-fault';
import { MAX_ROW_BYTES } from './file-row';

export type JsonSlice =
  | { line: number; text: string; fault?: undefined }
  | { line: number; fault: 'TOO_LONG'; text?: undefined };

const NEWLINE = 10;
const QUOTE = 34;
const BACKSLASH = 92;
const isBlank = (byte: number): boolean => byte === 32 || byte === NEWLINE || byte === 13 || byte === 9;

/** Cuts JSON lines; a line that is too long is dropped while it is read. */
export class JsonLineSplitter {
  private rest: Buffer = Buffer.alloc(0);
  private line = 1;
  private dropping = false;

  push(chunk: Buffer, last = false): JsonSlice[] {
    const bytes = this.rest.length > 0 ? Buffer.concat([this.rest, chunk]) : chunk;
    const slices: JsonSlice[] = [];
    let at = 0;
    for (;;) {
      const newline = bytes.indexOf(NEWLINE, at);
      const end = newline < 0 ? bytes.length : newline;
      const tooLong = end - at > MAX_ROW_BYTES;
      if (newline < 0 && !last && !tooLong && !this.dropping) break;
      if (!this.dropping) this.take(bytes.subarray(at, end), tooLong, slices);
      at = end;
      this.dropping = newline < 0 && !last;
      if (newline < 0) break;
      at = newline + 1;
      this.line += 1;
    }
    this.rest = Buffer.from(bytes.subarray(at));
    return slices;
  }

  private take(bytes: Buffer, tooLong: boolean, slices: JsonSlice[]): void {
    if (tooLong) {
      slices.push({ line: this.line, fault: 'TOO_LONG' });
      return;
    }
    const text = bytes.toString('utf8').trim();
    if (text !== '') slices.push({ line: this.line, text });
  }
}

/**
 * Cuts the objects out of one JSON array. It only finds where each object begins and ends; what is inside is JSON.parse's. So
 * an object that is no JSON, or is too long, stays one bad row with its line, and a large file is never held as a whole.
 */
export class JsonArraySplitter {
  private rest: Buffer = Buffer.alloc(0);
  private line = 1;
  private startLine = 1;
  private depth = 0;
  private inString = false;
  private escaped = false;
  private tooLong = false;
  private expects: 'array' | 'first' | 'object' | 'separator' | 'end' = 'array';

  push(chunk: Buffer, last = false): JsonSlice[] {
    const slices: JsonSlice[] = [];
    let bytes = chunk;
    let start = 0;
    let at = 0;
    if (this.rest.length > 0) {
      bytes = Buffer.concat([this.rest, chunk]);
      at = this.rest.length;
    }
    for (; at < bytes.length; at += 1) {
      const byte = bytes[at] as number;
      if (byte === NEWLINE) this.line += 1;
      if (this.depth === 0) {
        if (isBlank(byte)) continue;
        start = at;
        this.outside(byte);
      } else if (this.inside(byte)) {
        if (this.tooLong || at + 1 - start > MAX_ROW_BYTES) slices.push({ line: this.startLine, fault: 'TOO_LONG' });
        else slices.push({ line: this.startLine, text: bytes.toString('utf8', start, at + 1) });
        this.tooLong = false;
        this.expects = 'separator';
      }
    }
    this.keep(bytes, start);
    if (last && this.expects !== 'end') {
      throw new FileFault('MALFORMED_FILE', `the JSON array is not closed: the file ends at line ${this.line}`);
    }
    return slices;
  }

  private keep(bytes: Buffer, start: number): void {
    if (this.depth === 0) this.rest = Buffer.alloc(0);
    else if (this.tooLong || bytes.length - start > MAX_ROW_BYTES) {
      this.tooLong = true;
      this.rest = Buffer.alloc(0);
    } else this.rest = Buffer.from(bytes.subarray(start));
  }

  private outside(byte: number): void {
    const sign = String.fromCharCode(byte);
    const { expects } = this;
    if (expects === 'array' && sign === '[') this.expects = 'first';
    else if ((expects === 'first' || expects === 'object') && sign === '{') {
      this.depth = 1;
      this.startLine = this.line;
    } else if (expects === 'separator' && sign === ',') this.expects = 'object';
    else if ((expects === 'separator' || expects === 'first') && sign === ']') this.expects = 'end';
    else {
      const wanted = { array: '[', first: '{ or ]', object: '{', separator: ', or ]', end: 'the end of the file' }[
        expects
      ];
      throw new FileFault('MALFORMED_FILE', `line ${this.line} is not JSON of an array of objects: expected ${wanted}`);
    }
  }

  /** True when this byte closes the object. */
  private inside(byte: number): boolean {
    if (this.inString) {
      if (this.escaped) this.escaped = false;
      else if (byte === BACKSLASH) this.escaped = true;
      else if (byte === QUOTE) this.inString = false;
      else if (byte === NEWLINE) {
        // No string of JSON goes over a line: its quote is missing, and where objects end is no longer known.
        throw new FileFault('MALFORMED_FILE', `line ${this.line - 1} is not JSON: a text does not end`);
      }
      return false;
    }
    if (byte === QUOTE) this.inString = true;
    else if (byte === 123 || byte === 91) this.depth += 1;
    else if (byte === 125 || byte === 93) this.depth -= 1;
    return this.depth === 0;
  }
}
