import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which number of a contact is next and when, lists that end, and long changes of many contacts. */
export class ContactStrategy1710000006100 implements MigrationInterface {
  readonly name = 'ContactStrategy1710000006100';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE contact_strategy (
        id uuid PRIMARY KEY,
        organisation_id uuid NOT NULL REFERENCES organisation,
        name text NOT NULL,
        description text NOT NULL DEFAULT '',
        -- Modes in order with attempts, gap and windows; how they follow each other; limits.
        settings jsonb NOT NULL,
        created_at timestamptz NOT NULL,
        version integer NOT NULL DEFAULT 1,
        UNIQUE (organisation_id, name)
      );
      ALTER TABLE campaign ADD COLUMN contact_strategy_id uuid REFERENCES contact_strategy;
      -- By contact mode, counted attempts and when the last one ended: {"Mobile": {"n": 2, "at": 1767621600000}}; null: none.
      ALTER TABLE campaign_contact ADD COLUMN tried jsonb;
      ALTER TABLE contact_list
        -- Its contacts are not dialled from then on.
        ADD COLUMN expires_at timestamptz,
        -- When that was acted upon.
        ADD COLUMN expired_at timestamptz,
        -- Its contacts are not dialled until it is resumed.
        ADD COLUMN stopped_at timestamptz;
      CREATE INDEX contact_list_expiry ON contact_list (expires_at) WHERE expired_at IS NULL;
      -- A change of many contacts, done by a worker in batches; it goes on where it was.
      CREATE TABLE contact_job (
        id uuid PRIMARY KEY,
        -- Jobs of the same contacts are done in this order.
        place bigint GENERATED ALWAYS AS IDENTITY,
        organisation_id uuid NOT NULL REFERENCES organisation,
        kind text NOT NULL CHECK (kind IN ('CLOSE', 'REOPEN', 'RECYCLE')),
        campaign_id uuid,
        list_id uuid,
        -- CLOSE, REOPEN: the close reason that is given or taken back.
        reason text,
        -- RECYCLE: how the last attempt ended, or what the agent said of it.
        outcomes text[] NOT NULL DEFAULT '{}',
        wrap_up_codes text[] NOT NULL DEFAULT '{}',
        -- Campaigns still to do, and the contact up to which the first of them is done.
        campaign_ids uuid[] NOT NULL,
        done_to bigint NOT NULL DEFAULT 0,
        contacts_seen integer NOT NULL DEFAULT 0,
        contacts_changed integer NOT NULL DEFAULT 0,
        created_by text NOT NULL,
        created_at timestamptz NOT NULL,
        ended_at timestamptz,
        seq bigint NOT NULL DEFAULT 1
      );
      CREATE INDEX contact_job_open ON contact_job (place) WHERE ended_at IS NULL;
      CREATE INDEX contact_job_page ON contact_job (organisation_id, place);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE contact_job;
      DROP INDEX contact_list_expiry;
      ALTER TABLE contact_list DROP COLUMN expires_at, DROP COLUMN expired_at, DROP COLUMN stopped_at;
      ALTER TABLE campaign_contact DROP COLUMN tried;
      ALTER TABLE campaign DROP COLUMN contact_strategy_id;
      DROP TABLE contact_strategy;
    `);
  }
}
