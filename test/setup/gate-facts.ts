import type { GateFacts } from '../../src/compliance/gates';
import type { Law } from '../../src/compliance/law/law';

/** A law that forbids nothing. */
export const LAW: Law = {
  codes: '',
  profiles: [],
  overrides: [],
  callingHours: () => ({ open: true }),
  hoursInWords: () => '00:00–24:00',
  caps: [],
  minimumRingMs: 15_000,
  abandon: [],
  lockAfterAbandon: null,
  message: { withinMs: 2_000, elements: [] },
  retentionDays: 0,
  unknownZone: 'STRICTEST',
  zones: [],
};

/** A contact that no gate refuses, at noon in New York on a Wednesday, but for what is changed. */
export const openFacts = (change: Partial<GateFacts> = {}): GateFacts => ({
  at: Date.parse('2026-03-04T17:00:00Z'),
  organisation: { diallingStopped: false },
  campaign: {
    id: 'c1',
    state: 'RUNNING',
    subject: 'loans',
    caps: [],
    schedule: null,
    maxAttempts: 3,
    ndnc: true,
    callingHours: { startMinute: 0, endMinute: 1440 },
  },
  contact: {
    state: 'READY',
    dueAt: 0,
    wanted: true,
    attempts: 0,
    person: null,
    zone: 'America/New_York',
    callback: null,
  },
  list: { stopped: false, expiresAt: null },
  modes: null,
  instead: () => undefined,
  number: { number: '+12125550100', abandonedAt: null, listedAs: [], inFlight: false },
  attempts: [],
  suppression: null,
  agentGuaranteed: false,
  pledgedTo: null,
  lawAt: () => LAW,
  ...change,
});
