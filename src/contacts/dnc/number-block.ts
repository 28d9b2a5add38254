/**
 * Numbers that differ in their last four digits only share a block. It is stored as a list of these digits while that is
 * shorter than a bit for each: a registry of hundreds of millions takes one or two bytes a number, and a look-up is one row.
 */
export const BLOCK_NUMBERS = 10_000;
const BITS_BYTES = BLOCK_NUMBERS / 8;
/** Two bytes each: as many offsets as the bits would take room for. */
const MOST_OFFSETS = BITS_BYTES / 2 - 25;

export interface StoredBlock {
  block: number;
  offsets: number[] | null;
  bits: Buffer | null;
}

export const blockOf = (digits: number): number => Math.floor(digits / BLOCK_NUMBERS);

const isSet = (bits: Uint8Array, offset: number): boolean =>
  (((bits[offset >> 3] as number) >> (offset & 7)) & 1) === 1;

/** The offsets of one block, ascending. */
export const offsetsOf = ({ offsets, bits }: Pick<StoredBlock, 'offsets' | 'bits'>): number[] => {
  if (offsets) return offsets;
  const found: number[] = [];
  for (let offset = 0; bits && offset < BLOCK_NUMBERS; offset += 1) if (isSet(bits, offset)) found.push(offset);
  return found;
};

/** Both are ascending; what stands in both comes once. */
export const unionOf = (left: readonly number[], right: readonly number[]): number[] => {
  const union: number[] = [];
  let l = 0;
  let r = 0;
  while (l < left.length || r < right.length) {
    const a = left[l] ?? BLOCK_NUMBERS;
    const b = right[r] ?? BLOCK_NUMBERS;
    union.push(Math.min(a, b));
    if (a <= b) l += 1;
    if (b <= a) r += 1;
  }
  return union;
};

/** A line of `COPY dnc_block (generation, block, offsets, bits)`; `offsets` ascend. */
export const copyBlock = (generation: number, block: number, offsets: readonly number[]): string => {
  if (offsets.length <= MOST_OFFSETS) return `${generation}\t${block}\t{${offsets.join()}}\t\\N\n`;
  // Bit n stands where PostgreSQL's get_bit looks for it: lowest bit first.
  const bits = Buffer.alloc(BITS_BYTES);
  for (const offset of offsets) bits[offset >> 3] = (bits[offset >> 3] as number) | (1 << (offset & 7));
  return `${generation}\t${block}\t\\N\t\\\\x${bits.toString('hex')}\n`;
};

/** Ascending numbers, some perhaps twice, as blocks of different offsets. */
export function* blocksOf(sorted: Float64Array): Generator<{ block: number; offsets: number[] }> {
  let block = -1;
  let offsets: number[] = [];
  let before = -1;
  for (const digits of sorted) {
    if (digits === before) continue;
    before = digits;
    const its = blockOf(digits);
    if (its !== block) {
      if (offsets.length > 0) yield { block, offsets };
      block = its;
      offsets = [];
    }
    offsets.push(digits - its * BLOCK_NUMBERS);
  }
  if (offsets.length > 0) yield { block, offsets };
}
