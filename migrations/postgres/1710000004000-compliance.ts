import type { MigrationInterface, QueryRunner } from 'typeorm';

/** An organisation's own compliance profiles, and the looser rules that it answers for itself. */
export class Compliance1710000004000 implements MigrationInterface {
  readonly name = 'Compliance1710000004000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Raised in the transaction of every change of its law: claims read it with the flag that they lock anyway.
      ALTER TABLE organisation ADD COLUMN law_version integer NOT NULL DEFAULT 1;

      CREATE TABLE compliance_profile (
        id uuid PRIMARY KEY,
        organisation_id uuid NOT NULL REFERENCES organisation,
        jurisdiction text NOT NULL,
        name text NOT NULL,
        zones text[] NOT NULL DEFAULT '{}',
        -- As the shipped files have them: [{"from": "2026-01-01", "hours": …}]
        versions jsonb NOT NULL,
        retired_at timestamptz,
        created_at timestamptz NOT NULL,
        version integer NOT NULL DEFAULT 1
      );
      CREATE UNIQUE INDEX compliance_profile_one ON compliance_profile (organisation_id, jurisdiction) WHERE retired_at IS NULL;
      CREATE INDEX compliance_profile_page ON compliance_profile (organisation_id, id);

      CREATE TABLE compliance_override (
        id uuid PRIMARY KEY,
        organisation_id uuid NOT NULL REFERENCES organisation,
        -- Jurisdiction of a shipped profile, and which of its rules this one takes the place of.
        profile text NOT NULL,
        rule text NOT NULL,
        value jsonb NOT NULL,
        reason text NOT NULL CHECK (reason <> ''),
        -- First and last day, YYYY-MM-DD, of the called person.
        from_day text NOT NULL,
        to_day text NOT NULL,
        ended_at timestamptz,
        created_by text NOT NULL,
        created_at timestamptz NOT NULL,
        version integer NOT NULL DEFAULT 1,
        CHECK (from_day <= to_day)
      );
      CREATE INDEX compliance_override_page ON compliance_override (organisation_id, id);`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE compliance_override;
      DROP TABLE compliance_profile;
      ALTER TABLE organisation DROP COLUMN law_version;`);
  }
}
