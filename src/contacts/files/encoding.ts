import { isUtf8 } from 'node:buffer';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { FileFault } from './file-fault';

export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be';

export interface TextFile {
  path: string;
  encoding: Encoding;
  /** Bytes of the byte order mark. */
  skip: number;
}

// Small enough that no batch of rows holds the event loop for long.
const READ_BYTES = 64 * 1024;
const NEWLINE = 10;

const readBytes = (path: string, start = 0): AsyncIterable<Buffer> =>
  createReadStream(path, { start, highWaterMark: READ_BYTES }) as AsyncIterable<Buffer>;

const byMark = (head: Buffer): { encoding: Encoding; skip: number } => {
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return { encoding: 'utf-8', skip: 3 };
  if (head[0] === 0xff && head[1] === 0xfe) return { encoding: 'utf-16le', skip: 2 };
  if (head[0] === 0xfe && head[1] === 0xff) return { encoding: 'utf-16be', skip: 2 };
  return { encoding: 'utf-8', skip: 0 };
};

/** By the mark alone, for readers to whom a sign that is not UTF-8 is a fault of its line and not of the file. */
export const markedEncoding = async (path: string): Promise<TextFile> => {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(3), 0, 3, 0);
    if (bytesRead === 0) throw new FileFault('EMPTY_FILE', 'the file is empty');
    return { path, ...byMark(buffer.subarray(0, bytesRead)) };
  } finally {
    await file.close();
  }
};

/** Bytes at the end of `bytes` that begin a sign of UTF-8 without completing it. */
const incompleteTail = (bytes: Buffer): number => {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) return back < (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) ? back : 0;
  }
  return 0;
};

/** The first byte that is not UTF-8, in bytes that are not. */
const firstFault = (bytes: Buffer): number => {
  let good = 0;
  let bad = bytes.length;
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    const head = bytes.subarray(0, middle);
    if (isUtf8(head.subarray(0, middle - incompleteTail(head)))) good = middle;
    else bad = middle;
  }
  return good - incompleteTail(bytes.subarray(0, good));
};

const linesIn = (bytes: Buffer): number => {
  let lines = 0;
  for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) lines += 1;
  return lines;
};

/**
 * Finds the encoding by the byte order mark and reads the whole file once to prove it, so that a file in another encoding is
 * refused before its first row is taken. About a second for a gigabyte.
 */
export const inspectEncoding = async (path: string): Promise<TextFile> => {
  let found: { encoding: Encoding; skip: number } | undefined;
  let rest: Buffer = Buffer.alloc(0);
  let offset = 0;
  let line = 1;
  for await (const chunk of readBytes(path)) {
    found ??= byMark(chunk);
    if (found.encoding !== 'utf-8') return { path, ...found };
    const bytes = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
    const zero = bytes.indexOf(0);
    const whole = bytes.subarray(0, bytes.length - incompleteTail(bytes));
    if (zero >= 0 || !isUtf8(whole)) {
      const at = zero >= 0 ? zero : firstFault(whole);
      throw wrong(line + linesIn(bytes.subarray(0, at)), offset + at + 1, zero >= 0);
    }
    line += linesIn(whole);
    offset += whole.length;
    rest = Buffer.from(bytes.subarray(whole.length));
  }
  if (rest.length > 0) throw wrong(line, offset + 1, false);
  if (!found) throw new FileFault('EMPTY_FILE', 'the file is empty');
  return { path, ...found };
};

const wrong = (line: number, byte: number, nul: boolean): FileFault =>
  new FileFault(
    'WRONG_ENCODING',
    `the file is not UTF-8: line ${line}, byte ${byte} of the file ${nul ? 'is NUL' : 'begins no sign of it'}; allowed are UTF-8 and, with a byte order mark, UTF-16`,
  );

/** The file as UTF-8 without its mark. `onRead` hears how many bytes of the file have been read. */
export async function* readUtf8(file: TextFile, onRead: (bytes: number) => void): AsyncGenerator<Buffer> {
  let read = file.skip;
  if (file.encoding === 'utf-8') {
    for await (const chunk of readBytes(file.path, file.skip)) {
      read += chunk.length;
      onRead(read);
      yield chunk;
    }
    return;
  }
  const decoder = new TextDecoder(file.encoding, { fatal: true });
  const decode = (chunk?: Buffer): Buffer => {
    try {
      return Buffer.from(decoder.decode(chunk, { stream: chunk !== undefined }), 'utf8');
    } catch {
      throw new FileFault('WRONG_ENCODING', `the file has a mark of ${file.encoding} but is not: near byte ${read}`);
    }
  };
  for await (const chunk of readBytes(file.path, file.skip)) {
    read += chunk.length;
    onRead(read);
    yield decode(chunk);
  }
  yield decode();
}
