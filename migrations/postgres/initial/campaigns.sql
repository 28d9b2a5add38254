CREATE TABLE queue (
  id uuid PRIMARY KEY,
  organisation_id uuid NOT NULL REFERENCES organisation,
  name text NOT NULL,
  direction text NOT NULL CHECK (direction IN ('INBOUND', 'OUTDIAL')),
  outbound_campaign boolean NOT NULL DEFAULT false,
  routing text NOT NULL DEFAULT 'LONGEST_AVAILABLE_AGENT' CHECK (routing IN ('LONGEST_AVAILABLE_AGENT')),
  maximum_time_in_queue_seconds integer NOT NULL DEFAULT 3600 CHECK (maximum_time_in_queue_seconds BETWEEN 30 AND 86400),
  -- The call distribution group: its teams supply the agents.
  team_ids uuid[] NOT NULL,
  created_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  UNIQUE (organisation_id, name)
);

CREATE TABLE entry_point (
  id uuid PRIMARY KEY,
  organisation_id uuid NOT NULL REFERENCES organisation,
  name text NOT NULL,
  direction text NOT NULL CHECK (direction IN ('INBOUND', 'OUTDIAL')),
  queue_id uuid NOT NULL REFERENCES queue,
  caller_id text,
  allowed_caller_ids text[] NOT NULL DEFAULT '{}',
  created_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  UNIQUE (organisation_id, name)
);

CREATE TABLE campaign_group (
  id uuid PRIMARY KEY,
  organisation_id uuid NOT NULL REFERENCES organisation,
  name text NOT NULL,
  dialer_id uuid NOT NULL REFERENCES dialer,
  entry_point_id uuid NOT NULL REFERENCES entry_point,
  team_ids uuid[] NOT NULL,
  pacing_mode text NOT NULL CHECK (pacing_mode IN ('PREVIEW', 'PROGRESSIVE', 'PREDICTIVE', 'PROGRESSIVE_IVR', 'PREDICTIVE_IVR')),
  -- Parameters of the mode by their names in the API; only those that belong to it are ever stored.
  pacing jsonb NOT NULL DEFAULT '{}',
  abandon_rate_percent numeric(4, 1) NOT NULL DEFAULT 3 CHECK (abandon_rate_percent BETWEEN 0.1 AND 100),
  caller_id text,
  no_answer_ring_limit_seconds integer NOT NULL DEFAULT 32 CHECK (no_answer_ring_limit_seconds BETWEEN 16 AND 80),
  cpa jsonb NOT NULL DEFAULT '{"cpaEnabled": false, "amdEnabled": false, "terminatingToneDetect": false}',
  -- {"timeZone": "America/New_York", "weekly": {"monday": [{"start": "09:00", "end": "18:00"}], …}, "dateOverrides": […]}; null: always
  schedule jsonb,
  number_length_min integer NOT NULL DEFAULT 7,
  number_length_max integer NOT NULL DEFAULT 15,
  wrap_up_limit_seconds integer NOT NULL DEFAULT 120 CHECK (wrap_up_limit_seconds BETWEEN 0 AND 7200),
  created_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  UNIQUE (organisation_id, name)
);
CREATE INDEX campaign_group_dialer ON campaign_group (dialer_id);

CREATE TABLE campaign (
  id uuid PRIMARY KEY,
  organisation_id uuid NOT NULL REFERENCES organisation,
  group_id uuid NOT NULL REFERENCES campaign_group,
  name text NOT NULL,
  category text NOT NULL DEFAULT '',
  time_zone text NOT NULL DEFAULT 'UTC',
  state text NOT NULL DEFAULT 'DRAFT'
    CHECK (state IN ('DRAFT', 'SCHEDULED', 'RUNNING', 'PAUSED', 'PENDING', 'COMPLETED', 'STOPPED')),
  -- Why it is in this state, e.g. OUTSIDE_SCHEDULE, LIST_FINISHED.
  state_reason text,
  state_since timestamptz NOT NULL,
  -- Rank among campaigns for an agent who could serve several: lower is served first.
  rank integer NOT NULL DEFAULT 100 CHECK (rank BETWEEN 1 AND 1000),
  max_attempts integer NOT NULL DEFAULT 3 CHECK (max_attempts BETWEEN 1 AND 100),
  -- Calling hours in the called person's zone, minutes of the day; lawful default 8:00 to 21:00.
  calling_hours_start_minute integer NOT NULL DEFAULT 480 CHECK (calling_hours_start_minute BETWEEN 0 AND 1439),
  calling_hours_end_minute integer NOT NULL DEFAULT 1260 CHECK (calling_hours_end_minute BETWEEN 1 AND 1440),
  started_at timestamptz,
  created_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  UNIQUE (organisation_id, name),
  CHECK (calling_hours_start_minute < calling_hours_end_minute)
);
CREATE INDEX campaign_group_of ON campaign (group_id);

-- The row behind the live figures of a campaign, written by its dialer about once a second.
CREATE TABLE campaign_live (
  campaign_id uuid PRIMARY KEY REFERENCES campaign ON DELETE CASCADE,
  organisation_id uuid NOT NULL,
  seq bigint NOT NULL DEFAULT 1,
  view jsonb NOT NULL,
  at timestamptz NOT NULL
);
