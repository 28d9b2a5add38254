import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = `
-- Windows judged over all campaigns of an organisation that are under the same rule. The row is the lock under which claims
-- of all dialers ask for lines that no agent stands behind.
CREATE TABLE guard_scope (
  organisation_id uuid NOT NULL,
  rule text NOT NULL,
  PRIMARY KEY (organisation_id, rule)
);

-- What its attempts came to, by the minute; written with the outcome. A dialer adds to rows of its own, so that none waits
-- for another.
CREATE TABLE guard_scope_minute (
  organisation_id uuid NOT NULL,
  rule text NOT NULL,
  minute timestamptz NOT NULL,
  dialer_id uuid NOT NULL,
  live_answers integer NOT NULL DEFAULT 0,
  served integer NOT NULL DEFAULT 0,
  overdial integer NOT NULL DEFAULT 0,
  agent_lost integer NOT NULL DEFAULT 0,
  amd_false integer NOT NULL DEFAULT 0,
  fault integer NOT NULL DEFAULT 0,
  PRIMARY KEY (organisation_id, rule, minute, dialer_id)
);

ALTER TABLE call_attempt
  -- The scopes in which it counts: those of its campaign when it was claimed.
  ADD COLUMN guard_scopes text[] NOT NULL DEFAULT '{}',
  -- May yet become an abandon for want of an agent, or is one that its outcome has still to tell. Kept for guard scopes only.
  ADD COLUMN at_risk boolean NOT NULL DEFAULT false;
CREATE INDEX call_attempt_at_risk ON call_attempt (organisation_id) WHERE at_risk AND outcome IS NULL;
`;

const DOWN = `
DROP INDEX call_attempt_at_risk;
ALTER TABLE call_attempt DROP COLUMN at_risk, DROP COLUMN guard_scopes;
DROP TABLE guard_scope_minute;
DROP TABLE guard_scope;
`;

/** Abandon limits that hold for an organisation as a whole. */
export class GuardScopes1710000002100 implements MigrationInterface {
  readonly name = 'GuardScopes1710000002100';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(UP);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(DOWN);
  }
}
