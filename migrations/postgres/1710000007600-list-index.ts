import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Nobody looks by list for a contact that is being called: a claim needs no entry in the index for it. */
export class ListIndex1710000007600 implements MigrationInterface {
  readonly name = 'ListIndex1710000007600';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP INDEX campaign_contact_list;
      CREATE INDEX campaign_contact_list ON campaign_contact (list_id, campaign_id) WHERE state <> 'IN_FLIGHT';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP INDEX campaign_contact_list;
      CREATE INDEX campaign_contact_list ON campaign_contact (list_id, campaign_id);
    `);
  }
}
