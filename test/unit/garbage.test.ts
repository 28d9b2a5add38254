import { constants, PerformanceObserver } from 'node:perf_hooks';
import { collectYoung } from '../../src/infra/garbage';

test('young garbage is collected when it is asked for', async () => {
  const kinds: number[] = [];
  await new Promise<void>((seen) => {
    const observer = new PerformanceObserver((list) => {
      const entries = list.getEntries() as unknown as { detail: { kind: number } }[];
      kinds.push(...entries.map(({ detail }) => detail.kind));
      observer.disconnect();
      seen();
    });
    observer.observe({ entryTypes: ['gc'] });
    collectYoung();
  });
  expect(kinds).toContain(constants.NODE_PERFORMANCE_GC_MINOR);
});
