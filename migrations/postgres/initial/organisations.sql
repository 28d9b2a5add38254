-- Organisation is the tenant: its id is in every table and leads every unique key of tenant data.
-- Times are always given by the caller (business clock); no column has a default of "now".
CREATE TABLE organisation (
  id uuid PRIMARY KEY,
  name text NOT NULL,
  default_country text NOT NULL DEFAULT 'US',
  -- Emergency stop: while set no attempt of this organisation is claimed or placed. Read in the claim's transaction.
  dialling_stopped_at timestamptz,
  dialling_stopped_by text,
  dialling_stop_reason text,
  created_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1
);

CREATE TABLE app_user (
  id uuid PRIMARY KEY,
  organisation_id uuid NOT NULL REFERENCES organisation,
  email text NOT NULL,
  name text NOT NULL,
  -- argon2id; null for a user who only has API keys.
  password_hash text,
  roles text[] NOT NULL,
  status text NOT NULL DEFAULT 'ACTIVE' CHECK (status IN ('ACTIVE', 'DISABLED')),
  failed_logins integer NOT NULL DEFAULT 0,
  locked_until timestamptz,
  -- Tokens issued before this moment are refused (password change, disabling, log-out everywhere).
  tokens_valid_from timestamptz,
  created_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX app_user_email ON app_user (lower(email));
CREATE INDEX app_user_page ON app_user (organisation_id, id);

CREATE TABLE api_key (
  id uuid PRIMARY KEY,
  organisation_id uuid NOT NULL REFERENCES organisation,
  user_id uuid REFERENCES app_user,
  name text NOT NULL,
  -- The first characters, shown to tell keys apart; the key itself is shown once and never stored.
  prefix text NOT NULL,
  key_hash bytea NOT NULL UNIQUE,
  roles text[] NOT NULL,
  expires_at timestamptz,
  revoked_at timestamptz,
  last_used_at timestamptz,
  created_by text NOT NULL,
  created_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1
);
CREATE INDEX api_key_page ON api_key (organisation_id, id);

CREATE TABLE audit_entry (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  organisation_id uuid NOT NULL,
  at timestamptz NOT NULL,
  actor text NOT NULL,
  action text NOT NULL,
  entity text NOT NULL,
  entity_id text NOT NULL,
  before jsonb,
  after jsonb
);
CREATE INDEX audit_entry_page ON audit_entry (organisation_id, id);

-- The answer of a creating or acting mutation by its key, so that a repeat gets the same answer.
CREATE TABLE idempotent_result (
  organisation_id uuid NOT NULL,
  key text NOT NULL,
  mutation text NOT NULL,
  request_hash text NOT NULL,
  entity_id text NOT NULL,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (organisation_id, key)
);

-- One row: how far tests have moved business time forward for every process.
CREATE TABLE clock_offset (
  id integer PRIMARY KEY CHECK (id = 1),
  offset_ms bigint NOT NULL
);
INSERT INTO clock_offset VALUES (1, 0);
