import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { quantileOf } from './metrics';

/** How far the switch's truth log has been written. */
export const truthPosition = (file: string): number => {
  const descriptor = openSync(file, 'r');
  try {
    return fstatSync(descriptor).size;
  } finally {
    closeSync(descriptor);
  }
};

export interface Answers {
  answered: number;
  bridged: number;
  /** From the answer at the switch to the connect command's arrival there, which is the entry into the agent's bridge. */
  p50Ms: number;
  p99Ms: number;
}

interface Entry {
  t: number;
  e: string;
  leg: string;
}

/** Measured by the switch and its clock, so with the way there, the event loop's lag and the way back. */
export const answersSince = (file: string, from: number): Answers => {
  const descriptor = openSync(file, 'r');
  const bytes = Buffer.alloc(Math.max(0, fstatSync(descriptor).size - from));
  readSync(descriptor, bytes, 0, bytes.length, from);
  closeSync(descriptor);
  const answeredAt = new Map<string, number>();
  const took: number[] = [];
  let answered = 0;
  for (const line of bytes.toString('utf8').split('\n')) {
    // The position may lie within a line.
    if (!line.startsWith('{') || !line.endsWith('}')) continue;
    if (!line.includes('"e":"answered"') && !line.includes('"e":"bridged"')) continue;
    const { t, e, leg } = JSON.parse(line) as Entry;
    if (e === 'answered') {
      if (line.includes('"voice":"agent"')) continue;
      answered += 1;
      answeredAt.set(leg, t);
      continue;
    }
    const at = answeredAt.get(leg);
    if (at === undefined) continue;
    answeredAt.delete(leg);
    took.push(t - at);
  }
  return { answered, bridged: took.length, p50Ms: quantileOf(took, 0.5), p99Ms: quantileOf(took, 0.99) };
};
