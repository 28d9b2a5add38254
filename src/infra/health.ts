import { createServer } from 'node:http';
import type { Metrics } from './metrics';

/** Resolves when the part works; what it throws says why it does not. */
export type Check = () => Promise<void>;
export type Checks = Record<string, Check>;

export interface Readiness {
  ready: boolean;
  /** Name of each part that is not ready, with the reason. */
  notReady: Record<string, string>;
}

const CHECK_TIMEOUT_MS = 2000;

const bounded = async (check: Check): Promise<void> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${CHECK_TIMEOUT_MS} ms`)), CHECK_TIMEOUT_MS);
  });
  try {
    await Promise.race([check(), late]);
  } finally {
    clearTimeout(timer);
  }
};

/** Connection strings may stand in driver messages: only the first line, and nothing that looks like credentials. */
const reasonOf = (error: unknown): string => {
  // A refused connection comes as an AggregateError with an empty message.
  const { message, code } = error as { message?: string; code?: string };
  const text = message || code || String(error);
  return (text.split('\n')[0] ?? '').replace(/\/\/[^@/\s]*@/g, '//').slice(0, 200);
};

export const readiness = async (checks: Checks): Promise<Readiness> => {
  const notReady: Record<string, string> = {};
  await Promise.all(
    Object.entries(checks).map(async ([name, check]) => {
      try {
        await bounded(check);
      } catch (error) {
        notReady[name] = reasonOf(error);
      }
    }),
  );
  return { ready: Object.keys(notReady).length === 0, notReady };
};

export interface HealthOptions {
  host: string;
  /** 0 takes a free port. */
  port: number;
  checks: Checks;
  metrics: Metrics;
}

export interface HealthServer {
  readonly port: number;
  close(): Promise<void>;
}

/** `/healthz`, `/readyz` and `/metrics` for the roles that serve no API. */
export const serveHealth = async ({ host, port, checks, metrics }: HealthOptions): Promise<HealthServer> => {
  const server = createServer((request, response) => {
    const answer = async (): Promise<void> => {
      const { pathname } = new URL(request.url ?? '/', 'http://localhost');
      if (pathname === '/healthz') {
        response.writeHead(200, { 'content-type': 'application/json' }).end('{"status":"ok"}');
      } else if (pathname === '/readyz') {
        const result = await readiness(checks);
        response
          .writeHead(result.ready ? 200 : 503, { 'content-type': 'application/json' })
          .end(JSON.stringify(result));
      } else if (pathname === '/metrics') {
        response.writeHead(200, { 'content-type': metrics.registry.contentType }).end(await metrics.registry.metrics());
      } else {
        response.writeHead(404).end();
      }
    };
    answer().catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const address = server.address();
  return {
    port: address && typeof address === 'object' ? address.port : port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
