import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Whose law a campaign's contacts are under is asked about once a minute: a few steps in this index. */
export class CampaignLaws1710000005900 implements MigrationInterface {
  readonly name = 'CampaignLaws1710000005900';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE INDEX campaign_contact_law ON campaign_contact (campaign_id, law)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX campaign_contact_law');
  }
}
