import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The large indexes take in an attempt when it has ended, which every one of them had to do then anyway. While it is open it is
 * found by its dialer, its number or its person, in indexes as small as the number of lines. Each of these names its key as not
 * null, which tells nothing new of the rows: a question without the key then cannot be answered by walking through all of another
 * index, which looks cheaper while the statistics say that nothing is open. The law of whoever is being called is asked of the
 * attempt.
 */
export class ClaimIndexes1710000007700 implements MigrationInterface {
  readonly name = 'ClaimIndexes1710000007700';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP INDEX campaign_contact_law;
      CREATE INDEX campaign_contact_law ON campaign_contact (campaign_id, law) WHERE state <> 'IN_FLIGHT';
      DROP INDEX call_attempt_contact;
      CREATE INDEX call_attempt_contact ON call_attempt (contact_id) WHERE outcome IS NOT NULL;
      DROP INDEX call_attempt_number;
      CREATE INDEX call_attempt_number ON call_attempt (organisation_id, number, claimed_at) WHERE outcome <> 'NOT_PLACED';
      DROP INDEX call_attempt_person;
      CREATE INDEX call_attempt_person ON call_attempt (organisation_id, person, claimed_at)
        WHERE person IS NOT NULL AND outcome <> 'NOT_PLACED';
      CREATE INDEX call_attempt_open_person ON call_attempt (organisation_id, person)
        WHERE person IS NOT NULL AND outcome IS NULL;
      DROP INDEX call_attempt_one_per_number;
      CREATE UNIQUE INDEX call_attempt_one_per_number ON call_attempt (organisation_id, number)
        WHERE number IS NOT NULL AND outcome IS NULL;
      DROP INDEX call_attempt_open;
      CREATE INDEX call_attempt_open ON call_attempt (dialer_id) WHERE dialer_id IS NOT NULL AND outcome IS NULL;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP INDEX call_attempt_open;
      CREATE INDEX call_attempt_open ON call_attempt (dialer_id) WHERE outcome IS NULL;
      DROP INDEX call_attempt_one_per_number;
      CREATE UNIQUE INDEX call_attempt_one_per_number ON call_attempt (organisation_id, number) WHERE outcome IS NULL;
      DROP INDEX call_attempt_open_person;
      DROP INDEX call_attempt_person;
      CREATE INDEX call_attempt_person ON call_attempt (organisation_id, person, claimed_at) WHERE person IS NOT NULL;
      DROP INDEX call_attempt_number;
      CREATE INDEX call_attempt_number ON call_attempt (organisation_id, number, claimed_at);
      DROP INDEX call_attempt_contact;
      CREATE INDEX call_attempt_contact ON call_attempt (contact_id, claimed_at);
      DROP INDEX campaign_contact_law;
      CREATE INDEX campaign_contact_law ON campaign_contact (campaign_id, law);
    `);
  }
}
