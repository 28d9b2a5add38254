-- What the warehouse must still learn. Rows are written in the transaction that makes the fact and deleted once the
-- warehouse has acknowledged the batch they belong to.
CREATE TABLE outbox (
  id bigint GENERATED ALWAYS AS IDENTITY,
  organisation_id uuid NOT NULL,
  kind text NOT NULL,
  payload jsonb NOT NULL,
  at timestamptz NOT NULL,
  batch_id bigint,
  PRIMARY KEY (id)
);
CREATE INDEX outbox_unbatched ON outbox (kind, id) WHERE batch_id IS NULL;
CREATE INDEX outbox_by_batch ON outbox (batch_id) WHERE batch_id IS NOT NULL;

-- A batch's membership is stored before it is sent: a retry is the same bytes under the same deduplication token.
CREATE TABLE outbox_batch (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind text NOT NULL,
  rows integer NOT NULL,
  created_at timestamptz NOT NULL,
  sent_at timestamptz,
  attempts integer NOT NULL DEFAULT 0
);
