import type { MigrationInterface, QueryRunner } from 'typeorm';

const matches = (type: string): string => `
CREATE FUNCTION contact_matches(attributes jsonb, path ${type}) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
  $$ SELECT path IS NULL OR coalesce(attributes @@ path::jsonpath, false) $$`;

/** A campaign's filter is kept as PostgreSQL reads it: as a text it was parsed anew for every contact that it was asked about. */
export class FilterPath1710000008000 implements MigrationInterface {
  readonly name = 'FilterPath1710000008000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('DROP FUNCTION contact_matches(jsonb, text)');
    await runner.query(
      'ALTER TABLE campaign ALTER COLUMN contact_filter_path TYPE jsonpath USING contact_filter_path::jsonpath',
    );
    await runner.query(matches('jsonpath'));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP FUNCTION contact_matches(jsonb, jsonpath)');
    await runner.query('ALTER TABLE campaign ALTER COLUMN contact_filter_path TYPE text');
    await runner.query(matches('text'));
  }
}
