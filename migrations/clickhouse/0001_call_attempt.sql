-- One row per attempt; a later version replaces an earlier one (wrap-up, correction). Names and full numbers never come
-- here: they are joined from PostgreSQL at read time by role. Read with FINAL.
CREATE TABLE IF NOT EXISTS call_attempt
(
  organisation_id UUID,
  campaign_id UUID,
  campaign_type LowCardinality(String),
  claimed_at DateTime64(3, 'UTC'),
  attempt_id UUID,
  list_id UUID,
  contact_id UInt64,
  agent_id Nullable(UUID),
  dialer_id UUID,
  mode LowCardinality(String),
  zone LowCardinality(String),
  masked_number String,
  attempt_no UInt16,
  covered Bool,
  outcome LowCardinality(String),
  abandon_cause LowCardinality(String),
  live_answer Bool,
  late Bool,
  ended_by LowCardinality(String),
  q850 Nullable(UInt16),
  sip Nullable(UInt16),
  wrap_up_code LowCardinality(String),
  placed_at Nullable(DateTime64(3, 'UTC')),
  ringing_at Nullable(DateTime64(3, 'UTC')),
  answered_at Nullable(DateTime64(3, 'UTC')),
  classified_at Nullable(DateTime64(3, 'UTC')),
  connected_at Nullable(DateTime64(3, 'UTC')),
  ended_at Nullable(DateTime64(3, 'UTC')),
  wrapped_up_at Nullable(DateTime64(3, 'UTC')),
  version UInt32
)
ENGINE = ReplacingMergeTree(version)
PARTITION BY toYYYYMM(claimed_at)
ORDER BY (organisation_id, campaign_id, claimed_at, attempt_id)
SETTINGS non_replicated_deduplication_window = 1000;
