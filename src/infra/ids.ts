import { v7 } from 'uuid';

const BYTES = 16;
/** Random bytes are fetched for so many ids at once: a claim makes hundreds, and each fetch is a call of the system. */
const FETCHED = 256;

const random = new Uint8Array(FETCHED * BYTES);
let used = random.length;
let msecs = 0;
let seq = 0;

const nextRandom = (): Uint8Array => {
  if (used === random.length) {
    crypto.getRandomValues(random);
    used = 0;
  }
  used += BYTES;
  return random.subarray(used - BYTES, used);
};

/** Time-ordered uuid: good for primary keys, unique over processes; of one process each is after the one before. */
export const newId = (): string => {
  const bytes = nextRandom();
  const now = Date.now();
  if (now > msecs) {
    msecs = now;
    // Half of the range is left to count on within the millisecond.
    seq = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0) >>> 1;
  } else seq += 1;
  return v7({ random: bytes, msecs, seq });
};
