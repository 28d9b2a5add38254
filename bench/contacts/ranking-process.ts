import { type Ranking, rankCampaign } from '../../src/contacts/selection/rank-campaign';
import { OffsetClock } from '../../src/infra/clock';
import { createPool } from '../../src/infra/postgres';
import { createPubSub } from '../../src/infra/pubsub';
import { createRedis } from '../../src/infra/redis';
import { answerApart } from '../lib/apart';

export interface RankingOrder extends Ranking {
  databaseUrl: string;
  redisUrl: string;
}

const run = async ({
  databaseUrl,
  redisUrl,
  organisationId,
  campaignId,
}: RankingOrder): Promise<{ seconds: number }> => {
  const pool = createPool({ url: databaseUrl, applicationName: 'bench-ranking' });
  const pubsub = createPubSub(createRedis(redisUrl), createRedis(redisUrl));
  await pool.query('SELECT 1');
  const began = performance.now();
  await rankCampaign({ pool, clock: new OffsetClock(), pubsub }, { organisationId, campaignId });
  const seconds = (performance.now() - began) / 1000;
  await Promise.all([pool.end(), pubsub.close()]);
  return { seconds };
};

answerApart(run);
