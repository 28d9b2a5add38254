import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What becomes of a contact after an attempt, chosen per campaign: by telephony outcome, then by wrap-up code. */
export class OutcomeSets1710000006000 implements MigrationInterface {
  readonly name = 'OutcomeSets1710000006000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE telephony_outcome_set (
        id uuid PRIMARY KEY,
        organisation_id uuid NOT NULL REFERENCES organisation,
        name text NOT NULL,
        description text NOT NULL DEFAULT '',
        -- Rules by outcome; those that are missing are the primary set's: {"BUSY": {"action": "RETRY", …}}
        rules jsonb NOT NULL DEFAULT '{}',
        created_at timestamptz NOT NULL,
        version integer NOT NULL DEFAULT 1,
        UNIQUE (organisation_id, name)
      );
      CREATE TABLE business_outcome_group (
        id uuid PRIMARY KEY,
        organisation_id uuid NOT NULL REFERENCES organisation,
        name text NOT NULL,
        -- [{"name": "Sale", "kind": "SUCCESS", "rightParty": true}]
        outcomes jsonb NOT NULL,
        created_at timestamptz NOT NULL,
        version integer NOT NULL DEFAULT 1,
        UNIQUE (organisation_id, name)
      );
      CREATE TABLE wrap_up_code_set (
        id uuid PRIMARY KEY,
        organisation_id uuid NOT NULL REFERENCES organisation,
        name text NOT NULL,
        business_outcome_group_id uuid REFERENCES business_outcome_group,
        -- [{"code": "SALE", "label": "Sold", "businessOutcome": "Sale", "action": "CLOSE"}]
        codes jsonb NOT NULL,
        created_at timestamptz NOT NULL,
        version integer NOT NULL DEFAULT 1,
        UNIQUE (organisation_id, name)
      );
      ALTER TABLE campaign
        ADD COLUMN telephony_outcome_set_id uuid REFERENCES telephony_outcome_set,
        ADD COLUMN wrap_up_code_set_id uuid REFERENCES wrap_up_code_set;
      -- Why the contact is to be closed once the attempt in flight has ended: an earlier disposition was changed meanwhile.
      ALTER TABLE campaign_contact ADD COLUMN close_after text;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE campaign_contact DROP COLUMN close_after;
      ALTER TABLE campaign DROP COLUMN telephony_outcome_set_id, DROP COLUMN wrap_up_code_set_id;
      DROP TABLE wrap_up_code_set, business_outcome_group, telephony_outcome_set;
    `);
  }
}
