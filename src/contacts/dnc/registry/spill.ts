import { closeSync, openSync, writeSync } from 'node:fs';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { blockOf } from '../number-block';

/** Parts of a registry that are sorted one by one: a hundredth of half a billion numbers is 16 MB. */
export const PARTS = 256;
/** Numbers that wait in memory for each part: 8 MB in all. */
const WAITING = 4_096;

/**
 * Numbers in any order, divided into parts by their block, so that each part can be sorted in memory and no block is in two.
 * What does not fit waits in files beside the upload. Neighbouring blocks go to different parts: none grows out of bounds.
 */
export class Spill {
  private readonly waiting = Array.from({ length: PARTS }, () => new Float64Array(WAITING));
  private readonly used = new Uint32Array(PARTS);
  private readonly files = new Map<number, number>();

  private constructor(private readonly directory: string) {}

  /** What an earlier, interrupted reading of the same file left is removed. */
  static async open(directory: string): Promise<Spill> {
    await rm(directory, { recursive: true, force: true });
    await mkdir(directory, { recursive: true, mode: 0o700 });
    return new Spill(directory);
  }

  add(digits: number): void {
    const part = blockOf(digits) % PARTS;
    const waiting = this.waiting[part] as Float64Array;
    const used = this.used[part] as number;
    waiting[used] = digits;
    if (used + 1 < WAITING) {
      this.used[part] = used + 1;
      return;
    }
    this.write(part, waiting);
    this.used[part] = 0;
  }

  /** All numbers of a part, ascending; some may stand there twice. */
  async sorted(part: number): Promise<Float64Array> {
    const waiting = (this.waiting[part] as Float64Array).subarray(0, this.used[part]);
    const written = this.files.has(part) ? await readFile(this.path(part)) : Buffer.alloc(0);
    const numbers = new Float64Array(written.length / 8 + waiting.length);
    new Uint8Array(numbers.buffer).set(written);
    numbers.set(waiting, written.length / 8);
    return numbers.sort();
  }

  async remove(): Promise<void> {
    for (const file of this.files.values()) closeSync(file);
    this.files.clear();
    await rm(this.directory, { recursive: true, force: true });
  }

  private path(part: number): string {
    return join(this.directory, String(part));
  }

  private write(part: number, numbers: Float64Array): void {
    const file = this.files.get(part) ?? openSync(this.path(part), 'w', 0o600);
    this.files.set(part, file);
    writeSync(file, new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength));
  }
}
