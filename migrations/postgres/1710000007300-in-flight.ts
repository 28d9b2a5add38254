import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Whether a number is in a call is told by its open attempt alone, of which there is at most one. */
export class InFlight1710000007300 implements MigrationInterface {
  readonly name = 'InFlight1710000007300';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE phone_number DROP COLUMN attempt_in_flight');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE phone_number ADD COLUMN attempt_in_flight uuid;
      UPDATE phone_number p SET attempt_in_flight = a.id FROM call_attempt a
      WHERE a.organisation_id = p.organisation_id AND a.number = p.number AND a.outcome IS NULL`);
  }
}
