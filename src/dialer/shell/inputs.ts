import type { Command, Input } from '../kernel/messages';

type WithoutStamp<I> = I extends Input ? Omit<I, 'at' | 'wall'> : never;

/** An input before the runner has stamped it. */
export type InputBody = WithoutStamp<Input>;

export type CommandOf<T extends Command['type']> = Extract<Command, { type: T }>;

/** When the kernel decided it: `at` monotonic, `wall` business time. */
export interface Decided {
  at: number;
  wall: number;
}

/** Feeds the kernel; what comes of it is dispatched before the call returns, unless it was made from within a dispatch. */
export type Feed = (input: InputBody, at?: number) => void;
