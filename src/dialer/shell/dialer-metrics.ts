import type { Metrics } from '../../infra/metrics';

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];

/** What a dialer counts and measures. */
export const dialerMetrics = (metrics: Metrics) => ({
  tickLag: metrics.histogram('outdial_dialer_tick_lag_seconds', 'How late the ticks come', SECONDS),
  originates: metrics.counter('outdial_dialer_originates_total', 'Originates by what became of them', ['code']),
  attempts: metrics.counter('outdial_attempts_total', 'Attempts ended, by outcome', ['outcome']),
  abandons: metrics.counter('outdial_abandons_total', 'Abandoned calls, by cause', ['cause']),
  claims: metrics.histogram('outdial_dialer_claim_seconds', 'Time of a claim transaction', SECONDS),
  connects: metrics.counter('outdial_dialer_connects_total', 'Connects by what became of them', ['code']),
  answerToConnect: metrics.histogram(
    'outdial_dialer_answer_to_connect_seconds',
    'From the answer to the connect command',
    SECONDS,
  ),
  connectTime: metrics.histogram('outdial_dialer_connect_seconds', 'From the connect command to the bridge', SECONDS),
  writerWaiting: metrics.gauge('outdial_dialer_writer_waiting', 'Effects not yet written to PostgreSQL'),
  writerFailures: metrics.counter('outdial_dialer_writer_failures_total', 'Writes that had to be repeated'),
  writerDropped: metrics.counter('outdial_dialer_writer_dropped_total', 'Effects that PostgreSQL would never take'),
  strayLegs: metrics.counter('outdial_dialer_stray_legs_total', 'Channels of closed attempts that were hung up'),
  takeOvers: metrics.counter('outdial_dialer_resolved_attempts_total', 'Attempts of an earlier owner, by mark', [
    'mark',
  ]),
  forgotten: metrics.counter(
    'outdial_dialer_forgotten_attempts_total',
    'Open attempts that nobody worked on, by mark',
    ['mark'],
  ),
  lines: metrics.gauge('outdial_dialer_lines', 'Attempts in flight'),
  agents: metrics.gauge('outdial_dialer_agents', 'Agents logged in'),
  commands: metrics.counter('outdial_dialer_commands_total', 'Commands taken', ['kind', 'ok']),
  originating: metrics.gauge('outdial_dialer_originating', '1 while originates may leave'),
});

export type DialerMetrics = ReturnType<typeof dialerMetrics>;
