import type { Clock } from '../../infra/clock';
import { type PubSub, topics } from '../../infra/pubsub';
import { campaignView, type KernelState } from '../kernel/kernel';
import type { Campaigns } from './campaigns';
import type { DialerDatabase } from './dialer-transaction';

/** The live figures of each campaign: one row, written when they have changed, told after the commit. */
export interface LiveFigures {
  /** A process that has just taken over has written nothing yet: every row is told again. */
  write(): Promise<void>;
}

export interface LiveOptions {
  database: DialerDatabase;
  organisationId: string;
  clock: Clock;
  pubsub: PubSub;
  campaigns: Campaigns;
  kernel: () => KernelState;
  /** Why the dialer as a whole places nothing: what the kernel cannot know. */
  whyNotOriginating: () => string[];
}

const WRITE = `/* live.write */
INSERT INTO campaign_live AS l (campaign_id, organisation_id, seq, view, at)
SELECT id, $1, 1, view, $4 FROM unnest($2::uuid[], $3::jsonb[]) AS g(id, view) ORDER BY id
ON CONFLICT (campaign_id) DO UPDATE SET seq = l.seq + 1, view = excluded.view, at = excluded.at
RETURNING campaign_id AS id, seq`;

export const createLiveFigures = (options: LiveOptions): LiveFigures => {
  const { database, organisationId, clock, pubsub, campaigns, kernel } = options;
  const written = new Map<string, string>();
  let writing = false;
  let again = false;

  const viewOf = (id: string): string | undefined => {
    const campaign = campaigns.get(id);
    const view = campaignView(kernel(), id);
    if (!campaign) return undefined;
    const why = view?.whyNotDialling.flatMap((code) => {
      if (code === 'NOT_ORIGINATING') return options.whyNotOriginating();
      return code === 'CAMPAIGN_NOT_DIALLING' ? [`CAMPAIGN_${campaign.state}`] : [code];
    });
    return JSON.stringify({ ...view, campaignId: id, state: campaign.state, whyNotDialling: why ?? [] });
  };

  const writeChanged = async (): Promise<void> => {
    const changed = campaigns.all().flatMap(({ row }) => {
      const view = viewOf(row.id);
      return view !== undefined && written.get(row.id) !== view ? [{ id: row.id, view }] : [];
    });
    if (changed.length === 0) return;
    const rows = await database.transaction(async (sql) => {
      const ids = changed.map((item) => item.id);
      const values = [organisationId, ids, changed.map((item) => item.view), clock.date()];
      return (await sql.query<{ id: string; seq: number }>({ name: 'live.write', text: WRITE, values })).rows;
    });
    for (const { id, view } of changed) written.set(id, view);
    for (const { id, seq } of rows) pubsub.publish(topics.campaignLive(organisationId, id), { seq });
  };

  return {
    async write() {
      // What changes during a writing is written after it: it may be the last that a campaign has to say.
      again = true;
      if (writing) return;
      writing = true;
      try {
        while (again) {
          again = false;
          await writeChanged();
        }
      } finally {
        writing = false;
      }
    },
  };
};
