import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Some windows measure abandons against persons served or abandoned: who was in a bridge in time is counted too. */
export class LedgerServed1710000002000 implements MigrationInterface {
  readonly name = 'LedgerServed1710000002000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE abandon_ledger ADD COLUMN served integer NOT NULL DEFAULT 0');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE abandon_ledger DROP COLUMN served');
  }
}
