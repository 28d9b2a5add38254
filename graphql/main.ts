import type { Config } from '../src/config';
import { buildContainer } from '../src/container';
import type { Lifecycle } from '../src/infra/shutdown';
import { bootstrap } from '../src/organisations/bootstrap';
import { startApi } from './server';

/** The `api` role: stateless, any number of them beside each other. */
export const runRole = async (config: Config, life: Lifecycle): Promise<void> => {
  const container = await buildContainer(config, 'api');
  life.onShutdown('stores', () => container.close());
  // A fixed token stands for the administrator of the first organisation: there must be one.
  const { adminToken } = config.auth;
  if (adminToken) await bootstrap({ database: container.database, clock: container.clock, adminToken });
  const api = await startApi(container, { port: config.api.port, host: config.api.host });
  life.onShutdown('api', () => api.close());
  life.announce({ port: api.port, url: api.url, wsUrl: api.wsUrl });
};
