import type { CalleeScript } from '../../src/telephony/simulated-switch';

/**
 * What the callee of a test does, said for each kind of server: as a script of the simulated switch, as an extension of
 * the lab's dialplan (`Local/{number}@carrier/n`), and as a number of the lab's SIP carrier (`PJSIP/{number}@carrier`).
 * Where one is missing, the test says that this server cannot play it.
 */
export interface Scenario {
  script: CalleeScript;
  dialplan?: string;
  sip?: string;
}

const failing = (sip: number, dialplan?: string): Scenario => ({
  script: { outcome: sip, ringMs: 30 },
  ...(dialplan === undefined ? {} : { dialplan }),
  sip: String(sip),
});

export const scenarios = {
  /** Rings a little, answers, stays. */
  person: {
    script: { outcome: 'answer', ringMs: 40, voice: 'person', talkMs: 60_000, patienceMs: 60_000 },
    dialplan: 'human-1',
    sip: '200',
  },
  /** Answers and hangs up soon. */
  quick: { script: { outcome: 'answer', ringMs: 30, hangUpAfterAnswerMs: 80 }, dialplan: 'quick-1' },
  /** Hangs up after a short talk. */
  shortTalk: { script: { outcome: 'answer', ringMs: 30, talkMs: 120, patienceMs: 60_000 } },
  ringsOut: { script: { outcome: 'noAnswer' }, dialplan: 'noanswer', sip: '180' },
  earlyMediaThenInvalid: { script: { outcome: 404, ringMs: 150, progress: 'earlyMedia' }, sip: '183' },
  /** Picks up in the moment of our cancel. */
  glare: { script: { outcome: 'answer', ringMs: 5000, answerOnCancel: true } },
  causeZeroBusy: { script: { outcome: 'busy', cause: 0, ringMs: 20 }, dialplan: 'busyapp' },
  causeZeroCongestion: { script: { outcome: 'congestion', cause: 0, ringMs: 20 }, dialplan: 'congapp' },
  outOfOrder: { script: { outcome: 'rejected', cause: 27, ringMs: 20 }, dialplan: 'oos' },
  temporaryFailure: { script: { outcome: 'rejected', cause: 41, ringMs: 20 }, dialplan: 'tempfail' },
  analysedPerson: { script: { outcome: 'answer', ringMs: 20, voice: 'person', greetingMs: 550, patienceMs: 60_000 } },
  analysedMachine: {
    script: { outcome: 'answer', ringMs: 20, voice: 'machine', greetingMs: 8000, patienceMs: 60_000 },
  },
  analysedWords: { script: { outcome: 'answer', ringMs: 20, voice: 'words', patienceMs: 60_000 } },
  analysedFax: { script: { outcome: 'answer', ringMs: 20, voice: 'fax', patienceMs: 60_000 } },
  analysedNoMedia: { script: { outcome: 'answer', ringMs: 20, voice: 'noMedia', patienceMs: 60_000 } },
  analysedDeadAir: { script: { outcome: 'answer', ringMs: 20, voice: 'deadAir', patienceMs: 60_000 } },
  hangsUpInAnalysis: { script: { outcome: 'answer', ringMs: 20, voice: 'person', hangUpAfterAnswerMs: 30 } },
  hangsUpInMessage: { script: { outcome: 'answer', ringMs: 20, hangUpInMessageMs: 60, patienceMs: 60_000 } },
} satisfies Record<string, Scenario>;

export const sipFailures = {
  403: failing(403, 'rejected'),
  404: failing(404, 'invalid'),
  408: failing(408, 'hup-18'),
  410: failing(410, 'changed'),
  480: failing(480, 'hup-19'),
  484: failing(484, 'hup-28'),
  486: failing(486, 'busy'),
  487: failing(487),
  488: failing(488, 'hup-58'),
  500: failing(500, 'hup-38'),
  502: failing(502, 'hup-27'),
  503: failing(503, 'congestion'),
  504: failing(504, 'hup-102'),
  600: failing(600),
  603: failing(603),
  604: failing(604),
  607: failing(607),
  608: failing(608),
} as const;
