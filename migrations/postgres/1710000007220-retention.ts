import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How long an organisation keeps records of calls and persons. */
export class Retention1710000007220 implements MigrationInterface {
  readonly name = 'Retention1710000007220';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE organisation
        -- Null: for good.
        ADD COLUMN retention_days integer CHECK (retention_days BETWEEN 30 AND 36600),
        -- When what is older was last removed.
        ADD COLUMN purged_at timestamptz;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE organisation DROP COLUMN retention_days, DROP COLUMN purged_at');
  }
}
