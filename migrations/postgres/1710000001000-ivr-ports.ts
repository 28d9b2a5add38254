import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What an IVR campaign plays to a person, and which of its ports had an attempt. */
export class IvrPorts1710000001000 implements MigrationInterface {
  readonly name = 'IvrPorts1710000001000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE campaign
        ADD COLUMN ivr_message text,
        ADD COLUMN ivr_message_limit_seconds integer NOT NULL DEFAULT 120
          CHECK (ivr_message_limit_seconds BETWEEN 1 AND 3600);
      -- The port it was pledged to when claimed, then the one that its person was treated by; null without ports.
      ALTER TABLE call_attempt ADD COLUMN ivr_port integer`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE call_attempt DROP COLUMN ivr_port;
      ALTER TABLE campaign DROP COLUMN ivr_message_limit_seconds, DROP COLUMN ivr_message`);
  }
}
