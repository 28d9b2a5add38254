import { nextSeq } from './context';
import type { KernelState } from './state';

function hash(text: string, seed: number): number {
  let value = seed;
  for (let index = 0; index < text.length; index += 1) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
    value ^= value >>> 15;
  }
  return value >>> 0;
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0').slice(-digits);
}

/**
 * A UUID (version 8: of our own making) without a random source: the dialer hashed to 48 bits, 24 bits of epoch, 48 of
 * the counter. Unique for a dialer; two dialers would need the same hash, epoch and count.
 */
export function reservationId(state: KernelState): string {
  const dialer = hex(hash(state.dialerId, 0x811c9dc5), 8) + hex(hash(state.dialerId, 0x2a97e1d3), 4);
  const epoch = hex(state.epoch % 0x1000000, 6);
  const count = hex(nextSeq(state), 12);
  return `${dialer.slice(0, 8)}-${dialer.slice(8)}-8${epoch.slice(0, 3)}-8${epoch.slice(3)}-${count}`;
}
