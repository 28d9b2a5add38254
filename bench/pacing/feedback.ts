import { type ControllerFactory, clamp } from './controller';

const TARGET = 0.03;

/**
 * Lines per idle agent, corrected after every `pace` answers, with the parameters that Cisco documents; the law itself is
 * not published and this one is ours.
 */
export const ciscoLike =
  (gain: number, pace = 70, most = 10): ControllerFactory =>
  () => {
    let ratio = 1.5;
    let answers = 0;
    let abandons = 0;
    return {
      everySeconds: 0.25,
      onFree: true,
      dial: ({ idle, inFlight }) => Math.max(0, Math.round(ratio * idle) - inFlight),
      answered(abandoned) {
        answers += 1;
        if (abandoned) abandons += 1;
        if (answers < pace) return;
        const error = (TARGET - abandons / answers) / TARGET;
        ratio = clamp(ratio + gain * 0.1 * clamp(error, -2, 1), 1, most);
        answers = 0;
        abandons = 0;
      },
    };
  };

const LEAD_SECONDS = 12;
const HANDLING_SECONDS = 195;
const MEMORY = 500;

/**
 * Dials for the agents who are free or expected to be by the time of the answer, by the hit rate seen so far; a factor
 * moved by abandons. Starts from a high hit rate, which is the cautious side.
 */
export const expectedValue = (): ControllerFactory => () => {
  let factor = 0.5;
  let hit = 0.5;
  return {
    everySeconds: 0.25,
    onFree: true,
    dial({ idle, talking, inFlight, waiting }) {
      const wanted = (factor * (idle - waiting + (talking * LEAD_SECONDS) / HANDLING_SECONDS)) / Math.max(0.02, hit);
      return Math.max(0, Math.floor(wanted) - inFlight);
    },
    resolved(routed) {
      hit += ((routed ? 1 : 0) - hit) / MEMORY;
    },
    answered(abandoned) {
      factor = clamp(factor * Math.exp((0.01 * (TARGET - (abandoned ? 1 : 0))) / TARGET), 0.05, 3);
    },
  };
};
