import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = `
ALTER TABLE callback
  ADD COLUMN kind text NOT NULL DEFAULT 'ANYONE' CHECK (kind IN ('ANYONE', 'PERSONAL')),
  -- Of a personal one.
  ADD COLUMN if_away text CHECK (if_away IN ('ANYONE', 'WAIT')),
  ADD CONSTRAINT callback_is_somebodys CHECK (kind = 'ANYONE' OR (agent_id IS NOT NULL AND if_away IS NOT NULL));

ALTER TABLE campaign_contact
  -- The agent who alone may make its callback; null: anyone may.
  ADD COLUMN callback_agent_id uuid,
  -- From when on anyone may; null: never.
  ADD COLUMN callback_anyone_at timestamptz;

-- What waits for its agent is not among what is selected for anyone.
DROP INDEX campaign_contact_next;
DROP INDEX campaign_contact_waiting;
CREATE INDEX campaign_contact_next ON campaign_contact (campaign_id, priority, zone, law, sort_key, due_at, contact_id)
  WHERE state = 'READY' AND queued AND NOT filtered_out AND callback_agent_id IS NULL;
CREATE INDEX campaign_contact_waiting ON campaign_contact (campaign_id, due_at, contact_id)
  WHERE state = 'READY' AND NOT queued AND NOT filtered_out AND callback_agent_id IS NULL;
CREATE INDEX campaign_contact_personal ON campaign_contact (campaign_id, due_at, contact_id)
  WHERE state = 'READY' AND callback_agent_id IS NOT NULL;
CREATE INDEX campaign_contact_callback ON campaign_contact (callback_id) WHERE callback_id IS NOT NULL;

-- A promise goes before the filter.
UPDATE campaign_contact SET filtered_out = false WHERE filtered_out AND callback_id IS NOT NULL;
`;

const DOWN = `
DROP INDEX campaign_contact_callback;
DROP INDEX campaign_contact_personal;
DROP INDEX campaign_contact_waiting;
DROP INDEX campaign_contact_next;
CREATE INDEX campaign_contact_next ON campaign_contact (campaign_id, priority, zone, law, sort_key, due_at, contact_id)
  WHERE state = 'READY' AND queued AND NOT filtered_out;
CREATE INDEX campaign_contact_waiting ON campaign_contact (campaign_id, due_at, contact_id)
  WHERE state = 'READY' AND NOT queued AND NOT filtered_out;
ALTER TABLE campaign_contact DROP COLUMN callback_anyone_at, DROP COLUMN callback_agent_id;
ALTER TABLE callback DROP CONSTRAINT callback_is_somebodys, DROP COLUMN if_away, DROP COLUMN kind;
`;

/** Callbacks that are to be made by one agent. */
export class PersonalCallbacks1710000007010 implements MigrationInterface {
  readonly name = 'PersonalCallbacks1710000007010';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(UP);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(DOWN);
  }
}
