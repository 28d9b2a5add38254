import {
  createTalks,
  createWraps,
  learnTalk,
  learnWrap,
  talkHazard,
  wrapCurve,
  wrapDoneBy,
  wrapIntegral,
} from '../../../src/dialer/kernel/predictive/agents-free';
import {
  believedCurve,
  createDials,
  dialCurve,
  LONG_MEMORY,
  learnDial,
  SHORT_MEMORY,
  willAnswer,
} from '../../../src/dialer/kernel/predictive/dials';
import { binOf, TALK_GRID, WRAP_GRID } from '../../../src/dialer/kernel/predictive/grid';
import { addLine, look, riskOfNext } from '../../../src/dialer/kernel/predictive/outlook';
import { HORIZONS } from '../../../src/dialer/kernel/predictive/tables';

const same = (chances: number[]) => chances.flatMap((p) => Array<number>(HORIZONS).fill(p));

/** P(idle + R - A <= 0) by going through every case. */
function bruteForce(idle: number, busy: number[], lines: number[]): number {
  const all = [...busy.map((p) => ({ p, gain: 1 })), ...lines.map((p) => ({ p, gain: -1 }))];
  let risk = 0;
  for (let cases = 0; cases < 2 ** all.length; cases += 1) {
    let p = 1;
    let left = idle;
    all.forEach((one, index) => {
      const happens = (cases >> index) % 2 === 1;
      p *= happens ? one.p : 1 - one.p;
      if (happens) left += one.gain;
    });
    if (left <= 0) risk += p;
  }
  return risk;
}

describe('the outlook', () => {
  it.each([
    [1, [0.1, 0.5, 0.3], [0.2, 0.9]],
    [0, [0.4, 0.2], [0.3, 0.3, 0.1]],
    [2, [0.1], [0.8, 0.7, 0.6, 0.5]],
  ])('is exact for small groups: %s idle, %j, %j', (idle, busy, lines) => {
    const outlook = look(idle, 0, same(busy), same(lines));
    expect(riskOfNext(outlook)).toBeCloseTo(bruteForce(idle, busy, lines), 10);
    addLine(outlook, Array<number>(HORIZONS).fill(0.25));
    expect(riskOfNext(outlook)).toBeCloseTo(bruteForce(idle, busy, [...lines, 0.25]), 10);
  });

  it('counts persons who wait as answers', () => {
    const waits = look(1, 1, same([0.3]), same([0.2]));
    expect(riskOfNext(waits)).toBeCloseTo(bruteForce(0, [0.3], [0.2]), 10);
  });

  it('is nearly exact for large ones', () => {
    const busy = Array.from({ length: 40 }, (_, index) => 0.02 + (index % 10) / 60);
    const lines = Array.from({ length: 60 }, (_, index) => 0.05 + (index % 7) / 30);
    for (const idle of [3, 6, 9]) {
      const exact = riskOfNext(look(idle, 0, same(busy), same(lines)));
      // Agents who cannot come free in time make the group large.
      const nearly = riskOfNext(look(idle, 0, same([...busy, ...Array<number>(60).fill(0)]), same(lines)));
      expect(Math.abs(nearly - exact)).toBeLessThan(0.01);
    }
  });
});

describe('what is learned', () => {
  it('begins with many answers, and comes down to what is true', () => {
    const dials = createDials(25);
    expect(dialCurve(dials).liveRate).toBeGreaterThan(0.5);
    for (let index = 0; index < 2_000; index += 1) {
      if (index % 5 === 0) learnDial(dials, LONG_MEMORY, 8, 'live');
      else if (index % 5 === 1) learnDial(dials, LONG_MEMORY, 18, 'other');
      else learnDial(dials, LONG_MEMORY, 25, 'ended');
    }
    const curve = dialCurve(dials);
    expect(curve.liveRate).toBeCloseTo(0.2, 1);
    expect(willAnswer(curve, 0, 10)).toBeCloseTo(0.2, 1);
    // Whoever has not answered by then is a machine, or nobody.
    expect(willAnswer(curve, 12, 10)).toBeLessThan(0.02);
    expect(curve.isLive[32]).toBeGreaterThan(0.9);
    expect(curve.isLive[72]).toBeLessThan(0.1);
  });

  it('believes the short memory when it contradicts the long one', () => {
    const long = createDials(25);
    const short = createDials(25);
    const both = (fate: 'live' | 'ended') => {
      learnDial(long, LONG_MEMORY, 8, fate);
      learnDial(short, SHORT_MEMORY, 8, fate);
    };
    for (let index = 0; index < 3_000; index += 1) both(index % 10 === 0 ? 'live' : 'ended');
    expect(believedCurve(long, short, SHORT_MEMORY).liveRate).toBeCloseTo(dialCurve(long).liveRate, 10);
    for (let index = 0; index < 150; index += 1) both(index % 2 === 0 ? 'live' : 'ended');
    expect(believedCurve(long, short, SHORT_MEMORY).liveRate).toBeGreaterThan(0.3);
  });

  it('knows the hazard of talks by age, and counts those that go on', () => {
    const talks = createTalks();
    for (let index = 0; index < 500; index += 1) learnTalk(talks, index % 2 === 0 ? 20 : 200);
    const hazard = talkHazard(talks, []);
    const at = (seconds: number) => hazard[binOf(TALK_GRID, seconds)]!;
    expect(at(20)).toBeGreaterThan(5 * at(60));
    const longer = talkHazard(talks, Array<number>(200).fill(150));
    expect(longer[binOf(TALK_GRID, 100)]!).toBeLessThan(at(100));
  });

  it('integrates the wrap-up times', () => {
    const wraps = createWraps(60);
    for (let index = 0; index < 5_000; index += 1) learnWrap(wraps, 10);
    const curve = wrapCurve(wraps);
    expect(wrapDoneBy(curve, 5)).toBeLessThan(0.01);
    expect(wrapDoneBy(curve, 14)).toBeGreaterThan(0.97);
    expect(wrapIntegral(curve, 30)).toBeGreaterThan(18.5);
    expect(wrapIntegral(curve, 30)).toBeLessThan(21);
    expect(binOf(WRAP_GRID, 1e9)).toBe(WRAP_GRID.edges.length - 1);
  });
});
