import type { Sql } from '../../infra/postgres';
import type { AbandonPolicy, LedgerMinute } from '../kernel/messages';

/** The abandon ledger of a campaign as it was written, by cause and by the minute. */

const READ = `/* campaigns.ledger */
SELECT minute, live_answers AS "liveAnswers", served, overdial, agent_lost AS "agentLost", amd_false AS "amdFalse", fault
FROM abandon_ledger WHERE campaign_id = $1 AND minute >= $2 ORDER BY minute`;

interface Row {
  minute: Date;
  liveAnswers: number;
  served: number;
  overdial: number;
  agentLost: number;
  amdFalse: number;
  fault: number;
}

const DAY = 86_400_000;
/** A calendar's month, and more. */
const DEPTH_LEAST = 32 * DAY;
/** The window's edge may be seen earlier than it is after a step of the clock. */
const MARGIN = 2 * DAY;

/** From when on the ledger must be known to judge every window in force. */
export const ledgerSince = ({ windowsMs, windows = [] }: AbandonPolicy, now: number): number => {
  const rolling = windows.map((window) => (window.kind === 'ROLLING' ? window.ms : 0));
  return Math.floor(now - Math.max(DEPTH_LEAST, ...windowsMs, ...rolling) - MARGIN);
};

export const readLedger = async (sql: Sql, campaignId: string, since: number): Promise<LedgerMinute[]> => {
  const { rows } = await sql.query<Row>({
    name: 'campaigns.ledger',
    text: READ,
    values: [campaignId, new Date(since)],
  });
  return rows.map(({ minute, liveAnswers, served, overdial, agentLost, amdFalse, fault }) => ({
    minute: minute.getTime(),
    liveAnswers,
    served,
    abandons: overdial + agentLost + amdFalse + fault,
    causes: { OVERDIAL: overdial, AGENT_LOST: agentLost, AMD_FALSE: amdFalse, FAULT: fault },
  }));
};
