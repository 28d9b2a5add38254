import type { Pool } from 'pg';
import { newId } from '../../src/infra/ids';

/** One of each long job on contacts and of each record about whom not to call, all of them at work; by the names of their types. */
export const seedContactWork = async (
  pool: Pool,
  of: { organisationId: string; campaignId: string; listId: string; mark: string },
): Promise<Record<string, string>> => {
  const { organisationId, campaignId, listId, mark } = of;
  const at = new Date();
  const ids = {
    dncList: newId(),
    dncImport: newId(),
    dncScrub: newId(),
    contactImport: newId(),
    contactJob: newId(),
    optOut: newId(),
    suppressionRuleSet: newId(),
  };
  const write = (text: string, values: unknown[]) => pool.query(text, values);
  await write(
    `INSERT INTO dnc_list (id, organisation_id, name, kind, country, created_at) VALUES ($1, $2, $3, 'CUSTOM', 'US', $4)`,
    [ids.dncList, organisationId, mark, at],
  );
  await write(
    `INSERT INTO dnc_entry (organisation_id, list_id, kind, value, source, reason, added_by, added_at)
     VALUES ($1, $2, 'CUSTOMER_ID', $3, $3, $3, 'test', $4)`,
    [organisationId, ids.dncList, mark, at],
  );
  await write(
    `INSERT INTO dnc_number (organisation_id, number, source, added_by, added_at) VALUES ($1, '+12015550142', $2, 'test', $3)`,
    [organisationId, mark, at],
  );
  await write(
    `INSERT INTO dnc_import (id, organisation_id, list_id, format, replaces, source, upload_token_hash, upload_expires_at, state,
       created_by, created_at) VALUES ($1, $2, $3, 'PLAIN', true, $4, decode(md5($4), 'hex'), $5, 'RUNNING', $4, $5)`,
    [ids.dncImport, organisationId, ids.dncList, mark, at],
  );
  await write(`INSERT INTO dnc_import_error VALUES ($1, 1, 'NOT_A_NUMBER', $2)`, [ids.dncImport, mark]);
  await write(
    `INSERT INTO dnc_scrub (id, organisation_id, list_id, state, contacts_read, created_by, created_at)
     VALUES ($1, $2, $3, 'RUNNING', 4711, $4, $5)`,
    [ids.dncScrub, organisationId, listId, mark, at],
  );
  await write(
    `INSERT INTO contact_import (id, organisation_id, list_id, format, upload_token_hash, upload_expires_at, state, created_by,
       created_at) VALUES ($1, $2, $3, 'CSV', decode(md5($4 || 'c'), 'hex'), $5, 'RUNNING', $4, $5)`,
    [ids.contactImport, organisationId, listId, mark, at],
  );
  await write(
    `INSERT INTO contact_job (id, organisation_id, kind, campaign_id, list_id, campaign_ids, created_by, created_at)
     VALUES ($1, $2, 'RECYCLE', $3, $4, ARRAY[$3::uuid], $5, $6)`,
    [ids.contactJob, organisationId, campaignId, listId, mark, at],
  );
  await write(
    `INSERT INTO opt_out (id, organisation_id, kind, value, source, reason, added_by, added_at)
     VALUES ($1, $2, 'CUSTOMER_ID', $3, 'API', $3, 'test', $4)`,
    [ids.optOut, organisationId, mark, at],
  );
  await write(
    `INSERT INTO suppression_rule_set (id, organisation_id, name, rules, created_at) VALUES ($1, $2, $3, $4, $5)`,
    [
      ids.suppressionRuleSet,
      organisationId,
      mark,
      JSON.stringify([
        { name: mark, consequence: 'SKIP', anyOf: [{ allOf: [{ subject: 'MODE', operator: 'IS', values: [mark] }] }] },
      ]),
      at,
    ],
  );
  await write(
    `INSERT INTO campaign_ranking (campaign_id, organisation_id, version, contacts_ranked, started_at) VALUES ($1, $2, 1, 4711, $3)`,
    [campaignId, organisationId, at],
  );
  return ids;
};
