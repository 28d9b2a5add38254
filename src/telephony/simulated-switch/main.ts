import { mkdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Config } from '../../config';
import { serveHealth } from '../../infra/health';
import { createLogger } from '../../infra/logger';
import { createMetrics } from '../../infra/metrics';
import type { Lifecycle } from '../../infra/shutdown';
import { startSimulatedSwitch } from './index';

/** The role `switch`: stands where an Asterisk would, with callees of its own. */
export const runRole = async (config: Config, life: Lifecycle): Promise<void> => {
  const { world, port, password, seed } = config.simulatedSwitch;
  const truthLog = resolve(config.simulatedSwitch.truthLog ?? join(config.home, 'switch', 'truth.jsonl'));
  mkdirSync(dirname(truthLog), { recursive: true });
  const logger = createLogger('switch', config.logLevel);
  const running = await startSimulatedSwitch({ port, seed, worldFile: world, truthLog, password, logger });
  life.onShutdown('switch', () => running.close());
  const health = await serveHealth({
    host: config.api.host,
    port: config.api.metricsPort,
    checks: {},
    metrics: createMetrics('switch'),
  });
  life.onShutdown('health', () => health.close());
  life.announce({ port: running.port, healthPort: health.port, truthLog });
};
