import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What a campaign's message to an abandoned person holds, by its manager's word. */
export class AbandonedMessage1710000007230 implements MigrationInterface {
  readonly name = 'AbandonedMessage1710000007230';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE campaign ADD COLUMN abandoned_message_elements text[] NOT NULL DEFAULT '{}'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE campaign DROP COLUMN abandoned_message_elements');
  }
}
