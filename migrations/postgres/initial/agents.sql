CREATE TABLE dialer (
  id uuid PRIMARY KEY,
  organisation_id uuid NOT NULL REFERENCES organisation,
  name text NOT NULL,
  -- ARI application name: one per dialer, so that a take-over inherits the event stream.
  application text NOT NULL UNIQUE,
  -- Where its switch listens (ari://user:password@host:port); null: the deployment's ARI_URL. Never returned by the API.
  ari_url text,
  trunk text NOT NULL DEFAULT 'carrier',
  max_lines integer NOT NULL DEFAULT 1000 CHECK (max_lines BETWEEN 1 AND 10000),
  originates_per_second integer NOT NULL DEFAULT 50 CHECK (originates_per_second BETWEEN 1 AND 1000),
  created_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  UNIQUE (organisation_id, name)
);

-- Who acts for a dialer. Leases run in real time on PostgreSQL's clock.
CREATE TABLE dialer_lease (
  dialer_id uuid PRIMARY KEY REFERENCES dialer ON DELETE CASCADE,
  owner text NOT NULL,
  expires_at timestamptz NOT NULL
);

-- Written only at take-over; every dialer transaction begins by locking this row FOR SHARE with its own epoch.
CREATE TABLE dialer_epoch (
  dialer_id uuid PRIMARY KEY REFERENCES dialer ON DELETE CASCADE,
  epoch bigint NOT NULL
);

CREATE TABLE team (
  id uuid PRIMARY KEY,
  organisation_id uuid NOT NULL REFERENCES organisation,
  dialer_id uuid NOT NULL REFERENCES dialer,
  name text NOT NULL,
  created_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  UNIQUE (organisation_id, name)
);

CREATE TABLE agent (
  id uuid PRIMARY KEY,
  organisation_id uuid NOT NULL REFERENCES organisation,
  team_id uuid NOT NULL REFERENCES team,
  -- The user who may work as this agent.
  user_id uuid REFERENCES app_user,
  name text NOT NULL,
  skills text[] NOT NULL DEFAULT '{}',
  created_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX agent_user ON agent (user_id) WHERE user_id IS NOT NULL;
CREATE INDEX agent_page ON agent (organisation_id, id);
CREATE INDEX agent_team ON agent (team_id);

CREATE TABLE device (
  id uuid PRIMARY KEY,
  organisation_id uuid NOT NULL REFERENCES organisation,
  agent_id uuid NOT NULL REFERENCES agent ON DELETE CASCADE,
  kind text NOT NULL CHECK (kind IN ('EXTENSION', 'NUMBER', 'WEBRTC')),
  address text NOT NULL,
  label text NOT NULL DEFAULT '',
  created_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  UNIQUE (organisation_id, kind, address)
);
CREATE INDEX device_agent ON device (agent_id);

-- A log-in with a device. One open session per agent: a second desktop takes part in it or is refused.
CREATE TABLE agent_session (
  id uuid PRIMARY KEY,
  organisation_id uuid NOT NULL,
  agent_id uuid NOT NULL REFERENCES agent,
  dialer_id uuid NOT NULL,
  team_id uuid NOT NULL,
  device_id uuid NOT NULL,
  device_kind text NOT NULL,
  device_address text NOT NULL,
  opened_at timestamptz NOT NULL,
  closed_at timestamptz,
  close_reason text
);
CREATE UNIQUE INDEX agent_session_open ON agent_session (agent_id) WHERE closed_at IS NULL;
CREATE INDEX agent_session_dialer ON agent_session (dialer_id) WHERE closed_at IS NULL;

-- The row behind an agent's desktop: its seq rises in the transaction that changes it.
CREATE TABLE agent_state (
  agent_id uuid PRIMARY KEY REFERENCES agent ON DELETE CASCADE,
  organisation_id uuid NOT NULL,
  dialer_id uuid NOT NULL,
  session_id uuid,
  state text NOT NULL CHECK (state IN ('LOGGED_OUT', 'IDLE', 'AVAILABLE', 'RESERVED', 'CONNECTED', 'WRAP_UP')),
  reason text,
  pending text,
  since timestamptz NOT NULL,
  campaign_id uuid,
  reservation_id uuid,
  -- The attempt whose customer the panel shows.
  attempt_id uuid,
  seq bigint NOT NULL DEFAULT 1
);
CREATE INDEX agent_state_dialer ON agent_state (dialer_id) WHERE state <> 'LOGGED_OUT';

-- Every state an agent has been in: occupancy and audit.
CREATE TABLE agent_state_history (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  organisation_id uuid NOT NULL,
  agent_id uuid NOT NULL,
  session_id uuid,
  state text NOT NULL,
  reason text,
  campaign_id uuid,
  attempt_id uuid,
  at timestamptz NOT NULL
);
CREATE INDEX agent_state_history_agent ON agent_state_history (agent_id, id);

CREATE TABLE reservation (
  id uuid PRIMARY KEY,
  organisation_id uuid NOT NULL,
  agent_id uuid NOT NULL,
  session_id uuid NOT NULL,
  campaign_id uuid NOT NULL,
  opened_at timestamptz NOT NULL,
  answered_at timestamptz,
  closed_at timestamptz,
  close_reason text
);
CREATE UNIQUE INDEX reservation_open ON reservation (agent_id) WHERE closed_at IS NULL;
