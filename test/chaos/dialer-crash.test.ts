import { judge, order, startCrashSite } from '../setup/crash-site';
import { type Crash, crashDialer, type TakeOver } from '../setup/crashes';
import { pause } from '../setup/until';

/**
 * The acting dialer dies, or sleeps and wakes, in the middle of everything; another process takes over. The switch's truth
 * log says whether anybody was harmed by it.
 */
const LONG = process.env.OUTDIAL_TEST_LONG === '1';
const FLOW_MS = LONG ? 4_000 : 2_000;

const TAKE_OVER_MS = 10_000;
/** Enough for every take-over of the run. */
const LOG_LINES = 500;

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
const tell = ({ crash, from, to, dialsAfterMs }: TakeOver): string =>
  `${crash.kind} at ${new Date(from).toISOString()}: heard after ${seconds(to - from)}, dials after ${seconds(dialsAfterMs)}`;

const kills = (count: number): Crash[] => Array.from({ length: count }, () => ({ kind: 'kill' }));
/** From 12 to 60 s, spread evenly. */
const stops = (count: number): Crash[] =>
  Array.from({ length: count }, (_, index) => ({
    kind: 'stop',
    forMs: 12_000 + Math.round((48_000 * index) / Math.max(1, count - 1)),
  }));

const run = async (contacts: number, plan: Crash[]): Promise<void> => {
  const site = await startCrashSite(contacts);
  try {
    await order(site, 'CAMPAIGN_START');
    const takeOvers: TakeOver[] = [];
    for (const crash of plan) {
      await pause(FLOW_MS);
      takeOvers.push(await crashDialer(site.system, crash));
    }
    await pause(FLOW_MS);
    await order(site, 'CAMPAIGN_PAUSE');
    const told = takeOvers.map(tell).join(', ');
    const { placed } = await judge(site, takeOvers, told);
    const slow = takeOvers.filter(({ dialsAfterMs }) => dialsAfterMs >= TAKE_OVER_MS);
    if (slow.length > 0) throw new Error(`slow: ${slow.map(tell).join(', ')}\n${site.system.logs(LOG_LINES)}`);

    const talks = site.system.truth().customers.flatMap((leg) => leg.withAgent);
    const through = takeOvers.map(({ from, to }) => talks.filter((talk) => talk.from < from && talk.to > to).length);
    // Otherwise nothing was shown.
    expect(Math.max(...through)).toBeGreaterThan(0);
    expect(placed).toBeGreaterThan(10 * takeOvers.length);
  } finally {
    await site.close();
  }
};

if (LONG) {
  test('kill -9 of the acting dialer, twenty times', () => run(500, kills(20)), 900_000);
  test('SIGSTOP of the acting dialer for 12 to 60 s, twenty times', () => run(1_500, stops(20)), 1_800_000);
} else {
  test('kill -9 and SIGSTOP of the acting dialer harm nobody', () => run(90, [...kills(2), ...stops(1)]), 150_000);
}
