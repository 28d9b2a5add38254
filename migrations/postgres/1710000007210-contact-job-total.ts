import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How many contacts a job will look at, known when it begins. */
export class ContactJobTotal1710000007210 implements MigrationInterface {
  readonly name = 'ContactJobTotal1710000007210';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE contact_job ADD COLUMN contacts_total integer NOT NULL DEFAULT 0');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE contact_job DROP COLUMN contacts_total');
  }
}
