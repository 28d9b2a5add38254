-- Orders to a dialer. The id is the caller's idempotency key; result and effect are one transaction of the dialer.
CREATE TABLE dialer_command (
  seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  organisation_id uuid NOT NULL,
  id text NOT NULL,
  dialer_id uuid NOT NULL,
  -- The agent or campaign it is about: commands of one target are taken one at a time, in order.
  target text NOT NULL,
  kind text NOT NULL,
  body jsonb NOT NULL,
  created_by text NOT NULL,
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  -- {"ok": true, …} or {"ok": false, "code": …, "message": …}
  result jsonb,
  done_at timestamptz,
  UNIQUE (organisation_id, id)
);
CREATE INDEX dialer_command_open ON dialer_command (dialer_id, seq) WHERE result IS NULL;

-- Recorded before it is placed (write-ahead); ends in exactly one outcome.
CREATE TABLE call_attempt (
  id uuid PRIMARY KEY,
  organisation_id uuid NOT NULL,
  campaign_id uuid NOT NULL,
  list_id uuid NOT NULL,
  contact_id bigint NOT NULL,
  dialer_id uuid NOT NULL,
  epoch bigint NOT NULL,
  number text NOT NULL,
  mode text NOT NULL,
  zone text NOT NULL,
  caller_id text NOT NULL,
  attempt_no integer NOT NULL,
  -- The agent it was pledged to when claimed, then the one it was connected to.
  agent_id uuid,
  -- Whether a pledged agent stood behind it when it was claimed.
  covered boolean NOT NULL,
  claimed_at timestamptz NOT NULL,
  -- The originate may not leave after this moment.
  not_after timestamptz NOT NULL,
  phase text NOT NULL DEFAULT 'CLAIMED' CHECK (phase IN ('CLAIMED', 'PLACED', 'RINGING', 'ANSWERED', 'CONNECTED', 'ENDED')),
  placed_at timestamptz,
  ringing_at timestamptz,
  answered_at timestamptz,
  classified_at timestamptz,
  connected_at timestamptz,
  ended_at timestamptz,
  outcome text,
  abandon_cause text,
  live_answer boolean NOT NULL DEFAULT false,
  late boolean NOT NULL DEFAULT false,
  ended_by text,
  q850 integer,
  sip integer,
  wrap_up_code text,
  wrapped_up_at timestamptz,
  -- What was checked when it was claimed: the gates with their inputs, for the record of the verdict.
  verdict jsonb NOT NULL,
  -- Rises with every change that reports must see.
  version integer NOT NULL DEFAULT 1,
  CHECK ((outcome IS NULL) = (phase <> 'ENDED'))
);
CREATE INDEX call_attempt_open ON call_attempt (dialer_id) WHERE outcome IS NULL;
CREATE INDEX call_attempt_campaign ON call_attempt (campaign_id, claimed_at);
CREATE INDEX call_attempt_contact ON call_attempt (contact_id, claimed_at);
CREATE UNIQUE INDEX call_attempt_one_per_number ON call_attempt (organisation_id, number) WHERE outcome IS NULL;

-- The abandon guard's exact ledger: live answers and abandons by cause, per campaign and minute, written with the outcome.
CREATE TABLE abandon_ledger (
  campaign_id uuid NOT NULL,
  minute timestamptz NOT NULL,
  organisation_id uuid NOT NULL,
  live_answers integer NOT NULL DEFAULT 0,
  overdial integer NOT NULL DEFAULT 0,
  agent_lost integer NOT NULL DEFAULT 0,
  amd_false integer NOT NULL DEFAULT 0,
  fault integer NOT NULL DEFAULT 0,
  PRIMARY KEY (campaign_id, minute)
);
