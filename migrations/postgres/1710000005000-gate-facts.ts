import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = `
-- Jurisdictions of the number that is next, joined by '|': US|US-FL. As stored with the number; '' when it says none.
ALTER TABLE campaign_contact ADD COLUMN law text NOT NULL DEFAULT '';

-- What its calls are about, for caps on calls about the same matter. '': the campaign is a matter of its own.
ALTER TABLE campaign ADD COLUMN subject text NOT NULL DEFAULT '';

ALTER TABLE call_attempt
  -- The contact's external id; null without one.
  ADD COLUMN person text,
  ADD COLUMN subject text NOT NULL DEFAULT '',
  ADD COLUMN law text NOT NULL DEFAULT '';
-- Caps count a number's and a person's attempts of the last days, in every claim.
CREATE INDEX call_attempt_number ON call_attempt (organisation_id, number, claimed_at);
CREATE INDEX call_attempt_person ON call_attempt (organisation_id, person, claimed_at) WHERE person IS NOT NULL;

-- One row per person of an organisation whose calls are capped: the lock under which their attempts are counted.
CREATE TABLE person (
  organisation_id uuid NOT NULL,
  id text NOT NULL,
  PRIMARY KEY (organisation_id, id)
);

-- When a call to the number was last abandoned.
ALTER TABLE phone_number ADD COLUMN abandoned_at timestamptz;
`;

const DOWN = `
ALTER TABLE phone_number DROP COLUMN abandoned_at;
DROP TABLE person;
DROP INDEX call_attempt_person;
DROP INDEX call_attempt_number;
ALTER TABLE call_attempt DROP COLUMN law, DROP COLUMN subject, DROP COLUMN person;
ALTER TABLE campaign DROP COLUMN subject;
ALTER TABLE campaign_contact DROP COLUMN law;
`;

/** What the gate looks at: whose law, which person, which subject, when last abandoned. */
export class GateFacts1710000005000 implements MigrationInterface {
  readonly name = 'GateFacts1710000005000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(UP);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(DOWN);
  }
}
