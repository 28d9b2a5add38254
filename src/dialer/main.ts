import { hostname } from 'node:os';
import { join } from 'node:path';
import { campaignReadiness } from '../campaigns/readiness';
import type { Config } from '../config';
import { buildContainer } from '../container';
import { monotonic } from '../infra/clock';
import { type Checks, serveHealth } from '../infra/health';
import { newId } from '../infra/ids';
import { createJobClient, jobPrefix } from '../infra/job-client';
import { createPool } from '../infra/postgres';
import { EXIT, type Lifecycle } from '../infra/shutdown';
import { createAriPort } from '../telephony/ari';
import { dialerMetrics } from './shell/dialer-metrics';
import type { DialerRow } from './shell/dialer-row';
import { type ServedDialer, serveDialer } from './shell/serve';

/** Time kept from a shutdown's deadline for closing what is left after the drain. */
const CLOSING_MS = 1_500;

/** The role `dialer`: stands by until a dialer has no owner, then acts for it until it ends or loses it. */
export const runRole = async (config: Config, life: Lifecycle): Promise<void> => {
  const container = await buildContainer(config, 'dialer');
  life.onShutdown('stores', () => container.close());
  const { logger, clock, pubsub, redis, metrics } = container;
  const databaseUrl = config.stores.databaseUrl ?? '';
  const jobs = createJobClient(config.stores.redisUrl ?? '', jobPrefix(databaseUrl));
  life.onShutdown('jobs', () => jobs.close());
  // Apart from every other connection: a renewal must not wait for a claim.
  const leasePool = createPool({
    url: databaseUrl,
    applicationName: 'outdial-dialer-lease',
    statementTimeoutMs: 2_000,
    connectionTimeoutMillis: 2_000,
    max: 2,
  });
  life.onShutdown('lease connections', () => leasePool.end());
  const checks: Checks = { postgres: container.checks.postgres ?? (async () => undefined) };
  const health = await serveHealth({ host: config.api.host, port: config.api.metricsPort, checks, metrics });
  life.onShutdown('health', () => health.close());

  const createPort = (row: DialerRow) => (permits: { mayConnect: () => boolean; mayOriginate: () => boolean }) => {
    const url = row.ariUrl ?? config.telephony.ariUrl;
    if (!url) throw new Error(`dialer ${row.id} has no switch: set its ARI URL or ARI_URL`);
    return createAriPort({
      url,
      app: row.application,
      endpointTemplate: config.telephony.endpointTemplate,
      trunks: config.telephony.endpointTemplate.startsWith('Local/') ? 'all' : [row.trunk],
      logger,
      monotonic,
      maxOriginatesPerSecond: row.originatesPerSecond,
      maxLegs: row.maxLines,
      ...permits,
    });
  };

  let served: ServedDialer | undefined;
  const serving = serveDialer({
    wanted: config.dialer.id,
    owner: `${hostname()}:${process.pid}:${newId()}`,
    leasePool,
    signal: life.signal,
    deps: {
      databaseUrl,
      readPool: container.hot,
      redis,
      pubsub,
      jobs,
      clock,
      logger,
      metrics: dialerMetrics(metrics),
      endpointTemplate: config.telephony.endpointTemplate,
      readiness: campaignReadiness,
      inputLog: config.inputLog.enabled
        ? { directory: join(config.home, 'input-log'), maxBytes: config.inputLog.maxBytes }
        : undefined,
    },
    createPort,
    onServing: (dialer) => {
      served = dialer;
      Object.assign(checks, dialer.checks);
      life.announce({ dialerId: dialer.dialerId });
    },
    onFatal: (reason) => void life.shutdown(reason, EXIT.fault),
  });
  life.onShutdown('dialer', async (deadlineMs) => {
    await served?.end(Math.max(0, deadlineMs - CLOSING_MS));
  });
  serving.catch((error: unknown) => {
    logger.fatal({ err: error }, 'the dialer cannot be served');
    void life.shutdown('the dialer cannot be served', EXIT.fault);
  });
  life.announce({ healthPort: health.port });
};
