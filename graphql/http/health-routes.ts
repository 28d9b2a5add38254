import type { FastifyInstance } from 'fastify';
import type { Container } from '../../src/container';
import { readiness } from '../../src/infra/health';

/** The api works without its reports: the warehouse being away only degrades it. */
const DISPENSABLE = new Set(['warehouse']);

export const serveHealthRoutes = (app: FastifyInstance, { checks, metrics }: Container): void => {
  app.get('/healthz', () => ({ status: 'ok' }));
  app.get('/readyz', async (_request, reply) => {
    const { notReady } = await readiness(checks);
    const names = Object.keys(notReady);
    const ready = names.every((name) => DISPENSABLE.has(name));
    return reply.code(ready ? 200 : 503).send({ ready, degraded: ready && names.length > 0, notReady });
  });
  app.get('/metrics', async (_request, reply) =>
    reply.type(metrics.registry.contentType).send(await metrics.registry.metrics()),
  );
};
