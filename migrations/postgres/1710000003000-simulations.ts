import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Simulations asked for through the API: what was asked, how far it is, what came of it. */
export class Simulations1710000003000 implements MigrationInterface {
  readonly name = 'Simulations1710000003000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE simulation (
        id uuid PRIMARY KEY,
        organisation_id uuid NOT NULL,
        -- Whose history it is made from.
        campaign_id uuid,
        state text NOT NULL CHECK (state IN ('QUEUED', 'RUNNING', 'COMPLETED', 'FAILED', 'CANCELLED')),
        input jsonb NOT NULL,
        -- World, agents, pacing and seeds; null until the history has been read.
        plan jsonb,
        progress double precision NOT NULL DEFAULT 0 CHECK (progress BETWEEN 0 AND 1),
        result jsonb,
        error_code text,
        error_message text,
        seq bigint NOT NULL DEFAULT 1,
        created_by text NOT NULL,
        created_at timestamptz NOT NULL,
        started_at timestamptz,
        ended_at timestamptz,
        CHECK ((state = 'COMPLETED') = (result IS NOT NULL))
      );
      CREATE INDEX simulation_organisation ON simulation (organisation_id, id);
      CREATE INDEX simulation_open ON simulation (organisation_id, id) WHERE state IN ('QUEUED', 'RUNNING');
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE simulation');
  }
}
