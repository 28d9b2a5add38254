import { invalid, OutdialError } from '../../errors';
import type { Sql } from '../../infra/postgres';
import { lockNumbers } from '../claim-locks';
import type { WrapUpCode } from './wrap-up-code-set';

export interface Disposition {
  organisationId: string;
  attemptId: string;
  agentId: string;
  code: string;
  at: Date;
}

const FIND = `/* disposition.find */
SELECT a.campaign_id AS "campaignId", a.contact_id AS "contactId", a.wrap_up_code AS before, w.name AS set, w.codes
FROM call_attempt a
JOIN campaign c ON c.id = a.campaign_id
LEFT JOIN wrap_up_code_set w ON w.id = c.wrap_up_code_set_id
WHERE a.organisation_id = $1 AND a.id = $2 AND a.agent_id = $3 AND a.outcome IS NOT NULL AND a.connected_at IS NOT NULL`;

const LOCK_CONTACT = `/* disposition.lock-contact */
SELECT 1 FROM campaign_contact WHERE campaign_id = $1 AND contact_id = $2 FOR UPDATE`;

// All numbers of the person, and the one that was dialled should it have been changed since.
const NUMBERS = `/* disposition.numbers */
SELECT number FROM (
  SELECT n ->> 'number' AS number FROM contact k CROSS JOIN jsonb_array_elements(k.numbers) n WHERE k.id = $2
  UNION SELECT number FROM call_attempt WHERE id = $1) u
WHERE number IS NOT NULL`;

const OPT_OUT = `/* disposition.opt-out */
WITH marked AS (INSERT INTO phone_number AS p (organisation_id, number, opted_out_at, opt_out_source)
SELECT $1, number, $4, 'DESKTOP' FROM unnest($3::text[]) AS u(number) ORDER BY number
ON CONFLICT (organisation_id, number) DO UPDATE SET
  opt_out_source = CASE WHEN p.opted_out_at IS NULL THEN excluded.opt_out_source ELSE p.opt_out_source END,
  opted_out_at = coalesce(p.opted_out_at, excluded.opted_out_at)
RETURNING number)
INSERT INTO opt_out (id, organisation_id, kind, value, source, reason, attempt_id, added_by, added_at)
SELECT gen_random_uuid(), $1, 'NUMBER', number, 'DESKTOP', $6, $2, $5, $4 FROM marked
ON CONFLICT (organisation_id, kind, value) WHERE withdrawn_at IS NULL DO NOTHING`;

const WRITE = `/* disposition.write */
UPDATE call_attempt SET wrap_up_code = $2, wrapped_up_at = coalesce(wrapped_up_at, $3), version = version + 1 WHERE id = $1`;

// Back to where the attempt left it: the worker decides anew. Its number of attempts is the one it was claimed with. What was
// closed for another reason, and what has been claimed again, stays as it is.
const DECIDE_ANEW = `/* disposition.decide-anew */
UPDATE campaign_contact cc SET state = 'AWAITING_RETRY', attempts = a.attempt_no - 1, uncounted = 0, close_reason = NULL,
  version = cc.version + 1
FROM call_attempt a
WHERE a.id = $3 AND cc.campaign_id = $1 AND cc.contact_id = $2 AND cc.last_attempt_id = a.id
  AND (cc.state = 'READY' OR cc.state = 'CLOSED' AND cc.close_reason = ANY($4::text[]))`;

// A later attempt has been claimed or made: it goes on, and whatever it comes to, the contact is closed.
const CLOSE_LATER = `/* disposition.close-later */
UPDATE campaign_contact SET
  state = CASE WHEN state = 'READY' THEN 'CLOSED' ELSE state END,
  close_reason = CASE WHEN state = 'READY' THEN $4 ELSE close_reason END,
  close_after = CASE WHEN state = 'READY' THEN NULL ELSE $4 END,
  version = version + 1
WHERE campaign_id = $1 AND contact_id = $2 AND last_attempt_id <> $3 AND state <> 'CLOSED'`;

/** Closed by what the worker decided after the attempt, so another disposition may decide otherwise. */
const DECIDED = ['LIVE_VOICE', 'ABANDONED', 'WRAP_UP', 'MAX_ATTEMPTS', 'NO_NUMBER'];

interface Found {
  campaignId: string;
  contactId: number;
  before: string | null;
  set: string | null;
  codes: WrapUpCode[] | null;
}

const codeOf = ({ set, codes }: Found, code: string): WrapUpCode | undefined => {
  if (codes === null) return undefined;
  const known = codes.find((one) => one.code === code);
  if (known) return known;
  const all = codes.map((one) => one.code);
  const some = all.slice(0, 20).join(', ') + (all.length > 20 ? ', …' : '');
  throw invalid('code', `code "${code}" is not in wrap-up code set "${set}" of the campaign: it has ${some}`);
};

/**
 * Writes up an ended conversation, in a transaction of the caller and in the order of locks that every writer keeps:
 * contact, numbers, attempt. A code given later corrects an earlier one: reports follow by the attempt's version, the contact's
 * next step is decided anew, and an opt-out takes effect at once; an attempt already claimed is never touched. An opt-out is not
 * taken back by a correction: that is an edit of the number, with a reason.
 */
export const dispose = async (sql: Sql, disposition: Disposition): Promise<{ campaignId: string }> => {
  const { organisationId, attemptId, agentId, code, at } = disposition;
  const { rows } = await sql.query<Found>({
    name: 'disposition.find',
    text: FIND,
    values: [organisationId, attemptId, agentId],
  });
  const found = rows[0];
  if (!found) {
    const message = `attempt ${attemptId} is no ended call of agent ${agentId}`;
    throw new OutdialError('INVALID_STATE', message, 'attemptId');
  }
  const { campaignId, contactId } = found;
  const said = codeOf(found, code);
  await sql.query({ name: 'disposition.lock-contact', text: LOCK_CONTACT, values: [campaignId, contactId] });
  if (said?.action === 'DO_NOT_CALL') {
    const { rows: told } = await sql.query<{ number: string }>(NUMBERS, [attemptId, contactId]);
    const numbers = told.map(({ number }) => number);
    await lockNumbers(sql, organisationId, numbers);
    const values = [organisationId, attemptId, numbers, at, `agent:${agentId}`, `wrap-up ${code}`];
    await sql.query({ name: 'disposition.opt-out', text: OPT_OUT, values });
  }
  await sql.query({ name: 'disposition.write', text: WRITE, values: [attemptId, code, at] });
  if (found.before !== code) {
    const contact = [campaignId, contactId, attemptId];
    await sql.query({ name: 'disposition.decide-anew', text: DECIDE_ANEW, values: [...contact, DECIDED] });
    if (said && said.action !== 'RETRY') {
      const reason = said.action === 'DO_NOT_CALL' ? 'OPTED_OUT' : 'WRAP_UP';
      await sql.query({ name: 'disposition.close-later', text: CLOSE_LATER, values: [...contact, reason] });
    }
  }
  return { campaignId };
};
