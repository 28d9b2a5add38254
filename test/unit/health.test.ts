import { readiness, serveHealth } from '../../src/infra/health';
import { createMetrics } from '../../src/infra/metrics';

const never = () => new Promise<void>(() => {});

test('readiness names what is not ready, without credentials', async () => {
  const result = await readiness({
    redis: async () => {},
    postgres: async () => {
      throw new Error('cannot connect to postgresql://user:secret@host/db\nat somewhere');
    },
    switch: () => Promise.reject(Object.assign(new Error(''), { code: 'ECONNREFUSED' })),
  });
  expect(result).toEqual({
    ready: false,
    notReady: { postgres: 'cannot connect to postgresql://host/db', switch: 'ECONNREFUSED' },
  });
});

test('a part that does not answer is not ready, and does not keep the others waiting for ever', async () => {
  const result = await readiness({ warehouse: never });
  expect(result.notReady.warehouse).toMatch(/no answer within/);
}, 10_000);

test('serves health, readiness and metrics', async () => {
  const metrics = createMetrics('worker');
  let up = true;
  const server = await serveHealth({
    host: '127.0.0.1',
    port: 0,
    metrics,
    checks: {
      redis: async () => {
        if (!up) throw new Error('gone');
      },
    },
  });
  const ask = (path: string) => fetch(`http://127.0.0.1:${server.port}${path}`);
  expect((await ask('/healthz')).status).toBe(200);
  expect((await ask('/readyz')).status).toBe(200);
  up = false;
  const answer = await ask('/readyz');
  expect(answer.status).toBe(503);
  expect(await answer.json()).toEqual({ ready: false, notReady: { redis: 'gone' } });
  expect(await (await ask('/metrics')).text()).toContain('process_cpu_seconds_total');
  expect((await ask('/other')).status).toBe(404);
  await server.close();
});
