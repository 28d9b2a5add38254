-- What a predictive campaign's pacer decided, and from what: a sample, about one a second and every change of the reason.
-- A decision that was sent twice is one row. Read with FINAL.
CREATE TABLE IF NOT EXISTS pacing_decision
(
  organisation_id UUID,
  campaign_id UUID,
  dialer_id UUID,
  decision_id UUID,
  at DateTime64(3, 'UTC'),
  reason LowCardinality(String),
  agents UInt32,
  idle UInt32,
  lines UInt32,
  expected_freed Float64,
  expected_answers Float64,
  risk Float64,
  threshold Float64,
  theta Float64,
  tokens Float64,
  allowed Float64,
  answer_rate Float64,
  live_rate Float64,
  pledged UInt32,
  uncovered UInt32,
  risk_per_line Float64
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(at)
ORDER BY (organisation_id, campaign_id, at, decision_id)
SETTINGS non_replicated_deduplication_window = 1000;
