import type { PlanBase } from './plan';

/** What a campaign's attempts tell of its people, carrier and agents. Times in seconds. */
export interface History {
  hours: HistoryHour[];
  /** Each a quantile table, or null where nothing was seen. */
  setUp: number[] | null;
  personRing: number[] | null;
  machineRing: number[] | null;
  failure: number[] | null;
  /** From a person's answer to the verdict. */
  verdict: number[] | null;
  machineVerdict: number[] | null;
  talk: number[] | null;
  wrapUp: number[] | null;
  ringLimitSeconds: number;
  /** The silence by which the analysis knows that a greeting has ended; null without analysis. */
  silenceSeconds: number | null;
}

/** An hour of the day in the campaign's zone, all days together. */
export interface HistoryHour {
  hour: number;
  attempts: number;
  persons: number;
  machines: number;
  failures: number;
  /** Who had a connection in it, a day on average. */
  agents: number;
}

/** Below these a history tells more of chance than of the campaign. */
export const LEAST = { attempts: 500, talks: 50 } as const;

/** As many attempts of all hours together are mixed into each hour: few attempts are no evidence of another share. */
const SMOOTHING = 50;
/** Hours with less than this share of the attempts are stragglers, no part of the shift. */
const STRAGGLERS = 0.01;

type Share = (hour: HistoryHour) => number;

const empirical = (quantiles: number[] | null) => quantiles && { shape: 'empirical' as const, quantiles };

const totalOf = (hours: readonly HistoryHour[], of: Share): number => hours.reduce((sum, hour) => sum + of(hour), 0);

/** The hours of the shift, without gaps. */
const shiftOf = (hours: readonly HistoryHour[]): HistoryHour[] => {
  const least = STRAGGLERS * totalOf(hours, ({ attempts }) => attempts);
  const busy = hours.filter(({ attempts }) => attempts > 0 && attempts >= least).map(({ hour }) => hour);
  const first = Math.min(...busy);
  const none = { attempts: 0, persons: 0, machines: 0, failures: 0, agents: 0 };
  return Array.from({ length: Math.max(...busy) - first + 1 }, (_, at) => {
    const hour = first + at;
    return hours.find((one) => one.hour === hour) ?? { hour, ...none };
  });
};

const levelOf = (shift: readonly HistoryHour[], of: Share) => {
  const overall = totalOf(shift, of) / totalOf(shift, ({ attempts }) => attempts);
  return shift.map((hour, at) => ({
    fromHour: at,
    value: (of(hour) + SMOOTHING * overall) / (hour.attempts + SMOOTHING),
  }));
};

/** One shift for each run of hours in which at least so many were at work. */
const shiftsOf = (shift: readonly HistoryHour[]) => {
  const present = shift.map(({ agents }) => Math.round(agents));
  const shifts = new Map<string, { agents: number; fromHour: number; toHour: number }>();
  for (let level = 1; level <= Math.max(...present); level += 1) {
    for (let fromHour = 0; fromHour < present.length; fromHour += 1) {
      if (present[fromHour]! < level) continue;
      let toHour = fromHour;
      while (toHour < present.length && present[toHour]! >= level) toHour += 1;
      const key = `${fromHour}-${toHour}`;
      const agents = (shifts.get(key)?.agents ?? 0) + 1;
      shifts.set(key, { agents, fromHour, toHour });
      fromHour = toHour;
    }
  }
  return [...shifts.values()];
};

/** The world that a history describes, in the words of a world file, and who works in it. */
export const worldOfHistory = (history: History): Pick<PlanBase, 'world' | 'agents' | 'hours'> => {
  const shift = shiftOf(history.hours);
  const shifts = shiftsOf(shift);
  const silence = history.silenceSeconds;
  const given = {
    setUp: empirical(history.setUp),
    personRing: empirical(history.personRing),
    machineRing: empirical(history.machineRing),
    failure: empirical(history.failure),
    talk: empirical(history.talk),
    wrapUp: empirical(history.wrapUp),
  };
  const world = {
    ...Object.fromEntries(Object.entries(given).filter(([, distribution]) => distribution !== null)),
    hitRate: levelOf(shift, ({ persons }) => persons),
    machineShare: levelOf(shift, ({ machines }) => machines),
    failureShare: levelOf(shift, ({ failures }) => failures),
    ringLimitSeconds: history.ringLimitSeconds,
    // What passed for a person is among the persons: nobody knows better.
    amd: {
      enabled: silence !== null,
      machinesPassed: 0,
      ...(silence !== null && { verdictAfterGreetingSeconds: silence }),
      ...(history.machineVerdict && { machineVerdict: empirical(history.machineVerdict) }),
    },
    // Without analysis the end of a greeting is not known, and the clock of a person runs from the answer.
    greeting:
      silence === null || history.verdict === null
        ? { shape: 'constant' as const, value: 0 }
        : empirical(history.verdict.map((seconds) => Math.max(0, seconds - silence))),
    agents: { shifts },
  };
  const agents = shifts.reduce((sum, one) => sum + one.agents, 0);
  return { world, agents: Math.max(1, agents), hours: shift.length };
};
