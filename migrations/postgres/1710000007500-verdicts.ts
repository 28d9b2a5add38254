import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = `
-- Why calls were allowed, in the words of the gates: one row for all attempts of an organisation that were judged in the same.
CREATE TABLE verdict (
  organisation_id uuid NOT NULL,
  -- Made of the words.
  id uuid NOT NULL,
  words jsonb NOT NULL,
  -- The last day, in UTC, on which an attempt was claimed by it.
  used_on date NOT NULL,
  PRIMARY KEY (organisation_id, id)
);
INSERT INTO verdict SELECT organisation_id, id, verdict, (claimed_at AT TIME ZONE 'UTC')::date FROM call_attempt;
ALTER TABLE call_attempt ADD COLUMN verdict_id uuid;
UPDATE call_attempt SET verdict_id = id;
ALTER TABLE call_attempt ALTER COLUMN verdict_id SET NOT NULL, DROP COLUMN verdict;
`;

const DOWN = `
ALTER TABLE call_attempt ADD COLUMN verdict jsonb;
UPDATE call_attempt a SET verdict = coalesce(
  (SELECT v.words FROM verdict v WHERE v.organisation_id = a.organisation_id AND v.id = a.verdict_id), '{}');
ALTER TABLE call_attempt ALTER COLUMN verdict SET NOT NULL, DROP COLUMN verdict_id;
DROP TABLE verdict;
`;

/** The words of a verdict are kept once, not with every attempt. */
export class Verdicts1710000007500 implements MigrationInterface {
  readonly name = 'Verdicts1710000007500';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(UP);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(DOWN);
  }
}
