-- What the warehouse must still learn. Rows are written in the transaction that makes the fact and deleted, with their
-- batch, once the warehouse has acknowledged them.
CREATE TABLE outbox (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  organisation_id uuid NOT NULL,
  kind text NOT NULL,
  payload jsonb NOT NULL,
  at timestamptz NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 10000, autovacuum_vacuum_cost_delay = 0);
CREATE INDEX outbox_order ON outbox (kind, id);

-- The batch being sent, at most one of a kind. Its membership is stored before it is sent: a retry is the same rows in
-- the same order under the same deduplication token, whoever sends it. The id is a uuid because a token must never come
-- again in the life of the warehouse, not even after PostgreSQL was restored or started anew.
CREATE TABLE outbox_batch (
  kind text PRIMARY KEY,
  id uuid NOT NULL,
  row_ids bigint[] NOT NULL,
  created_at timestamptz NOT NULL,
  -- Whose turn it is to send it, on PostgreSQL's clock. Spares double work only: two senders of one batch do no harm.
  leased_until timestamptz NOT NULL
);

-- Facts that the warehouse refuses by themselves: kept with the reason until somebody has put them right.
CREATE TABLE outbox_refused (
  id bigint PRIMARY KEY,
  organisation_id uuid NOT NULL,
  kind text NOT NULL,
  payload jsonb NOT NULL,
  at timestamptz NOT NULL,
  error text NOT NULL,
  refused_at timestamptz NOT NULL
);
