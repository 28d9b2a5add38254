import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = `
CREATE TABLE dnc_list (
  id uuid PRIMARY KEY,
  organisation_id uuid NOT NULL REFERENCES organisation,
  name text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('INTERNAL', 'NDNC', 'CUSTOM')),
  -- Of a national registry: whose, and how its numbers are read.
  country text NOT NULL,
  -- Which import is in force: a registry changes as a whole, by this column. Null: nothing was imported.
  generation bigint,
  imported_numbers bigint NOT NULL DEFAULT 0,
  imported_at timestamptz,
  -- Lengths that its prefixes have or had: without any, a number costs no look-up of its prefixes.
  prefix_lengths smallint[] NOT NULL DEFAULT '{}',
  created_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  UNIQUE (organisation_id, name)
);

CREATE TABLE dnc_entry (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  organisation_id uuid NOT NULL,
  list_id uuid NOT NULL REFERENCES dnc_list,
  kind text NOT NULL CHECK (kind IN ('NUMBER', 'PREFIX', 'CUSTOMER_ID')),
  value text NOT NULL,
  source text NOT NULL,
  reason text NOT NULL DEFAULT '',
  added_by text NOT NULL,
  added_at timestamptz NOT NULL,
  expires_at timestamptz,
  UNIQUE (list_id, kind, value)
);
CREATE INDEX dnc_entry_value ON dnc_entry (organisation_id, kind, value);

CREATE TABLE dnc_import (
  id uuid PRIMARY KEY,
  organisation_id uuid NOT NULL,
  -- Of a list that may have been removed since.
  list_id uuid NOT NULL,
  -- Its numbers stand in dnc_block under this.
  generation bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
  format text NOT NULL CHECK (format IN ('PLAIN', 'CSV')),
  number_column text,
  replaces boolean NOT NULL,
  source text NOT NULL,
  reason text NOT NULL DEFAULT '',
  upload_token_hash bytea NOT NULL UNIQUE,
  upload_expires_at timestamptz NOT NULL,
  state text NOT NULL CHECK (state IN ('AWAITING_UPLOAD', 'UPLOADING', 'QUEUED', 'RUNNING', 'COMPLETED', 'FAILED', 'CANCELLED')),
  bytes_total bigint NOT NULL DEFAULT 0,
  bytes_read bigint NOT NULL DEFAULT 0,
  lines_read bigint NOT NULL DEFAULT 0,
  lines_rejected bigint NOT NULL DEFAULT 0,
  lines_duplicate bigint NOT NULL DEFAULT 0,
  -- Different numbers of the file that are stored.
  numbers bigint NOT NULL DEFAULT 0,
  -- Parts of the second pass that are done.
  stored_percent smallint NOT NULL DEFAULT 0,
  error_code text,
  error_message text,
  -- Its blocks are in force no more and wait to be removed.
  superseded boolean NOT NULL DEFAULT false,
  seq bigint NOT NULL DEFAULT 1,
  created_by text NOT NULL,
  created_at timestamptz NOT NULL,
  started_at timestamptz,
  ended_at timestamptz
);
CREATE INDEX dnc_import_page ON dnc_import (organisation_id, id);
CREATE INDEX dnc_import_open ON dnc_import (state, upload_expires_at)
  WHERE state IN ('AWAITING_UPLOAD', 'UPLOADING', 'QUEUED', 'RUNNING');
CREATE INDEX dnc_import_superseded ON dnc_import (generation) WHERE superseded;

CREATE TABLE dnc_import_error (
  import_id uuid NOT NULL REFERENCES dnc_import ON DELETE CASCADE,
  line bigint NOT NULL,
  code text NOT NULL,
  message text NOT NULL,
  PRIMARY KEY (import_id, line)
);

-- Ten thousand numbers that differ in their last four digits only are one row: few of them as a list of these digits, many as
-- a bit for each. A registry of hundreds of millions is some hundred thousand rows of at most 1.3 kB.
CREATE TABLE dnc_block (
  generation bigint NOT NULL,
  block bigint NOT NULL,
  offsets smallint[],
  bits bytea,
  PRIMARY KEY (generation, block),
  CHECK ((offsets IS NULL) <> (bits IS NULL))
);

ALTER TABLE campaign
  ADD COLUMN ndnc boolean NOT NULL DEFAULT true,
  ADD COLUMN ndnc_off_reason text,
  ADD COLUMN dnc_list_ids uuid[] NOT NULL DEFAULT '{}',
  ADD COLUMN dnc_scrub_at_delivery boolean NOT NULL DEFAULT true,
  ADD COLUMN suppression_rule_set_id uuid;

ALTER TABLE contact_list
  ADD COLUMN dnc_scrub_at_load text NOT NULL DEFAULT 'NONE' CHECK (dnc_scrub_at_load IN ('NONE', 'INTERNAL', 'ALL'));

CREATE TABLE dnc_scrub (
  id uuid PRIMARY KEY,
  organisation_id uuid NOT NULL,
  list_id uuid NOT NULL REFERENCES contact_list,
  state text NOT NULL CHECK (state IN ('QUEUED', 'RUNNING', 'COMPLETED', 'FAILED')),
  contacts_total bigint NOT NULL DEFAULT 0,
  contacts_read bigint NOT NULL DEFAULT 0,
  contacts_listed bigint NOT NULL DEFAULT 0,
  contacts_closed bigint NOT NULL DEFAULT 0,
  -- Contacts by what they are listed as: {"INTERNAL": 3, "NDNC": 12, "CUSTOM": 0, "OPT_OUT": 1}; one may stand in several.
  listed_as jsonb NOT NULL DEFAULT '{}',
  read_to bigint NOT NULL DEFAULT 0,
  seq bigint NOT NULL DEFAULT 1,
  created_by text NOT NULL,
  created_at timestamptz NOT NULL,
  started_at timestamptz,
  ended_at timestamptz
);
CREATE INDEX dnc_scrub_open ON dnc_scrub (state) WHERE state IN ('QUEUED', 'RUNNING');

-- Who asked not to be called any more, and who took that back. In force while not withdrawn.
CREATE TABLE opt_out (
  id uuid PRIMARY KEY,
  organisation_id uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('NUMBER', 'CUSTOMER_ID')),
  value text NOT NULL,
  source text NOT NULL,
  reason text NOT NULL DEFAULT '',
  attempt_id uuid,
  added_by text NOT NULL,
  added_at timestamptz NOT NULL,
  withdrawn_by text,
  withdrawn_at timestamptz,
  withdrawal_reason text
);
CREATE UNIQUE INDEX opt_out_in_force ON opt_out (organisation_id, kind, value) WHERE withdrawn_at IS NULL;
CREATE INDEX opt_out_page ON opt_out (organisation_id, id);

CREATE TABLE suppression_rule_set (
  id uuid PRIMARY KEY,
  organisation_id uuid NOT NULL REFERENCES organisation,
  name text NOT NULL,
  rules jsonb NOT NULL,
  created_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  UNIQUE (organisation_id, name)
);

ALTER TABLE campaign
  ADD CONSTRAINT campaign_suppression FOREIGN KEY (suppression_rule_set_id) REFERENCES suppression_rule_set;
`;

/** Do-not-call lists and registries, opt-outs, scrubs, suppression rules; which of them hold for a campaign. */
export class DoNotCall1710000007000 implements MigrationInterface {
  readonly name = 'DoNotCall1710000007000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(UP);
  }

  async down(): Promise<void> {
    throw new Error('Who must not be called is not forgotten: restore a copy instead');
  }
}
