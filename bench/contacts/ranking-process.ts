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

const run = async ({ databaseUrl, redisUrl, organisationId, campaignId }: RankingOrder): Promise<boolean> => {
  const pool = createPool({ url: databaseUrl, applicationName: 'bench-ranking' });
  const pubsub = createPubSub(createRedis(redisUrl), createRedis(redisUrl));
  const toTheEnd = await rankCampaign({ pool, clock: new OffsetClock(), pubsub }, { organisationId, campaignId });
  await Promise.all([pool.end(), pubsub.close()]);
  return toTheEnd;
};

answerApart(run);
