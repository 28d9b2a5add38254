import type { KernelState } from './state';

const MAP = '$map';

/** State as text: Maps as lists of pairs in insertion order, on which the order of work depends. */
export function serialise(state: KernelState): string {
  return JSON.stringify(state, (_key, value: unknown) => (value instanceof Map ? { [MAP]: [...value] } : value));
}

export function deserialise(text: string): KernelState {
  return JSON.parse(text, (_key, value: unknown) => {
    if (value !== null && typeof value === 'object' && MAP in value) {
      return new Map((value as { [MAP]: [unknown, unknown][] })[MAP]);
    }
    return value;
  }) as KernelState;
}
