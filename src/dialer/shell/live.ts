import type { Clock } from '../../infra/clock';
import { type PubSub, topics } from '../../infra/pubsub';
import { businessTime } from '../kernel/clocks';
import { campaignView, type KernelState, type PacingDecision, pacingDecision } from '../kernel/kernel';
import type { Campaigns } from './campaigns';
import type { Candidates, Waiting } from './candidates';
import type { DialerDatabase } from './dialer-transaction';
import { createScopeWindows } from './scope-figures';

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

/** Without its clock, which would make every reading a change, and to the digits that somebody reads. */
const shown = (decision: PacingDecision | null): Omit<PacingDecision, 'at'> | null => {
  if (!decision) return null;
  const { at: _at, ...rest } = decision;
  return Object.fromEntries(
    Object.entries(rest).map(([name, value]) => [name, typeof value === 'number' ? Number(value.toFixed(4)) : value]),
  ) as Omit<PacingDecision, 'at'>;
};

const WRITE = `/* live.write */
INSERT INTO campaign_live AS l (campaign_id, organisation_id, seq, view, at)
SELECT id, $1, 1, view, $4 FROM unnest($2::uuid[], $3::jsonb[]) AS g(id, view) ORDER BY id
ON CONFLICT (campaign_id) DO UPDATE SET seq = l.seq + 1, view = excluded.view, at = excluded.at
RETURNING campaign_id AS id, seq`;

const untilWords = (at: number | undefined): string => (at === undefined ? '' : ` until ${new Date(at).toISOString()}`);

const waitWords = (waiting: Waiting): string[] => {
  switch (waiting.for) {
    case 'LAWFUL_HOURS':
      return [`ALL_ZONES_CLOSED${untilWords(waiting.until)}`];
    case 'DUE_CONTACTS':
      return [`ALL_CONTACTS_WAIT${untilWords(waiting.until)}`];
    case 'AGENTS':
      return ['CALLBACKS_WAIT_FOR_AGENTS'];
    case 'NOTHING':
    case 'MORE_CONTACTS':
      return [];
  }
};

/**
 * What the kernel cannot know: whether contacts are missing, asleep, not due, or for agents who are not there, and what refused
 * the last ones.
 */
const whyNoContacts = ({ waiting, refused }: Pick<Candidates, 'waiting' | 'refused'>): string[] => {
  const counts = [...refused].sort(([, one], [, other]) => other - one).map(([gate, count]) => `${gate} ${count}`);
  return ['NO_CONTACTS', ...waitWords(waiting), ...(counts.length > 0 ? [`ALL_REFUSED by ${counts.join(', ')}`] : [])];
};

export const createLiveFigures = (options: LiveOptions): LiveFigures => {
  const { database, organisationId, clock, pubsub, campaigns, kernel } = options;
  const time = () => businessTime(kernel());
  const scopeWindows = createScopeWindows({ sql: database.pool, organisationId, time });
  const written = new Map<string, string>();
  /** Taken at the moment of the change: a campaign that leaves right after it still has its last word. */
  const waiting = new Map<string, string>();
  let writing = false;

  const viewOf = (id: string): string | undefined => {
    const campaign = campaigns.get(id);
    const view = campaignView(kernel(), id);
    if (!campaign) return undefined;
    const why: string[] = (view?.whyNotDialling ?? []).flatMap((code) => {
      if (code === 'NOT_ORIGINATING') return options.whyNotOriginating();
      if (code === 'NO_CONTACTS') return whyNoContacts(campaign.candidates);
      return code === 'CAMPAIGN_NOT_DIALLING' ? [`CAMPAIGN_${campaign.state}`] : [code];
    });
    const { scopes } = campaign.upkept.lawful;
    if (scopeWindows.holdsBack(scopes)) why.push('ORGANISATION_ABANDON_LIMIT');
    const windows = [...(view?.windows ?? []), ...scopeWindows.viewsOf(scopes)];
    const pacing = shown(pacingDecision(kernel(), id));
    return JSON.stringify({ ...view, pacing, campaignId: id, state: campaign.state, windows, whyNotDialling: why });
  };

  const take = (): void => {
    for (const { row } of campaigns.all()) {
      const view = viewOf(row.id);
      if (view !== undefined && (waiting.get(row.id) ?? written.get(row.id)) !== view) waiting.set(row.id, view);
    }
  };

  const writeWaiting = async (): Promise<void> => {
    const taken = [...waiting];
    const ids = taken.map(([id]) => id);
    const values = [organisationId, ids, taken.map(([, view]) => view), clock.date()];
    const { rows } = await database.transaction((sql) =>
      sql.query<{ id: string; seq: number }>({ name: 'live.write', text: WRITE, values }),
    );
    for (const [id, view] of taken) {
      written.set(id, view);
      if (waiting.get(id) === view) waiting.delete(id);
    }
    for (const { id, seq } of rows) pubsub.publish(topics.campaignLive(organisationId, id), { seq });
  };

  return {
    async write() {
      const scopes = campaigns.all().flatMap(({ upkept }) => upkept.lawful.scopes);
      // Unreadable, the former figures stand.
      void scopeWindows.refresh(scopes).catch(() => undefined);
      take();
      if (writing) return;
      writing = true;
      try {
        while (waiting.size > 0) await writeWaiting();
      } finally {
        writing = false;
      }
    },
  };
};
