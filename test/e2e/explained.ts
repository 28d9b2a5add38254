import { capsOfLaw, type Holidays, inHours, isLawful, local } from '../setup/lawful-times';
import type { CampaignRun } from './campaign-run';
import {
  CLOSING,
  type Countries,
  HOME_HOURS,
  MODE_GAPS,
  MOST,
  OWN_DELAYS,
  PRIMARY_DELAYS,
} from './three-countries-setup';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

export interface MadeAttempt {
  id: string;
  campaignId: string;
  contactId: number;
  customer: string;
  number: string;
  mode: string;
  zone: string;
  law: string;
  claimedAt: number;
  at: number;
  endedAt: number;
  outcome: string;
  verdict: { tz: string; profiles: string[]; gates: Record<string, string> };
}

export const attemptsOf = async ({ system, organisationId }: CampaignRun): Promise<MadeAttempt[]> => {
  const { rows } = await system.pool.query<
    Omit<MadeAttempt, 'claimedAt' | 'at' | 'endedAt'> & { claimedAt: Date; at: Date; endedAt: Date | null }
  >(
    `SELECT a.id, a.campaign_id AS "campaignId", a.contact_id AS "contactId", c.external_id AS customer, a.number, a.mode, a.zone,
       a.law, a.claimed_at AS "claimedAt", coalesce(a.placed_at, a.not_after) AS at, a.ended_at AS "endedAt", a.outcome, v.words AS verdict
     FROM call_attempt a JOIN contact c ON c.id = a.contact_id
     JOIN verdict v ON v.organisation_id = a.organisation_id AND v.id = a.verdict_id WHERE a.organisation_id = $1 ORDER BY a.claimed_at, a.id`,
    [organisationId],
  );
  return rows.map((row) => ({
    ...row,
    claimedAt: row.claimedAt.getTime(),
    at: row.at.getTime(),
    // One in flight: later than all there is.
    endedAt: row.endedAt?.getTime() ?? Number.POSITIVE_INFINITY,
  }));
};

const GATES = [
  'ATTEMPTS',
  'ATTEMPT_CAPS',
  'CALLBACK_AGENT',
  'CALLBACK_WINDOW',
  'CALLING_HOURS',
  'CAMPAIGN_STATE',
  'CONTACT_DUE',
  'CONTACT_FILTER',
  'CONTACT_STATE',
  'DNC',
  'LIST_ACTIVE',
  'LOCK_AFTER_ABANDON',
  'MODE_WINDOW',
  'NUMBER_IN_FLIGHT',
  'OPT_OUT',
  'ORGANISATION_DIALLING',
  'SCHEDULE',
  'SUPPRESSION',
];

/** Of what profile a verdict must have heard, by the codes of the person. */
const PROFILES: Record<string, string> = {
  US: 'US@2024-10-15',
  'US-FL': 'US-FL@2021-07-01',
  'US-AL': 'US-AL@2000-01-01',
  'US-TX': 'US-TX@2000-01-01',
  GB: 'GB@2017-03-01',
  CA: 'CA@2008-09-30',
};

export interface Kept {
  holidays: Holidays;
  /** From when on nobody may call a person, by customer. */
  silent: ReadonlyMap<string, number>;
  /** Promised calls: attempts within them are bound to no window of the strategy and to no earlier outcome. */
  promised: ReadonlyMap<string, { from: number; until: number }>;
  countries: Countries;
}

/** What was wrong with an attempt, by what its record holds and by what had been before it: a second opinion. */
export const wrongWith = (attempt: MadeAttempt, all: readonly MadeAttempt[], kept: Kept): string[] => {
  const { holidays, silent, promised, countries } = kept;
  const wrong: string[] = [];
  const check = (what: string, right: boolean): void => {
    if (!right)
      wrong.push(`${what}: ${attempt.customer} ${attempt.mode} at ${new Date(attempt.claimedAt).toISOString()}`);
  };
  const { claimedAt, zone, law, verdict } = attempt;
  const codes = law.split('|');
  check('a gate is missing', Object.keys(verdict.gates).sort().join() === GATES.join());
  check(
    'a gate has no words',
    Object.values(verdict.gates).every((detail) => detail.length > 0),
  );
  check(
    `a profile is missing of ${law}`,
    codes.every((code) => !PROFILES[code] || verdict.profiles.includes(PROFILES[code])),
  );
  check(
    'nobody knows whose law',
    codes.some((code) => PROFILES[code]),
  );
  check('unlawful hours', isLawful(claimedAt, { zones: zone, codes: law, holidays }));
  check('called after the opt-out', claimedAt <= (silent.get(attempt.customer) ?? Number.POSITIVE_INFINITY));

  const before = all.filter((other) => other.claimedAt < claimedAt);
  const within = (hours: number) => before.filter(({ at }) => claimedAt - at < hours * HOUR);
  for (const { max, hours } of capsOfLaw(law)) {
    check('above a cap', within(hours).filter(({ customer }) => customer === attempt.customer).length < max);
  }
  const own = attempt.campaignId === countries.campaignId;
  const same = before.filter(
    ({ campaignId, contactId }) => campaignId === attempt.campaignId && contactId === attempt.contactId,
  );
  const call = promised.get(attempt.customer);
  const isPromised = own && call !== undefined && call.from <= claimedAt && claimedAt < call.until;
  check('an attempt too many', same.length < (own ? MOST.own : MOST.other) + (isPromised ? 1 : 0));
  const last = same.at(-1);
  if (last && !isPromised) {
    const delay = (own ? OWN_DELAYS : PRIMARY_DELAYS)[last.outcome];
    check(`after ${last.outcome}`, !CLOSING.includes(last.outcome));
    check('the retry came early', delay !== undefined && claimedAt >= last.endedAt + delay * MINUTE);
  }
  if (own && !isPromised) {
    const onMode = same.filter(({ mode }) => mode === attempt.mode).at(-1);
    const gap = (MODE_GAPS[attempt.mode] ?? Number.NaN) * MINUTE;
    check('the gap of the mode', !onMode || claimedAt >= onMode.endedAt + gap);
    const open = zone.split('|').every((one) => inHours(HOME_HOURS, local(claimedAt, one)));
    check('outside the hours of the mode', attempt.mode !== 'Home' || open);
  }
  if (own) {
    const today = same.filter(({ at }) =>
      zone.split('|').some((one) => local(at, one).toISODate() === local(claimedAt, one).toISODate()),
    );
    check('too many in a day', today.length < MOST.aDay);
  }
  return wrong;
};

/** What was said of a contact: when it may be called by any of its numbers, and whether the one that is next may be now. */
export interface Foretold {
  customer: string;
  now: boolean;
  from: number | null;
}

const EXPLAIN = `query($campaignId: ID!, $contactId: ID!) {
  contactExplanation(campaignId: $campaignId, contactId: $contactId) {
    numbers { next allowed nextLawfulAt gates { gate allowed detail } }
  }
}`;

interface Told {
  contactExplanation: {
    numbers: {
      next: boolean;
      allowed: boolean;
      nextLawfulAt: string | null;
      gates: { gate: string; allowed: boolean }[];
    }[];
  };
}

const AT_ONCE = 10;

/** Of every contact that waits: what `contactExplanation` says of it. */
export const foretell = async ({ admin, system }: CampaignRun): Promise<Map<string, Foretold>> => {
  const { rows } = await system.pool.query<{ campaignId: string; contactId: number; customer: string }>(
    `SELECT cc.campaign_id AS "campaignId", cc.contact_id AS "contactId", c.external_id AS customer
     FROM campaign_contact cc JOIN contact c ON c.id = cc.contact_id WHERE cc.state = 'READY'`,
  );
  const told = new Map<string, Foretold>();
  for (let first = 0; first < rows.length; first += AT_ONCE) {
    await Promise.all(
      rows.slice(first, first + AT_ONCE).map(async ({ campaignId, contactId, customer }) => {
        const { contactExplanation } = await admin.query<Told>(EXPLAIN, { campaignId, contactId: String(contactId) });
        const { numbers } = contactExplanation;
        for (const { gates } of numbers) expect(gates.map(({ gate }) => gate).sort()).toEqual(GATES);
        const moments = numbers.flatMap(({ nextLawfulAt }) => (nextLawfulAt ? Date.parse(nextLawfulAt) : []));
        told.set(`${campaignId}/${contactId}`, {
          customer,
          now: numbers.some(({ next, allowed }) => next && allowed),
          from: moments.length > 0 ? Math.min(...moments) : null,
        });
      }),
    );
  }
  return told;
};
