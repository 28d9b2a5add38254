import { Lateness } from '../../src/telephony/ari/lateness';

it('takes the clocks for as far apart as the fastest event shows, and the rest for delay', () => {
  const lateness = new Lateness();
  const ahead = 5_000_000;
  expect(lateness.of(ahead + 1_000, 1_020)).toBe(0);
  expect(lateness.of(ahead + 2_000, 2_005)).toBe(0);
  expect(lateness.of(ahead + 3_000, 3_090)).toBe(0);
  expect(lateness.of(ahead + 4_000, 5_505)).toBe(1_500);
});

it('forgets within a minute what it knew of clocks that were set since', () => {
  const lateness = new Lateness();
  lateness.of(0, 0);
  expect(lateness.of(1_000, 3_000)).toBe(2_000);
  lateness.of(29_000, 31_000);
  lateness.of(60_000, 62_000);
  expect(lateness.of(61_000, 63_000)).toBe(0);
});
