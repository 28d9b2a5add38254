import type { LivePacing } from '../campaigns/live-view';
import { invalid, notFound } from '../errors';
import { type Page, type PageRequest, pageOf } from '../infra/page';
import { id, parse } from '../infra/validate';
import type { Caller } from '../organisations/caller';
import type { ReportDeps } from './campaign-report';
import { requireReports } from './report-roles';
import { decodeTimeKey } from './time-key';
import { readWarehouse } from './warehouse-read';

/** A pacing decision that was kept, with its inputs. */
export interface ReportedDecision extends LivePacing {
  id: string;
  at: Date;
}

export interface DecisionQuery {
  campaignId: string;
  from: Date;
  to: Date;
}

type Raw = Omit<ReportedDecision, 'at'> & { atMs: number | string };

const SELECT = `SELECT toString(decision_id) AS id, toUnixTimestamp64Milli(at) AS atMs, reason, agents, idle, lines,
  expected_freed AS expectedFreed, expected_answers AS expectedAnswers, risk, threshold, theta, tokens, allowed,
  answer_rate AS answerRate, live_rate AS liveRate, pledged, uncovered, risk_per_line AS riskPerLine
FROM pacing_decision FINAL
WHERE organisation_id = {organisation:UUID} AND campaign_id = {campaign:UUID}
  AND at >= {from:DateTime64(3, 'UTC')} AND at < {to:DateTime64(3, 'UTC')}`;

const EXISTS = '/* decisions.campaign */ SELECT 1 FROM campaign WHERE id = $1 AND organisation_id = $2';

export const createDecisionReport = ({ warehouse, pool }: ReportDeps) => ({
  /** Of one campaign, in the order they were made: a sample of about one a second, and every change of the reason. */
  async decisions(caller: Caller, query: DecisionQuery, page: PageRequest): Promise<Page<ReportedDecision>> {
    requireReports(caller);
    const campaign = parse(id(), query.campaignId);
    const { from, to } = query;
    if (from >= to) throw invalid('to', `to ${to.toISOString()} must be after from ${from.toISOString()}`);
    const known = await pool.query(EXISTS, [campaign, caller.organisationId]);
    if (!known.rowCount) throw notFound('campaign', campaign);
    const after = page.after === undefined ? undefined : decodeTimeKey(page.after);
    const beyond = after
      ? `AND (at, decision_id) > (fromUnixTimestamp64Milli({afterMs:Int64}, 'UTC'), {afterId:UUID})`
      : '';
    const raw = await readWarehouse<Raw>(warehouse, {
      sql: `${SELECT} ${beyond} ORDER BY at, decision_id LIMIT {limit:UInt32}`,
      params: {
        organisation: caller.organisationId,
        campaign,
        from,
        to,
        afterMs: after?.ms,
        afterId: after?.id,
        limit: page.first + 1,
      },
    });
    return pageOf(
      raw.map(({ atMs, ...rest }) => ({ ...rest, at: new Date(Number(atMs)) })),
      page.first,
    );
  },
});
