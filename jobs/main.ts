import type { Config } from '../src/config';
import { buildContainer } from '../src/container';
import { serveHealth } from '../src/infra/health';
import type { Lifecycle } from '../src/infra/shutdown';
import { startWorker } from './worker';

/** The `worker` role: stateless, any number of them beside each other. */
export const runRole = async (config: Config, life: Lifecycle): Promise<void> => {
  const container = await buildContainer(config, 'worker');
  life.onShutdown('stores', () => container.close());
  const { checks, metrics } = container;
  const health = await serveHealth({ host: config.api.host, port: config.api.metricsPort, checks, metrics });
  life.onShutdown('health', () => health.close());
  const { databaseUrl = '', redisUrl = '' } = config.stores;
  const worker = startWorker(container, { databaseUrl, redisUrl });
  life.onShutdown('worker', (deadlineMs) => worker.stop(deadlineMs));
  life.announce({ healthPort: health.port });
};
