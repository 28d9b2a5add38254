CREATE TABLE contact_list (
  id uuid PRIMARY KEY,
  organisation_id uuid NOT NULL REFERENCES organisation,
  name text NOT NULL,
  -- Which column is what: {"modes": [{"mode": "Mobile", "column": "phone"}], "externalId": "id", "timeZone": "tz", "attributes": ["first_name"]}
  field_mapping jsonb NOT NULL,
  default_country text NOT NULL,
  contacts integer NOT NULL DEFAULT 0,
  -- Frozen mapping once anything is loaded.
  loaded_at timestamptz,
  created_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  UNIQUE (organisation_id, name)
);

CREATE TABLE campaign_list (
  campaign_id uuid NOT NULL REFERENCES campaign ON DELETE CASCADE,
  list_id uuid NOT NULL REFERENCES contact_list,
  organisation_id uuid NOT NULL,
  priority integer NOT NULL DEFAULT 100,
  attached_at timestamptz NOT NULL,
  -- Null while its contacts are still being taken into the campaign, or loaded into the list.
  filled_at timestamptz,
  -- Up to which contact of the list the campaign has been filled.
  filled_to bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (campaign_id, list_id)
);
CREATE INDEX campaign_list_list ON campaign_list (list_id);

CREATE TABLE contact (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  organisation_id uuid NOT NULL,
  list_id uuid NOT NULL REFERENCES contact_list,
  import_id uuid,
  external_id text,
  -- The first valid number, E.164: one contact per list and number.
  number text NOT NULL,
  -- All numbers by rank: [{"mode": "Mobile", "number": "+1…", "zone": "America/New_York"}]
  -- A zone of several candidates is joined by '|': a call must be lawful in each.
  numbers jsonb NOT NULL,
  attributes jsonb NOT NULL DEFAULT '{}',
  created_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX contact_once ON contact (list_id, number);
-- Pages of a list and filling of campaigns, in the order in which contacts came.
CREATE INDEX contact_page ON contact (list_id, id);

-- A contact's standing in one campaign. Only READY is ever selected.
CREATE TABLE campaign_contact (
  campaign_id uuid NOT NULL,
  contact_id bigint NOT NULL,
  organisation_id uuid NOT NULL,
  list_id uuid NOT NULL,
  state text NOT NULL DEFAULT 'READY' CHECK (state IN ('READY', 'IN_FLIGHT', 'AWAITING_RETRY', 'CLOSED')),
  due_at timestamptz NOT NULL,
  priority integer NOT NULL DEFAULT 100,
  -- Which of the contact's numbers is next, and its zone.
  number_index smallint NOT NULL DEFAULT 0,
  zone text NOT NULL,
  attempts integer NOT NULL DEFAULT 0,
  -- Attempts in a row that did not count (never placed, network): their delay grows and they are bounded.
  uncounted smallint NOT NULL DEFAULT 0,
  last_attempt_id uuid,
  last_outcome text,
  close_reason text,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (campaign_id, contact_id)
);
CREATE INDEX campaign_contact_ready ON campaign_contact (campaign_id, zone, priority, due_at, contact_id)
  WHERE state = 'READY';
CREATE INDEX campaign_contact_awaiting ON campaign_contact (campaign_id, contact_id) WHERE state = 'AWAITING_RETRY';
CREATE INDEX campaign_contact_list ON campaign_contact (list_id, campaign_id);

-- One row per number of an organisation that was ever dialled or opted out: the lock that keeps a person to one call.
CREATE TABLE phone_number (
  organisation_id uuid NOT NULL,
  number text NOT NULL,
  attempt_in_flight uuid,
  opted_out_at timestamptz,
  opt_out_source text,
  PRIMARY KEY (organisation_id, number)
);

CREATE TABLE dnc_number (
  organisation_id uuid NOT NULL,
  number text NOT NULL,
  source text NOT NULL,
  reason text NOT NULL DEFAULT '',
  added_by text NOT NULL,
  added_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (organisation_id, number)
);

CREATE TABLE contact_import (
  id uuid PRIMARY KEY,
  organisation_id uuid NOT NULL,
  list_id uuid NOT NULL REFERENCES contact_list,
  format text NOT NULL CHECK (format IN ('CSV', 'JSON')),
  -- sha-256 of the single-use upload token.
  upload_token_hash bytea NOT NULL UNIQUE,
  upload_expires_at timestamptz NOT NULL,
  state text NOT NULL CHECK (state IN ('AWAITING_UPLOAD', 'UPLOADING', 'QUEUED', 'RUNNING', 'COMPLETED', 'FAILED', 'CANCELLED')),
  bytes_total bigint NOT NULL DEFAULT 0,
  bytes_read bigint NOT NULL DEFAULT 0,
  rows_read integer NOT NULL DEFAULT 0,
  rows_imported integer NOT NULL DEFAULT 0,
  rows_duplicate integer NOT NULL DEFAULT 0,
  rows_rejected integer NOT NULL DEFAULT 0,
  error_code text,
  error_message text,
  seq bigint NOT NULL DEFAULT 1,
  created_by text NOT NULL,
  created_at timestamptz NOT NULL,
  started_at timestamptz,
  ended_at timestamptz
);
CREATE INDEX contact_import_page ON contact_import (organisation_id, id);
-- What sweeps look for.
CREATE INDEX contact_import_open ON contact_import (state, upload_expires_at)
  WHERE state IN ('AWAITING_UPLOAD', 'UPLOADING', 'QUEUED', 'RUNNING');

CREATE TABLE contact_import_error (
  import_id uuid NOT NULL REFERENCES contact_import ON DELETE CASCADE,
  -- Which row of the file it is, from 1; several rows of a JSON file may share a line.
  row_no integer NOT NULL,
  line integer NOT NULL,
  field text NOT NULL,
  code text NOT NULL,
  message text NOT NULL,
  PRIMARY KEY (import_id, row_no)
);
