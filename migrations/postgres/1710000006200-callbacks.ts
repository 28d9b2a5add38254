import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Calls that were promised for a time. */
export class Callbacks1710000006200 implements MigrationInterface {
  readonly name = 'Callbacks1710000006200';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE callback (
        id uuid PRIMARY KEY,
        place bigint GENERATED ALWAYS AS IDENTITY,
        organisation_id uuid NOT NULL REFERENCES organisation,
        campaign_id uuid NOT NULL,
        contact_id bigint NOT NULL,
        -- The call in which it was promised, and by whom.
        attempt_id uuid,
        agent_id uuid,
        from_at timestamptz NOT NULL,
        until_at timestamptz NOT NULL,
        fallback text NOT NULL CHECK (fallback IN ('QUEUE', 'NEXT_BUSINESS_DAY', 'CLOSE')),
        note text NOT NULL DEFAULT '',
        -- DUE is SCHEDULED whose time has come.
        state text NOT NULL DEFAULT 'SCHEDULED' CHECK (state IN ('SCHEDULED', 'DONE', 'MISSED', 'CANCELLED')),
        end_reason text,
        ended_at timestamptz,
        -- The missed one that this one makes good, and how many there were before.
        follows uuid,
        round integer NOT NULL DEFAULT 0,
        created_by text NOT NULL,
        created_at timestamptz NOT NULL
      );
      CREATE INDEX callback_open ON callback (until_at) WHERE state = 'SCHEDULED';
      CREATE INDEX callback_of_agent ON callback (agent_id) WHERE state = 'SCHEDULED';
      CREATE INDEX callback_page ON callback (organisation_id, place);
      CREATE INDEX callback_campaign ON callback (campaign_id, state);
      ALTER TABLE campaign_contact
        ADD COLUMN callback_id uuid,
        -- The end of its window: not dialled as a callback after it.
        ADD COLUMN callback_until timestamptz;
      -- Open callbacks that one agent may have promised.
      ALTER TABLE campaign ADD COLUMN callback_limit_per_agent integer NOT NULL DEFAULT 50
        CHECK (callback_limit_per_agent BETWEEN 1 AND 1000);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE campaign DROP COLUMN callback_limit_per_agent;
      ALTER TABLE campaign_contact DROP COLUMN callback_id, DROP COLUMN callback_until;
      DROP TABLE callback;
    `);
  }
}
