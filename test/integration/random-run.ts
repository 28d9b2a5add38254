import type { Pool } from 'pg';
import { LawBook } from '../../src/compliance/own/law-book';
import { rulesInput } from '../../src/compliance/suppression/rule-input';
import { DncEntryService } from '../../src/contacts/dnc/dnc-entry-service';
import { OptOutService } from '../../src/contacts/dnc/opt-out-service';
import { applyRetries } from '../../src/contacts/retry/apply-retries';
import { compileFilter } from '../../src/contacts/selection/contact-filter';
import { createLaws } from '../../src/dialer/shell/laws';
import type { Clock } from '../../src/infra/clock';
import { newId } from '../../src/infra/ids';
import type { Caller } from '../../src/organisations/caller';
import { fictionalNumber, type Seeded, seedCampaign, seedOrganisation } from '../setup/seed';
import { History } from './claim-history';
import { type Change, MODES, PLACES, QUICK_RULES, type Step, SUPPRESSION, type WorldSpec } from './random-world';
import { RivalDialer } from './rival-dialer';

const FAR_MS = 7 * 86_400_000;

/** A clock that a test sets as it likes, backwards too. */
export class SetClock implements Clock {
  constructor(private at: number) {}
  now(): number {
    return this.at;
  }
  date(): Date {
    return new Date(this.at);
  }
  move(ms: number): void {
    this.at += ms;
  }
}

export interface RandomContact {
  person: number;
  customer: string | null;
  numbers: { mode: string; number: string; zone: string; law: string }[];
}

/** A world of `random-world` in PostgreSQL: its campaigns, its people, its dialers, and all that was done to it. */
export class RandomRun {
  readonly history = new History();
  readonly clock: SetClock;
  readonly campaigns: Seeded[] = [];
  /** By contact id. */
  readonly contacts = new Map<number, RandomContact>();
  /** Of each attempt, within which span it was claimed and, once it is, ended. */
  readonly claimed = new Map<string, { begun: number; done: number }>();
  readonly ended = new Map<string, { begun: number; done: number }>();
  readonly laws;
  readonly caller: Caller;
  organisationId = '';
  private dialers: RivalDialer[] = [];
  private readonly lists = new Map<string, string>();

  private constructor(
    readonly pool: Pool,
    readonly databaseUrl: string,
    readonly spec: WorldSpec,
    readonly book: LawBook,
    organisationId: string,
  ) {
    this.clock = new SetClock(spec.at);
    this.organisationId = organisationId;
    this.laws = createLaws(book, organisationId);
    this.caller = { organisationId, actor: 'test', roles: ['ADMIN', 'CAMPAIGN_MANAGER'] };
  }

  static async start(pool: Pool, databaseUrl: string, book: LawBook, spec: WorldSpec): Promise<RandomRun> {
    const organisationId = await seedOrganisation(pool, new Date(spec.at));
    const run = new RandomRun(pool, databaseUrl, spec, book, organisationId);
    await run.seed();
    return run;
  }

  /** The people, as every campaign's list has them. */
  private people(): RandomContact[] {
    return this.spec.people.map(({ places, customer, shares }, person) => ({
      person,
      customer,
      numbers: places.map((place, index) => {
        const { zones, codes } = PLACES[place] as (typeof PLACES)[number];
        const own = shares && index === 1 && person > 0 ? (person - 1) * 4 : person * 4 + index;
        return { mode: MODES[index] as string, number: fictionalNumber(own), zone: zones, law: codes };
      }),
    }));
  }

  private async seed(): Promise<void> {
    const { pool, organisationId } = this;
    const at = this.clock.date();
    for (const kind of ['INTERNAL', 'NDNC', 'CUSTOM']) {
      const id = newId();
      this.lists.set(kind, id);
      await pool.query(
        `INSERT INTO dnc_list (id, organisation_id, name, kind, country, created_at) VALUES ($1, $2, $3, $3, 'US', $4)`,
        [id, organisationId, kind, at],
      );
    }
    for (const place of this.spec.campaigns.keys()) await this.seedCampaign(place, at);
    const [first, second, third] = this.campaigns as [Seeded, Seeded, Seeded];
    await pool.query('UPDATE campaign_group SET dialer_id = $2 WHERE id = $1', [second.groupId, first.dialerId]);
    second.dialerId = first.dialerId;
    for (const { dialerId } of [first, third]) {
      this.dialers.push(await RivalDialer.start(this, dialerId));
    }
  }

  private async seedCampaign(place: number, at: Date): Promise<void> {
    const { pool, organisationId } = this;
    const spec = this.spec.campaigns[place] as WorldSpec['campaigns'][number];
    const seeded = await seedCampaign(pool, {
      at,
      agents: 0,
      organisationId,
      maxAttempts: spec.maxAttempts,
      callingHours: spec.hours,
      schedule: spec.schedule,
    });
    this.campaigns.push(seeded);
    const { campaignId, listId } = seeded;
    const strategyId = spec.strategy && newId();
    const rulesId = spec.suppression.length > 0 ? newId() : null;
    const outcomesId = spec.quickRetries ? newId() : null;
    const named = [organisationId, `of ${campaignId}`, at];
    if (strategyId) {
      await pool.query(
        `INSERT INTO contact_strategy (id, organisation_id, name, created_at, settings) VALUES ($4, $1, $2, $3, $5)`,
        [...named, strategyId, JSON.stringify(spec.strategy)],
      );
    }
    if (rulesId) {
      const rules = rulesInput.parse(spec.suppression.map((name) => SUPPRESSION[name]));
      await pool.query(
        `INSERT INTO suppression_rule_set (id, organisation_id, name, created_at, rules) VALUES ($4, $1, $2, $3, $5)`,
        [...named, rulesId, JSON.stringify(rules)],
      );
    }
    if (outcomesId) {
      await pool.query(
        `INSERT INTO telephony_outcome_set (id, organisation_id, name, created_at, rules) VALUES ($4, $1, $2, $3, $5)`,
        [...named, outcomesId, JSON.stringify(QUICK_RULES)],
      );
    }
    const filter = { attribute: 'plan', type: 'TEXT' as const, operator: 'NOT_EQUALS' as const, values: ['closed'] };
    await pool.query(
      `UPDATE campaign SET state = 'RUNNING', subject = $2, contact_strategy_id = $3, suppression_rule_set_id = $4,
         telephony_outcome_set_id = $5, ndnc = $6, dnc_list_ids = $7, contact_filter_path = $8 WHERE id = $1`,
      [
        campaignId,
        spec.subject,
        strategyId,
        rulesId,
        outcomesId,
        spec.ndnc,
        spec.choosesList ? [this.lists.get('CUSTOM')] : [],
        spec.takesClosedPlans ? null : compileFilter({ anyOf: [{ allOf: [filter] }] }),
      ],
    );
    if (spec.expiresInHours !== null) {
      const expires = new Date(at.getTime() + spec.expiresInHours * 3_600_000);
      await pool.query('UPDATE contact_list SET expires_at = $2 WHERE id = $1', [listId, expires]);
    }
    const people = this.people();
    const { rows } = await pool.query<{ id: number }>(
      `WITH added AS (
         INSERT INTO contact (organisation_id, list_id, external_id, number, numbers, attributes, created_at)
         SELECT $1, $2, u.customer, u.numbers -> 0 ->> 'number', u.numbers, jsonb_build_object('plan', u.plan), $6
         FROM unnest($3::text[], $4::jsonb[], $5::text[]) WITH ORDINALITY AS u(customer, numbers, plan, place)
         RETURNING id, numbers
       )
       INSERT INTO campaign_contact (campaign_id, contact_id, organisation_id, list_id, due_at, zone, law)
       SELECT $7, id, $1, $2, $6, numbers -> 0 ->> 'zone', numbers -> 0 ->> 'law' FROM added RETURNING contact_id AS id`,
      [
        organisationId,
        listId,
        people.map(({ customer }) => customer),
        people.map(({ numbers }) => JSON.stringify(numbers)),
        this.spec.people.map(({ plan }) => plan),
        at,
        campaignId,
      ],
    );
    const ids = rows.map(({ id }) => id).sort((a, b) => a - b);
    for (const [index, contact] of people.entries()) this.contacts.set(ids[index] as number, contact);
  }

  contactsOf(campaign: number): number[] {
    const count = this.spec.people.length;
    return [...this.contacts.keys()].sort((a, b) => a - b).slice(campaign * count, (campaign + 1) * count);
  }

  async perform(step: Step): Promise<void> {
    switch (step.kind) {
      case 'CLOCK':
        this.clock.move(step.minutes * 60_000);
        return;
      case 'NEXT':
        return this.toNext(step.besideMs);
      case 'CLAIM':
        return this.claim(step);
      case 'END':
        return this.end(step);
      case 'REOPEN':
        await this.history.change('reopen', null, () =>
          this.pool.query(
            `UPDATE campaign_contact cc SET state = 'READY', close_reason = NULL, due_at = $2, attempts = 0, uncounted = 0,
               tried = NULL, number_index = 0, zone = ct.numbers -> 0 ->> 'zone', law = ct.numbers -> 0 ->> 'law'
             FROM contact ct WHERE ct.id = cc.contact_id AND cc.organisation_id = $1 AND cc.state IN ('CLOSED', 'READY')`,
            [this.organisationId, this.clock.date()],
          ),
        );
    }
  }

  /** What made a claim fail that should not have. */
  get faults(): unknown[] {
    return this.dialers.flatMap(({ faults }) => faults);
  }

  async close(): Promise<void> {
    for (const dialer of this.dialers) await dialer.close();
  }

  private async toNext(besideMs: number): Promise<void> {
    const { rows } = await this.pool.query<{ due: Date | null }>(
      `SELECT min(due_at) AS due FROM campaign_contact WHERE organisation_id = $1 AND state = 'READY' AND due_at > $2`,
      [this.organisationId, this.clock.date()],
    );
    const due = rows[0]?.due?.getTime();
    // No further than the test knows of holidays.
    if (due !== undefined && due < this.spec.at + FAR_MS) this.clock.move(due + besideMs - this.clock.now());
  }

  private async claim(step: Extract<Step, { kind: 'CLAIM' }>): Promise<void> {
    const { change, crash, slots, pledged } = step;
    const span = await this.history.span(async () => {
      const asked = this.dialers.map((dialer) => {
        const own = step.campaigns.flatMap((campaign) => {
          const { campaignId, dialerId } = this.campaigns[campaign] as Seeded;
          if (dialerId !== dialer.dialerId) return [];
          const ids = this.contactsOf(campaign);
          const first = step.turn % ids.length;
          return [{ campaignId, contactIds: [...ids.slice(first), ...ids.slice(0, first)] }];
        });
        return own.length === 0 ? undefined : dialer.claim(own, { slots, pledged, crash });
      });
      await Promise.all([change ? this.apply(change) : undefined, ...asked]);
    });
    await this.notice(this.claimed, 'TRUE', span);
  }

  private async end(step: Extract<Step, { kind: 'END' }>): Promise<void> {
    const span = await this.history.span(() =>
      Promise.all(
        this.dialers.map(async (dialer) => {
          const { rows } = await this.pool.query<{ id: string; claimedAt: Date }>(
            `SELECT id, claimed_at AS "claimedAt" FROM call_attempt WHERE dialer_id = $1 AND outcome IS NULL ORDER BY id`,
            [dialer.dialerId],
          );
          const some = rows.filter((_, index) => index % step.share === 0);
          await dialer.end(some, step.outcome, step.placedAfterMs);
        }),
      ),
    );
    await this.notice(this.ended, 'outcome IS NOT NULL', span);
    for (const campaign of this.campaigns) await applyRetries(this.pool, campaign, () => this.clock.date());
  }

  /** Notes the span of every attempt of which that is true since now. */
  private async notice(
    known: Map<string, { begun: number; done: number }>,
    is: string,
    span: { begun: number; done: number },
  ) {
    const { rows } = await this.pool.query<{ id: string }>(
      `SELECT id FROM call_attempt WHERE organisation_id = $1 AND ${is}`,
      [this.organisationId],
    );
    for (const { id } of rows) if (!known.has(id)) known.set(id, span);
  }

  private apply(change: Change): Promise<void> {
    const { pool, clock, caller, history, organisationId } = this;
    const contact = (of: number): RandomContact => this.people()[of % this.spec.people.length] as RandomContact;
    const campaign = (of: number): Seeded => this.campaigns[of % this.campaigns.length] as Seeded;
    switch (change.kind) {
      case 'OPT_OUT':
      case 'WITHDRAW': {
        const { customer, numbers } = contact(change.person);
        const number = numbers[0]?.number as string;
        const byPerson = change.by === 'CUSTOMER_ID' && customer !== null;
        const who = byPerson ? { customerId: customer } : { number };
        const key = byPerson ? `opt-out/customer/${customer}` : `opt-out/number/${number}`;
        const service = new OptOutService({ pool, clock });
        if (change.kind === 'OPT_OUT') return history.change(key, true, () => service.add(caller, who));
        if (!history.has(key)) return Promise.resolve();
        return history.change(key, false, () =>
          service.withdraw(caller, { ...who, reason: 'a test' }).catch(() => undefined),
        );
      }
      case 'DNC': {
        const { customer, numbers } = contact(change.person);
        const number = numbers[0]?.number as string;
        const kind = change.by === 'CUSTOMER_ID' && customer === null ? 'NUMBER' : change.by;
        const value = kind === 'CUSTOMER_ID' ? (customer as string) : kind === 'PREFIX' ? number.slice(0, -1) : number;
        const key = `dnc/${change.list}/${kind}/${value}`;
        // Whoever is listed already stays as they are.
        if (history.has(key)) return Promise.resolve();
        const expiresAt = change.hours === null ? null : clock.now() + change.hours * 3_600_000;
        const listId = this.lists.get(change.list);
        const until = expiresAt === null ? {} : { expiresAt: new Date(expiresAt) };
        return history.change(key, { expiresAt }, () =>
          new DncEntryService({ pool, clock }).add(caller, { listId, kind, values: [value], source: 'test', ...until }),
        );
      }
      case 'LIST': {
        const { listId } = campaign(change.campaign);
        return history.change(`list/${listId}`, change.stopped, () =>
          pool.query('UPDATE contact_list SET stopped_at = $2 WHERE id = $1', [
            listId,
            change.stopped ? clock.date() : null,
          ]),
        );
      }
      case 'CAMPAIGN': {
        const { campaignId } = campaign(change.campaign);
        const state = change.paused ? 'PAUSED' : 'RUNNING';
        return history.change(`campaign/${campaignId}`, state, () =>
          pool.query('UPDATE campaign SET state = $2 WHERE id = $1', [campaignId, state]),
        );
      }
      case 'ATTEMPTS': {
        const { campaignId } = campaign(change.campaign);
        return history.change(`attempts/${campaignId}`, change.most, () =>
          pool.query('UPDATE campaign SET max_attempts = $2 WHERE id = $1', [campaignId, change.most]),
        );
      }
      case 'ORGANISATION':
        return history.change('stopped', change.stopped, () =>
          pool.query('UPDATE organisation SET dialling_stopped_at = $2 WHERE id = $1', [
            organisationId,
            change.stopped ? clock.date() : null,
          ]),
        );
      case 'LAW':
        return history.change(`law/${change.profile}`, change.loosened, () =>
          change.loosened ? this.loosen(change.profile) : this.restore(change.profile),
        );
    }
  }

  private async loosen(profile: string): Promise<void> {
    const day = [{ start: '08:00', end: '21:00' }];
    const days = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];
    const value = { weekly: Object.fromEntries(days.map((name) => [name, day])), source: { cite: 'a test' } };
    await this.pool.query(
      `WITH made AS (
         INSERT INTO compliance_override (id, organisation_id, profile, rule, value, reason, from_day, to_day, created_by, created_at)
         SELECT $1, $2, $3, 'hours', $4, 'for a test', '2026-01-01', '2027-12-31', 'test', $5
         WHERE NOT EXISTS (SELECT FROM compliance_override WHERE organisation_id = $2 AND profile = $3 AND ended_at IS NULL))
       UPDATE organisation SET law_version = law_version + 1 WHERE id = $2`,
      [newId(), this.organisationId, profile, JSON.stringify(value), this.clock.date()],
    );
  }

  private async restore(profile: string): Promise<void> {
    await this.pool.query(
      `WITH ended AS (UPDATE compliance_override SET ended_at = $3 WHERE organisation_id = $1 AND profile = $2 AND ended_at IS NULL)
       UPDATE organisation SET law_version = law_version + 1 WHERE id = $1`,
      [this.organisationId, profile, this.clock.date()],
    );
  }
}
