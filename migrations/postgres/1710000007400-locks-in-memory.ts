import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = `
DROP TABLE person;
DELETE FROM phone_number WHERE opted_out_at IS NULL AND abandoned_at IS NULL;
COMMENT ON TABLE phone_number IS 'numbers of an organisation that were opted out, or to which a call was abandoned';
`;

const DOWN = `
COMMENT ON TABLE phone_number IS NULL;
CREATE TABLE person (
  organisation_id uuid NOT NULL,
  id text NOT NULL,
  PRIMARY KEY (organisation_id, id)
);
`;

/** Numbers and persons are locked in memory: no row stands for a lock any more. */
export class LocksInMemory1710000007400 implements MigrationInterface {
  readonly name = 'LocksInMemory1710000007400';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(UP);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(DOWN);
  }
}
