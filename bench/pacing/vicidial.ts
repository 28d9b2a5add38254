import { type ControllerFactory, clamp, type View } from './controller';

/**
 * VICIdial's adaptive methods, from the description of their loops: samples each second, a new level each 15 s, dialling
 * each 2.5 s, the daily drop ratio as a switch. Defaults of the product but for the highest level, which is given.
 */

export type AdaptMethod = 'HARD_LIMIT' | 'AVERAGE' | 'TAPERED';

const SAMPLES = 15;
const TARGET = 0.03;
const LATEST = 2100;
const STEP = 0.5;

export const vicidial =
  (method: AdaptMethod, maxLevel = 3): ControllerFactory =>
  () => {
    const ring: { ready: number; waiting: number; agents: number }[] = [];
    const recent: { at: number; dropped: boolean }[] = [];
    let level = 1;
    let drops = 0;
    let answers = 0;
    let turn = 0;
    /** The counters that the level is computed from are refreshed once a minute. */
    let counted = { minute: 0, minuteDrops: 0, answers: 0, drops: 0 };

    const mean = (of: (sample: (typeof ring)[number]) => number): number =>
      ring.length === 0 ? 0 : ring.reduce((sum, sample) => sum + of(sample), 0) / ring.length;

    const adapt = (clock: number): void => {
      const agents = mean((sample) => sample.agents);
      if (agents > 0) {
        // Intensity 0: an excess of agents and an excess of callers weigh alike.
        const share = (mean((sample) => sample.ready) - mean((sample) => sample.waiting)) / agents;
        level = clamp(level * (1 + share), 1, maxLevel);
      }
      if (counted.minute > 20 && (100 * counted.minuteDrops) / counted.minute > 50) level /= 2;
      if (counted.answers > 50 && counted.drops / counted.answers > TARGET) {
        if (method === 'HARD_LIMIT') level = 1;
        else if (method === 'AVERAGE') level /= 2;
        else level = clock >= LATEST ? 1 : level * Math.min(1, (LATEST - clock) / 1000);
      }
      level = Math.max(1, level);
    };

    return {
      everySeconds: STEP,
      onFree: false,
      dial(view: View) {
        turn += 1;
        if (turn % 2 === 0) {
          ring.push({ ready: view.idle, waiting: view.waiting, agents: view.idle + view.talking });
          if (ring.length > SAMPLES) ring.shift();
        }
        if (turn % 120 === 0) {
          while (recent[0] && recent[0].at < view.now - 60) recent.shift();
          counted = {
            minute: recent.length,
            minuteDrops: recent.filter(({ dropped }) => dropped).length,
            answers,
            drops,
          };
        }
        if (turn % 30 === 0) adapt(view.clock);
        if (turn % 5 !== 0) return 0;
        const goal = Math.round(level * (view.idle + view.talking));
        return Math.max(0, goal - (view.inFlight + view.waiting + view.talking));
      },
      answered(abandoned, now) {
        answers += 1;
        if (abandoned) drops += 1;
        recent.push({ at: now, dropped: abandoned });
      },
    };
  };
