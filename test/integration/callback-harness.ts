import { DateTime } from 'luxon';
import { LawBook } from '../../src/compliance/own/law-book';
import { CallbackService } from '../../src/contacts/callbacks/callback-service';
import { ADMIN_TOKEN, startTestApi } from '../setup/api';
import { createClient } from '../setup/graphql-client';
import { fictionalNumber, type Seeded, seedCampaign, seedOrganisation } from '../setup/seed';
import { seedAttempts } from './reporting-facts';

export const ZONE = 'America/New_York';
export const now = new Date();
/** A Wednesday noon where the person is, a week or so ahead: lawful whatever the day of the test. */
export const noon = DateTime.fromJSDate(now, { zone: ZONE })
  .plus({ weeks: 1 })
  .set({ weekday: 3 })
  .startOf('day')
  .set({ hour: 12 });
export const iso = (time: DateTime) => time.toUTC().toISO() as string;

export interface Answer {
  id: string;
  state: string;
  message?: string;
  code?: string;
  field?: string | null;
}

/** An api with an organisation, and what tests of callbacks ask it and its database. */
export const startCallbacks = async () => {
  const api = await startTestApi();
  const pool = api.container.hot;
  const organisationId = await seedOrganisation(pool, now);
  const admin = createClient(api.url, ADMIN_TOKEN);

  const schedule = async (input: object): Promise<Answer> =>
    (
      await admin.query<{ made: Answer }>(
        `mutation ($input: ScheduleCallbackInput!) { made: scheduleCallback(input: $input) {
           ... on Callback { id state from until fallback kind ifAway agentId } ... on Refusal { code message field } } }`,
        { input },
      )
    ).made;

  let seeds = 0;
  const seed = (contacts: number, maxAttempts = 3): Promise<Seeded> => {
    seeds += 1;
    const number = (index: number) => fictionalNumber(seeds * 100 + index);
    return seedCampaign(pool, { at: now, contacts, organisationId, zone: ZONE, maxAttempts, number });
  };

  const standing = async (seeded: Seeded) =>
    (
      await pool.query(
        `SELECT contact_id, state, due_at, priority, attempts, close_reason, callback_id, callback_until,
           callback_agent_id, callback_anyone_at, filtered_out FROM campaign_contact
         WHERE campaign_id = $1 ORDER BY contact_id`,
        [seeded.campaignId],
      )
    ).rows;

  const states = async (seeded: Seeded): Promise<string[]> => {
    const { callbacks } = await admin.query<{ callbacks: { edges: { node: Answer }[] } }>(
      `query ($id: ID!) { callbacks(campaignId: $id) { edges { node { id state endReason follows } } } }`,
      { id: seeded.campaignId },
    );
    return callbacks.edges.map(({ node }) => node.state);
  };

  const counts = async (seeded: Seeded) =>
    (
      await admin.query<{ counts: object }>(
        `query ($id: ID!) { counts: callbackCounts(campaignId: $id) { scheduled due done missed cancelled } }`,
        { id: seeded.campaignId },
      )
    ).counts;

  /** An attempt at the first contact that has ended and awaits the next step. */
  const attempt = async (seeded: Seeded, outcome: string, talked: boolean): Promise<string> => {
    const [contact] = await standing(seeded);
    const spec = { claimedAt: now, endedAt: now, outcome, contactId: contact.contact_id };
    const talk = talked ? { connectedAt: now, agentId: seeded.agents[0]?.id as string, wrappedUpAt: now } : {};
    const [id] = await seedAttempts(pool, seeded, [{ ...spec, ...talk }], now);
    await pool.query(
      `UPDATE campaign_contact SET state = 'AWAITING_RETRY', last_attempt_id = $2, last_outcome = $3 WHERE campaign_id = $1`,
      [seeded.campaignId, id, outcome],
    );
    return id as string;
  };

  const service = () =>
    new CallbackService({ pool, clock: api.container.clock, laws: new LawBook(), changed: async () => undefined });
  const asAgent = (seeded: Seeded, index = 0) => ({
    organisationId,
    actor: 'user:test',
    agentId: seeded.agents[index]?.id as string,
    roles: ['AGENT' as const],
  });

  const close = async (): Promise<void> => {
    await admin.close();
    await api.close();
  };
  return {
    api,
    pool,
    organisationId,
    admin,
    schedule,
    seed,
    standing,
    states,
    counts,
    attempt,
    service,
    asAgent,
    close,
  };
};
export type Callbacks = Awaited<ReturnType<typeof startCallbacks>>;
