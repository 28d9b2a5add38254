import type { ControllerFactory } from './controller';

/** One line for each idle agent and none for any other: nobody is ever abandoned. */
export const progressive = (): ControllerFactory => () => ({
  everySeconds: 1,
  onFree: true,
  dial: ({ idle, inFlight, waiting }) => Math.max(0, idle - inFlight - waiting),
});

/** So many lines for each idle agent. */
export const idleRatio =
  (ratio: number): ControllerFactory =>
  () => ({
    everySeconds: 0.25,
    onFree: true,
    dial: ({ idle, inFlight }) => Math.max(0, Math.round(ratio * idle) - inFlight),
  });

/** So many lines for each agent who is idle or in talk, those in talk included. */
export const agentRatio =
  (ratio: number): ControllerFactory =>
  () => ({
    everySeconds: 0.25,
    onFree: true,
    dial: ({ idle, talking, inFlight, waiting }) =>
      Math.max(0, Math.round(ratio * (idle + talking)) - inFlight - waiting - talking),
  });
