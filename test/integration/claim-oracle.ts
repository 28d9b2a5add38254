import type { DateTime } from 'luxon';
import { capsOfLaw, inHours, isLawful, type LegalCap, local, restHours } from '../setup/lawful-times';
import type { Done } from './claim-history';
import type { RandomContact, RandomRun } from './random-run';
import {
  AFTER,
  type CampaignSpec,
  HOLIDAYS,
  type ModeSpec,
  QUICK_MINUTES,
  QUICK_RULES,
  type RandomOutcome,
} from './random-world';

/**
 * Judges recorded attempts, by the instant that stands in them and by all that was done before: said in plain terms, with
 * nothing of the gates. Answers with what should not have been.
 */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

export interface JudgedAttempt {
  id: string;
  campaignId: string;
  contactId: number;
  number: string;
  mode: string;
  zone: string;
  law: string;
  person: string | null;
  subject: string;
  agentId: string | null;
  claimedAt: number;
  /** When it was placed, or at the latest may have been. */
  at: number;
  endedAt: number | null;
  outcome: RandomOutcome | null;
  claimed: Done;
  ended: Done | null;
  campaign: CampaignSpec;
  contact: RandomContact;
}

export const readAttempts = async (run: RandomRun): Promise<JudgedAttempt[]> => {
  const { rows } = await run.pool.query<
    Omit<JudgedAttempt, 'claimed' | 'ended' | 'campaign' | 'contact' | 'claimedAt' | 'at' | 'endedAt'> & {
      claimedAt: Date;
      at: Date;
      endedAt: Date | null;
    }
  >(
    `SELECT id, campaign_id AS "campaignId", contact_id AS "contactId", number, mode, zone, law, person, subject,
       agent_id AS "agentId", claimed_at AS "claimedAt", coalesce(placed_at, not_after) AS at, ended_at AS "endedAt", outcome
     FROM call_attempt WHERE organisation_id = $1`,
    [run.organisationId],
  );
  const place = new Map(run.campaigns.map(({ campaignId }, index) => [campaignId, index]));
  const attempts = rows.map((row) => ({
    ...row,
    claimedAt: row.claimedAt.getTime(),
    at: row.at.getTime(),
    endedAt: row.endedAt?.getTime() ?? null,
    claimed: run.claimed.get(row.id) as Done,
    ended: run.ended.get(row.id) ?? null,
    campaign: run.spec.campaigns[place.get(row.campaignId) ?? -1] as CampaignSpec,
    contact: run.contacts.get(row.contactId) as RandomContact,
  }));
  return attempts.sort((a, b) => a.claimed.begun - b.claimed.begun);
};

type Check = (attempt: JudgedAttempt, run: RandomRun, all: readonly JudgedAttempt[]) => boolean;

const DAY_NAMES = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];
const DAY_LONG: [string, string][] = [['08:00', '21:00']];

const minuteOfDay = (time: DateTime): number => time.hour * 60 + time.minute;

const opensOn = (weekly: Record<string, { start: string; end: string }[]>, time: DateTime): boolean =>
  inHours(
    (weekly[DAY_NAMES[time.weekday - 1] as string] ?? []).map(({ start, end }) => [start, end] as const),
    time,
  );

const zonesOf = (zones: string, at: number): DateTime[] => zones.split('|').map((zone) => local(at, zone));

/** A line that is claimed may be placed so much later. */
const PLACED_WITHIN = 2_000;

const lawfulHours: Check = (attempt, run) =>
  [attempt.claimedAt, attempt.claimedAt + PLACED_WITHIN].every((moment) => lawfulAt(moment, attempt, run));

const lawfulAt = (moment: number, { zone, law, campaign, claimed }: JudgedAttempt, run: RandomRun): boolean => {
  const within = zonesOf(zone, moment).every((time) => {
    const [start, end] = campaign.hours;
    return start <= minuteOfDay(time) && minuteOfDay(time) < end;
  });
  const loosened = ['US-FL', 'US-AL', 'CA'].map((profile) => ({
    profile,
    may: run.history.possible(`law/${profile}`, false, claimed),
  }));
  // An override that a claim may or may not have seen is taken for the looser of the two.
  const instead = Object.fromEntries(
    loosened.flatMap(({ profile, may }) => (may.includes(true) ? [[profile, DAY_LONG]] : [])),
  );
  const told = { zones: zone, codes: law, holidays: HOLIDAYS };
  return within && (isLawful(moment, told) || isLawful(moment, { ...told, instead }));
};

const schedule: Check = ({ claimedAt, campaign: { schedule: given } }) => {
  if (!given) return true;
  const time = local(claimedAt, given.timeZone);
  const calendar = given.holidays && (given.holidays.country === 'FR' ? HOLIDAYS.FR : HOLIDAYS['US-AL']);
  if (calendar && (calendar as readonly string[]).includes(time.toISODate() ?? '')) return false;
  return opensOn(given.weekly, time);
};

const switches: Check = ({ campaignId, claimed }, { history, campaigns }) => {
  const { listId } = campaigns.find((one) => one.campaignId === campaignId) as { listId: string };
  return (
    history.possible('stopped', false, claimed).includes(false) &&
    history.possible(`campaign/${campaignId}`, 'RUNNING', claimed).includes('RUNNING') &&
    history.possible(`list/${listId}`, false, claimed).includes(false)
  );
};

const listExpiry: Check = ({ claimedAt, campaign }, { spec }) =>
  campaign.expiresInHours === null || claimedAt < spec.at + campaign.expiresInHours * HOUR;

const optOuts: Check = ({ number, person, claimed }, { history }) =>
  history.possible(`opt-out/number/${number}`, false, claimed).includes(false) &&
  (person === null || history.possible(`opt-out/customer/${person}`, false, claimed).includes(false));

const doNotCall: Check = ({ number, person, claimed, claimedAt, campaign }, { history }) =>
  history.keys('dnc/').every((key) => {
    const [, list, kind, value = ''] = key.split('/');
    const listed =
      (kind === 'NUMBER' && value === number) ||
      (kind === 'PREFIX' && number.startsWith(value)) ||
      (kind === 'CUSTOMER_ID' && value === person);
    const holds =
      list === 'INTERNAL' || (list === 'NDNC' && campaign.ndnc) || (list === 'CUSTOM' && campaign.choosesList);
    if (!listed || !holds) return true;
    const possible = history.possible<{ expiresAt: number | null } | null>(key, null, claimed);
    return possible.some((entry) => entry === null || (entry.expiresAt !== null && entry.expiresAt <= claimedAt));
  });

const suppression: Check = ({ claimedAt, zone, campaign, contact }, { spec }) => {
  const { plan } = spec.people[contact.person] as { plan: string };
  const times = zonesOf(zone, claimedAt);
  return campaign.suppression.every((rule) => {
    if (rule === 'closed') return plan !== 'closed';
    if (rule === 'weekends') return times.every(({ weekday }) => weekday < 6);
    return plan !== 'gold' || times.every((time) => !inHours([['12:00', '13:30']], time));
  });
};

const filter: Check = ({ campaign, contact }, { spec }) =>
  campaign.takesClosedPlans || spec.people[contact.person]?.plan !== 'closed';

/**
 * Of two at a time that are under the same cap, whichever was first, the other should have been refused. One that is not under
 * it may have come after.
 */
const countsBefore = (one: JudgedAttempt, other: JudgedAttempt, sameCap: boolean): boolean =>
  other.id !== one.id &&
  other.outcome !== 'NOT_PLACED' &&
  (other.claimed.done < one.claimed.begun || (sameCap && other.claimed.begun === one.claimed.begun));

const isOfSame = (by: LegalCap['by'], one: JudgedAttempt, other: JudgedAttempt): boolean =>
  by === 'NUMBER' || one.person === null
    ? other.number === one.number
    : other.person === one.person || (other.person === null && other.number === one.number);

const withinRolling =
  (hours: number) =>
  (one: JudgedAttempt, other: JudgedAttempt): boolean =>
    Math.abs(one.claimedAt - other.at) < hours * HOUR;

const withinDay = (one: JudgedAttempt, other: JudgedAttempt): boolean =>
  one.zone.split('|').some((zone) => local(one.claimedAt, zone).toISODate() === local(other.at, zone).toISODate());

const capsOfLaws: Check = (attempt, _, all) =>
  capsOfLaw(attempt.law).every((cap) => {
    const { max, hours, by, perSubject } = cap;
    const inside = withinRolling(hours);
    const made = all.filter(
      (other) =>
        countsBefore(attempt, other, capsOfLaw(other.law).includes(cap)) &&
        isOfSame(by, attempt, other) &&
        (!perSubject || other.subject === attempt.subject) &&
        inside(attempt, other),
    );
    return made.length < max;
  });

const capsOfStrategy: Check = (attempt, _, all) => {
  const { strategy } = attempt.campaign;
  if (!strategy) return true;
  const made = (by: LegalCap['by'], inside: (one: JudgedAttempt, other: JudgedAttempt) => boolean): number =>
    all.filter(
      (other) =>
        other.campaignId === attempt.campaignId &&
        countsBefore(attempt, other, true) &&
        isOfSame(by, attempt, other) &&
        inside(attempt, other),
    ).length;
  const { maxAttemptsPerDay: daily, limits } = strategy;
  return (
    (daily === null || made('PERSON', withinDay) < daily) &&
    limits.every(({ scope, max, hours }) => made(scope, withinRolling(hours)) < max)
  );
};

const restAfterAbandon: Check = (attempt, _, all) => {
  const hours = restHours(attempt.law);
  if (hours === 0 || attempt.agentId !== null) return true;
  return !all.some(
    ({ number, outcome, endedAt, ended }) =>
      number === attempt.number &&
      outcome === 'ABANDONED' &&
      ended !== null &&
      ended.done < attempt.claimed.begun &&
      endedAt !== null &&
      Math.abs(attempt.claimedAt - endedAt) < hours * HOUR,
  );
};

const oneInFlight: Check = (attempt, _, all) =>
  !all.some(
    (other) =>
      other.id !== attempt.id &&
      other.number === attempt.number &&
      other.claimed.begun <= attempt.claimed.begun &&
      (other.ended === null || other.ended.begun > attempt.claimed.begun),
  );

/** Of the same contact in the same campaign, since it last began again. */
const earlier = (attempt: JudgedAttempt, run: RandomRun, all: readonly JudgedAttempt[]): JudgedAttempt[] => {
  const since = Math.max(0, ...run.history.moments('reopen').filter((moment) => moment < attempt.claimed.begun));
  return all.filter(
    ({ id, contactId, claimed }) =>
      id !== attempt.id &&
      contactId === attempt.contactId &&
      claimed.begun < attempt.claimed.begun &&
      claimed.begun > since,
  );
};

const counts = ({ campaign, outcome }: JudgedAttempt): boolean => {
  if (outcome === null) return true;
  const quick = campaign.quickRetries ? QUICK_RULES[outcome] : undefined;
  return quick ? quick.countsAsAttempt : AFTER[outcome].counts;
};

const retries: Check = (attempt, run, all) => {
  const before = earlier(attempt, run, all);
  const { campaign } = attempt;
  const most = run.history.possible(`attempts/${attempt.campaignId}`, campaign.maxAttempts, attempt.claimed);
  if (before.filter(counts).length >= Math.max(...most)) return false;
  const last = before.at(-1);
  if (!last) return true;
  if (last.outcome === null || last.endedAt === null) return false;
  const quick = campaign.quickRetries ? QUICK_RULES[last.outcome] : undefined;
  const minutes = quick ? QUICK_MINUTES : AFTER[last.outcome].minutes;
  if (minutes === undefined) return false;
  // In sequence the next mode is tried at once.
  if (campaign.strategy?.sequentialDialling && last.mode !== attempt.mode) return true;
  return attempt.claimedAt >= last.endedAt + minutes * MINUTE;
};

const modes: Check = (attempt, run, all) => {
  const { strategy } = attempt.campaign;
  if (!strategy) return true;
  const planOf = (mode: string): ModeSpec | undefined => strategy.modes.find((one) => one.mode === mode);
  const plan = planOf(attempt.mode);
  if (!plan) return false;
  const open = (of: ModeSpec, zone: string): boolean =>
    !of.weekly || zonesOf(zone, attempt.claimedAt).every((time) => opensOn(of.weekly as never, time));
  const asked =
    strategy.windowRule === 'PER_NUMBER'
      ? [{ mode: attempt.mode, zone: attempt.zone }]
      : attempt.contact.numbers.filter(({ mode }) => planOf(mode));
  const onMode = earlier(attempt, run, all).filter(({ mode }) => mode === attempt.mode);
  const last = onMode.at(-1);
  return (
    asked.every(({ mode, zone }) => open(planOf(mode) as ModeSpec, zone)) &&
    onMode.filter(counts).length < plan.attempts &&
    (!last || attempt.claimedAt >= (last.endedAt ?? Number.POSITIVE_INFINITY) + plan.gapMinutes * MINUTE)
  );
};

/** That what stands in the attempt is what the contact has. */
const itself: Check = ({ number, mode, zone, law, contact }) =>
  contact.numbers.some((one) => one.number === number && one.mode === mode && one.zone === zone && one.law === law);

const CHECKS: Record<string, Check> = {
  itself,
  switches,
  schedule,
  filter,
  retries,
  listExpiry,
  modes,
  lawfulHours,
  doNotCall,
  optOuts,
  capsOfLaws,
  capsOfStrategy,
  restAfterAbandon,
  suppression,
  oneInFlight,
};

export const forbiddenOf = (run: RandomRun, all: readonly JudgedAttempt[]): string[] =>
  all.flatMap((attempt) =>
    Object.entries(CHECKS).flatMap(([name, allows]) =>
      allows(attempt, run, all)
        ? []
        : [
            `${name}: ${attempt.id} of contact ${attempt.contactId} at ${new Date(attempt.claimedAt).toISOString()} in ${attempt.zone} under ${attempt.law}`,
          ],
    ),
  );
