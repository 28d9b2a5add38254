import type { DialOutcome } from '../retry/dial-outcome';

export const CONTACT_JOB_KINDS = ['CLOSE', 'REOPEN', 'RECYCLE', 'REOPEN_UNLISTED'] as const;
export type ContactJobKind = (typeof CONTACT_JOB_KINDS)[number];

/** A change of many contacts, done by a worker in batches. */
export interface ContactJob {
  id: string;
  kind: ContactJobKind;
  campaignId: string | null;
  listId: string | null;
  reason: string | null;
  outcomes: DialOutcome[];
  wrapUpCodes: string[];
  /** Known when it begins. */
  contactsTotal: number;
  contactsSeen: number;
  contactsChanged: number;
  createdBy: string;
  createdAt: Date;
  startedAt: Date | null;
  endedAt: Date | null;
  seq: number;
}

export const CONTACT_JOB_COLUMNS = `id, kind, campaign_id AS "campaignId", list_id AS "listId", reason, outcomes,
  wrap_up_codes AS "wrapUpCodes", contacts_total AS "contactsTotal", contacts_seen AS "contactsSeen", contacts_changed AS "contactsChanged",
  created_by AS "createdBy", created_at AS "createdAt", started_at AS "startedAt",
  ended_at AS "endedAt", seq`;
