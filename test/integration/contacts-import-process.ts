import { LawBook } from '../../src/compliance/own/law-book';
import { ImportRunner } from '../../src/contacts/imports/import-runner';
import { OffsetClock } from '../../src/infra/clock';
import { createLogger } from '../../src/infra/logger';
import { createPool } from '../../src/infra/postgres';
import { createPubSub } from '../../src/infra/pubsub';
import { createRedis } from '../../src/infra/redis';

/** A worker that does nothing but one import, so that a test can kill it at any moment. */
export interface ProcessOrder {
  databaseUrl: string;
  redisUrl: string;
  home: string;
  organisationId: string;
  importId: string;
  chunkRows: number;
}

const run = async (order: ProcessOrder): Promise<void> => {
  const pool = createPool({ url: order.databaseUrl, applicationName: 'test-import-process' });
  const pubsub = createPubSub(createRedis(order.redisUrl), createRedis(order.redisUrl));
  const logger = createLogger('test', 'silent');
  const runner = new ImportRunner({
    pool,
    pubsub,
    clock: new OffsetClock(),
    logger,
    laws: new LawBook(),
    home: order.home,
    chunkRows: order.chunkRows,
  });
  const result = await runner.run(order.organisationId, order.importId);
  process.send?.(result.end, () => process.exit(0));
};

process.once('message', (order) => {
  process.send?.('begun');
  run(order as ProcessOrder).catch((error: unknown) => {
    process.stderr.write(`${String(error)}\n`);
    process.exit(1);
  });
});
