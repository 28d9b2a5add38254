import type { GateFacts, GateVerdict } from './facts';

/** A person has other numbers: the contact goes on with one that may be called, and is closed when none is left. */
export const onward = ({ instead, at }: GateFacts): { words: string; verdict?: Pick<GateVerdict, 'other'> } => {
  const other = instead(at);
  const words = other
    ? `another number of the contact is next, from ${new Date(other.at).toISOString()}`
    : 'no other number of the contact is next';
  return { words, ...(other && { verdict: { other } }) };
};
