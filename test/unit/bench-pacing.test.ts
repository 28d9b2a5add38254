import { clairvoyant } from '../../bench/pacing/clairvoyant';
import type { ControllerFactory } from '../../bench/pacing/controller';
import { ciscoLike, expectedValue } from '../../bench/pacing/feedback';
import { LightEngine } from '../../bench/pacing/light-engine';
import { upperBound } from '../../bench/pacing/long-run';
import { idleRatio, progressive } from '../../bench/pacing/ratio';
import { chanceAt4Percent } from '../../bench/pacing/recovery';
import { vicidial } from '../../bench/pacing/vicidial';
import { HELD_OUT } from '../../bench/pacing/worlds';
import { simulate } from '../../src/dialer/simulator/engine';
import { parseWorld } from '../../src/dialer/simulator/world';

const world = parseWorld({ hitRate: 0.25 });
const day = { world, agents: 20, hours: 3, seed: 5 };
const run = (controller: ControllerFactory, changes: Partial<typeof day> = {}) =>
  new LightEngine({ ...day, ...changes, controller: controller() }).run();

test('the plain dialer of the baselines makes of 1:1 what the kernel makes of it', () => {
  const plain = run(progressive());
  const kernel = simulate({ ...day, days: 1, pacing: { mode: 'PROGRESSIVE', dialingRate: 1 } });
  expect(plain.persons.abandons).toBe(0);
  expect(Math.abs(plain.occupancyPercent - kernel.occupancyPercent)).toBeLessThan(2);
  expect(Math.abs(plain.dials / kernel.dials - 1)).toBeLessThan(0.05);
});

test('baselines stand in the order that is known of them', () => {
  const base = run(progressive()).occupancyPercent;
  const hard = run(vicidial('HARD_LIMIT'));
  const cisco = run(ciscoLike(3));
  const reference = run(clairvoyant(world));
  expect(Math.abs(hard.occupancyPercent - base)).toBeLessThan(4);
  expect(cisco.occupancyPercent).toBeGreaterThan(base + 10);
  expect(cisco.persons.percent).toBeLessThan(4.5);
  expect(reference.occupancyPercent).toBeGreaterThan(cisco.occupancyPercent + 3);
  expect(reference.persons.percent).toBeLessThan(4.5);
  expect(run(idleRatio(6)).persons.percent).toBeGreaterThan(10);
});

test.each(HELD_OUT)('$name: every dialer runs it, whoever comes and goes', ({ make }) => {
  const held = { world: make(20), hours: 1 };
  for (const controller of [ciscoLike(1), expectedValue()]) {
    const found = run(controller, held);
    expect(found.occupancyPercent).toBeGreaterThan(20);
    expect(found.recorded.abandons).toBeLessThanOrEqual(found.recorded.liveAnswers);
  }
});

test('bounds: no event in a thousand days, and some', () => {
  expect(upperBound(0, 1_000)).toBeCloseTo(1 - 0.05 ** 0.001, 9);
  // Clopper and Pearson, one-sided: 3 of 1000.
  expect(upperBound(3, 1_000)).toBeCloseTo(0.00773, 4);
  expect(upperBound(5, 5)).toBe(1);
});

test('whether a window is surely above 4 %', () => {
  expect(chanceAt4Percent(0, 57)).toBe(1);
  expect(chanceAt4Percent(1, 57)).toBeCloseTo(1 - 0.96 ** 57, 9);
  expect(chanceAt4Percent(3, 57)).toBeGreaterThan(0.05);
  expect(chanceAt4Percent(8, 57)).toBeLessThan(0.05);
});
