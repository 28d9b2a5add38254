import type { Pool } from 'pg';
import { type AttemptToWrite, writeAttempts } from '../../src/dialer/shell/claim/attempts';
import { type Verdict, Verdicts } from '../../src/dialer/shell/claim/verdicts';
import { writeOutcomes } from '../../src/dialer/shell/write-calls';
import type { OutcomeItem } from '../../src/dialer/shell/write-items';
import { newId } from '../../src/infra/ids';
import { transaction } from '../../src/infra/postgres';
import type { SeededBench } from './seed';

/**
 * Only what must be durable of each attempt: its row at the claim, then its outcome with contact, ledger and outbox,
 * by the dialer's own statements and in batches of its size; no gates, no switch, no kernel. The next batch is claimed while
 * the last one ends, as in the dialer.
 */
const CONTACTS = `SELECT cc.ctid AS tid, cc.contact_id AS "contactId", c.number FROM campaign_contact cc JOIN contact c ON c.id = cc.contact_id
WHERE cc.campaign_id = $1 AND cc.state = 'READY' AND cc.last_attempt_id IS NULL ORDER BY cc.contact_id LIMIT $2`;

/** Written once: every attempt is judged in the same words. */
const VERDICT: Verdict = { id: newId(), words: { tz: '', profiles: [], gates: {} } };
const EPOCH = 1_000_000;

export interface DurableLoop {
  attemptsPerSecond: number;
  batch: number;
}

export const runDurableLoop = async (
  pool: Pool,
  seeded: SeededBench,
  { batch, seconds, contacts }: { batch: number; seconds: number; contacts: number },
): Promise<DurableLoop> => {
  const { organisationId, dialerId, campaignId, listId } = seeded;
  const found = await pool.query<{ tid: string; contactId: number; number: string }>(CONTACTS, [campaignId, contacts]);
  let next = 0;
  const toWrite = (): AttemptToWrite[] => {
    const slice = found.rows.slice(next, next + batch);
    next += batch;
    return slice.map(({ tid, contactId, number }) => ({
      id: newId(),
      tid,
      campaignId,
      listId,
      contactId,
      number,
      mode: 'Mobile',
      zone: 'Etc/GMT',
      callerId: '+12025550100',
      attemptNo: 1,
      agentId: null,
      port: null,
      verdict: VERDICT,
      person: null,
      subject: campaignId,
      law: '',
      guardScopes: [],
      atRisk: false,
    }));
  };
  const verdicts = new Verdicts();
  const claim = async (attempts: readonly AttemptToWrite[]): Promise<void> => {
    const at = Date.now();
    const times = { claimedAt: new Date(at), notAfter: new Date(at + 2_000) };
    const of = { organisationId, dialerId, epoch: EPOCH };
    const keepVerdicts = await transaction(pool, (sql) => writeAttempts(sql, of, attempts, times, verdicts));
    keepVerdicts();
  };
  const end = async (attempts: readonly AttemptToWrite[]): Promise<void> => {
    const at = performance.now();
    const outcomes = attempts.map(
      (attempt): OutcomeItem => ({
        kind: 'outcome',
        attemptId: attempt.id,
        outcome: 'BUSY',
        abandonCause: null,
        liveAnswer: false,
        late: false,
        counted: { live: null, served: null, abandoned: null },
        agentId: null,
        port: null,
        by: 'network',
        q850: 17,
        sip: 486,
        times: { placedAt: at, ringingAt: at, endedAt: at },
        wall: Date.now(),
      }),
    );
    const anchor = Date.now() - at;
    const toDate = (moment: number | undefined) => (moment === undefined ? null : new Date(anchor + moment));
    await transaction(pool, (sql) => writeOutcomes(sql, outcomes, toDate, new Date()));
  };

  const started = performance.now();
  let done = 0;
  let open: AttemptToWrite[] = [];
  while (performance.now() - started < seconds * 1_000 && next < found.rows.length) {
    const fresh = toWrite();
    await Promise.all([claim(fresh), end(open)]);
    done += open.length;
    open = fresh;
  }
  await end(open);
  done += open.length;
  return { attemptsPerSecond: done / ((performance.now() - started) / 1_000), batch };
};
