import { type CallbackQuestion, callbackStep } from '../../src/contacts/callbacks/callback-step';
import type { NextStep } from '../../src/contacts/retry/next-step';

const at = (minutes: number) => new Date(Date.parse('2026-03-02T15:00:00Z') + minutes * 60_000);
const callback = { id: 'k1', from: at(120), until: at(180), attemptId: 'a1' };
const ready: NextStep = { state: 'READY', attempts: 1, uncounted: 0, dueAt: at(60), numberIndex: 1, tried: {} };
const closed = (reason: Extract<NextStep, { state: 'CLOSED' }>['reason']): NextStep => ({
  state: 'CLOSED',
  attempts: 3,
  uncounted: 0,
  reason,
});
const ask = (over: Partial<CallbackQuestion>) =>
  callbackStep({
    step: ready,
    callback,
    endedAttemptId: 'a2',
    reached: false,
    maxAttempts: 3,
    numberIndex: 0,
    tried: {},
    ...over,
  });

test('without a callback the rules alone decide', () => {
  expect(ask({ callback: null })).toEqual({ step: ready, kept: null, ended: null });
});

test('promised in the call that has ended: due then, on the number that was promised, with an attempt left', () => {
  for (const step of [ready, closed('LIVE_VOICE'), closed('WRAP_UP'), closed('MAX_ATTEMPTS')]) {
    const decided = ask({ step, endedAttemptId: 'a1', reached: true });
    expect(decided).toMatchObject({
      kept: callback,
      ended: null,
      step: { state: 'READY', dueAt: at(120), numberIndex: 0 },
    });
    expect(decided.step.attempts).toBeLessThan(3);
  }
});

test('no promise outlives an opt-out or its list', () => {
  for (const reason of ['OPTED_OUT', 'LIST_EXPIRED'] as const) {
    const step = closed(reason as 'OPTED_OUT');
    expect(ask({ step, endedAttemptId: 'a1' })).toEqual({ step, kept: null, ended: { state: 'CANCELLED', reason } });
  }
});

test('the promised call: kept when reached, tried again when not, missed when nothing is left to try', () => {
  expect(ask({ reached: true, step: closed('WRAP_UP') })).toMatchObject({ kept: null, ended: { state: 'DONE' } });
  expect(ask({})).toEqual({ step: ready, kept: callback, ended: null });
  expect(ask({ step: closed('MAX_ATTEMPTS') })).toMatchObject({
    kept: null,
    ended: { state: 'MISSED', reason: 'MAX_ATTEMPTS' },
  });
});
