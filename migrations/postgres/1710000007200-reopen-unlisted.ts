import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Contacts that a do-not-call list or an opt-out has closed are opened again when it holds no more. */
export class ReopenUnlisted1710000007200 implements MigrationInterface {
  readonly name = 'ReopenUnlisted1710000007200';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE contact_job
        DROP CONSTRAINT contact_job_kind_check,
        ADD CONSTRAINT contact_job_kind_check CHECK (kind IN ('CLOSE', 'REOPEN', 'RECYCLE', 'REOPEN_UNLISTED')),
        -- From here on a worker is at it.
        ADD COLUMN started_at timestamptz;
      CREATE INDEX campaign_contact_listed ON campaign_contact (campaign_id, contact_id)
        WHERE state = 'CLOSED' AND close_reason IN ('DNC', 'OPTED_OUT');
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP INDEX campaign_contact_listed;
      DELETE FROM contact_job WHERE kind = 'REOPEN_UNLISTED';
      ALTER TABLE contact_job
        DROP COLUMN started_at,
        DROP CONSTRAINT contact_job_kind_check,
        ADD CONSTRAINT contact_job_kind_check CHECK (kind IN ('CLOSE', 'REOPEN', 'RECYCLE'));
    `);
  }
}
