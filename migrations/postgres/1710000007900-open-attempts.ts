import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Attempts in flight are found by their numbers' index alone (ADR 9): one index less that a claim enters each of them in. */
export class OpenAttempts1710000007900 implements MigrationInterface {
  readonly name = 'OpenAttempts1710000007900';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX call_attempt_open');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      'CREATE INDEX call_attempt_open ON call_attempt (dialer_id) WHERE dialer_id IS NOT NULL AND outcome IS NULL',
    );
  }
}
