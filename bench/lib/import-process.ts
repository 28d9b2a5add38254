import { LawBook } from '../../src/compliance/own/law-book';
import { ImportRunner } from '../../src/contacts/imports/import-runner';
import { OffsetClock } from '../../src/infra/clock';
import { createLogger } from '../../src/infra/logger';
import { createPool } from '../../src/infra/postgres';
import { createPubSub } from '../../src/infra/pubsub';
import { createRedis } from '../../src/infra/redis';
import { answerApart } from './apart';

export interface ImportOrder {
  databaseUrl: string;
  redisUrl: string;
  home: string;
  organisationId: string;
  importId: string;
}

export interface ImportFigures {
  seconds: number;
  peakAboveIdleMb: number;
}

const SAMPLE_MS = 20;
const megabytes = (): number => process.memoryUsage.rss() / 1024 ** 2;

const run = async (order: ImportOrder): Promise<ImportFigures> => {
  const pool = createPool({ url: order.databaseUrl, applicationName: 'bench-import' });
  const pubsub = createPubSub(createRedis(order.redisUrl), createRedis(order.redisUrl));
  const logger = createLogger('bench', 'warn');
  const runner = new ImportRunner({
    pool,
    pubsub,
    clock: new OffsetClock(),
    logger,
    laws: new LawBook(),
    home: order.home,
  });
  await pool.query('SELECT 1');
  const idle = megabytes();
  let peak = idle;
  const sampler = setInterval(() => {
    peak = Math.max(peak, megabytes());
  }, SAMPLE_MS);
  const started = performance.now();
  const { end } = await runner.run(order.organisationId, order.importId);
  const seconds = (performance.now() - started) / 1000;
  clearInterval(sampler);
  peak = Math.max(peak, megabytes());
  await Promise.all([pool.end(), pubsub.close()]);
  if (end !== 'COMPLETED') throw new Error(`the import ended as ${end}`);
  return { seconds, peakAboveIdleMb: peak - idle };
};

answerApart(run);
