import type { Callee } from '../../src/dialer/simulator/contacts';

/** What a baseline may look at when it decides. Times in seconds. */
export interface View {
  now: number;
  /** Hour and minute of the day as VICIdial writes it, 1330. */
  clock: number;
  /** At work and not on a break. */
  agents: number;
  idle: number;
  talking: number;
  /** Dialled and neither ended nor known as a person. */
  inFlight: number;
  /** Persons who wait for an agent. */
  waiting: number;
  /** For the clairvoyant alone. */
  future: Future;
}

export interface Future {
  /** The contact that would be dialled as the `ahead`-th from now. */
  upcoming(ahead: number): Callee;
  /** Seconds from now by which each line in flight that will be routed needs an agent. */
  needs(): readonly number[];
  /** How long each busy agent has been in talk, or in wrap-up. */
  busy(): readonly { wrapping: boolean; seconds: number }[];
}

/** A baseline: how many lines to dial now. It hears of ends and abandons, never of the world's parameters. */
export interface Controller {
  /** Asked this often, and when an agent becomes free. */
  everySeconds: number;
  /** Whether an agent who becomes free is a moment to dial. */
  onFree: boolean;
  dial(view: View): number;
  /** A dial has ended or been answered. */
  resolved?(routed: boolean): void;
  /** A person (or what was taken for one) has an agent or has been abandoned. */
  answered?(abandoned: boolean, now: number): void;
}

export type ControllerFactory = () => Controller;

export const clamp = (value: number, least: number, most: number): number => Math.min(most, Math.max(least, value));
