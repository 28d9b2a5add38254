import { readLawCodesOf } from '../compliance/abandon/law-codes';
import type { MessageElement } from '../compliance/law/law';
import { rulesInForce } from '../compliance/law/law-of';
import type { LawRegistry } from '../compliance/law/registry';
import type { LawBook } from '../compliance/own/law-book';
import type { Sql } from '../infra/postgres';

/** What the law asks of a campaign that nobody has said it does. It may start: only a person can listen to a message. */
export interface ReadinessWarning {
  code: 'ABANDONED_MESSAGE';
  element: MessageElement;
  /** `US@2024-10-15` */
  profile: string;
  source: string;
  message: string;
}

const WORDS: Record<MessageElement, string> = {
  CALLER_NAME: 'on whose behalf the call was made',
  CALLBACK_NUMBER: 'a number to call back',
  PURPOSE: 'what the call was about',
  OPT_OUT_BY_KEY: 'how to opt out by pressing a key',
  OPT_OUT_NUMBER: 'a number by which to opt out',
  NO_MARKETING: 'nothing that advertises',
};

const READ = `/* campaign.abandonedMessage */
SELECT c.id, c.abandoned_message_elements AS elements FROM campaign c JOIN campaign_group g ON g.id = c.group_id
WHERE c.organisation_id = $1 AND c.id = ANY($2::uuid[]) AND g.pacing_mode <> 'PREVIEW'`;

/** Once for each element, by the first of the profiles that demands it. */
const missing = (
  laws: readonly string[],
  declared: readonly MessageElement[],
  at: number,
  registry: LawRegistry,
): ReadinessWarning[] => {
  const found = new Map<MessageElement, ReadinessWarning>();
  for (const { label: profile, rules } of laws.flatMap((codes) => rulesInForce(codes, at, registry))) {
    for (const element of rules.message?.elements ?? []) {
      if (declared.includes(element) || found.has(element)) continue;
      const source = rules.message?.source.cite ?? '';
      const message = `the message to an abandoned person must hold ${WORDS[element]} (${element}), by ${profile}: ${source}; say in abandonedMessageElements that it does`;
      found.set(element, { code: 'ABANDONED_MESSAGE', element, profile, source, message });
    }
  }
  return [...found.values()];
};

/** By campaign of the organisation; one that is not there has none. In PREVIEW an agent is there before the person. */
export const messageWarnings = async (
  { sql, laws, at }: { sql: Sql; laws: LawBook; at: number },
  organisationId: string,
  campaignIds: readonly string[],
): Promise<Map<string, ReadinessWarning[]>> => {
  const { rows } = await sql.query<{ id: string; elements: MessageElement[] }>(READ, [organisationId, campaignIds]);
  if (rows.length === 0) return new Map();
  const codes = await readLawCodesOf(
    sql,
    rows.map(({ id }) => id),
  );
  const registry = await laws.registryOf(sql, organisationId);
  return new Map(rows.map(({ id, elements }) => [id, missing(codes.get(id) ?? [], elements, at, registry)]));
};
