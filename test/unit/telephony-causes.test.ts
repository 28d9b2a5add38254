import { classifyUnanswered } from '../../src/telephony/ari/causes';
import { amdArguments, readVerdict, totalAnalysisMs } from '../../src/telephony/ari/cpa';
import type { CpaParams } from '../../src/telephony/port';
import { analyse, parseAmdArgs } from '../../src/telephony/simulated-switch/amd';

describe('why an unanswered leg ended', () => {
  const of = (cause: number, sip?: number, dialstatus?: string) =>
    classifyUnanswered({ cause, sip, dialstatus }, false);

  test('the cause decides, not the dial status', () => {
    expect(of(1, 404, 'NOANSWER')).toBe('invalid_number');
    expect(of(21, 403, 'NOANSWER')).toBe('rejected');
    expect(of(38, 500, 'NOANSWER')).toBe('network_failure');
  });

  test('interworking is refined by the SIP response', () => {
    expect(of(127, 607)).toBe('rejected');
    expect(of(127, 608)).toBe('rejected');
    expect(of(127, 487)).toBe('network_failure');
    expect(of(127)).toBe('network_failure');
  });

  test('without a cause the dial status decides', () => {
    expect(of(0, undefined, 'BUSY')).toBe('busy');
    expect(of(0, undefined, 'CONGESTION')).toBe('congestion');
  });

  test('without cause and without being dialled the number does not exist', () => {
    expect(of(0)).toBe('invalid_number');
  });

  test('an older switch reports no cause for our own ring timeout', () => {
    expect(classifyUnanswered({ cause: 0, sip: undefined, dialstatus: undefined }, true)).toBe('no_answer');
  });

  test('a cause that nobody knows is a failure of the network', () => {
    expect(of(99)).toBe('network_failure');
  });
});

describe('call progress analysis', () => {
  const cpa: CpaParams = {
    amd: true,
    terminatingTone: false,
    minSilenceMs: 608,
    analysisPeriodMs: 2500,
    minimumValidSpeechMs: 112,
    maxTimeAnalysisMs: 3000,
    maxTermToneAnalysisMs: 30_000,
    onUnsure: 'human',
  };
  const verdict = (voice: Parameters<typeof analyse>[0], greetingMs: number, params: Partial<CpaParams> = {}) =>
    analyse(voice, greetingMs, parseAmdArgs(amdArguments({ ...cpa, ...params })));

  test('the total leaves room for silence, greeting and the pause after it', () => {
    expect(amdArguments(cpa)).toBe('3000,2500,608,6108,112,50,3,256,5000');
    expect(totalAnalysisMs(cpa)).toBe(6108);
  });

  test('persons, machines and silence by the default timers', () => {
    expect(verdict('person', 550)).toMatchObject({ status: 'HUMAN', tookMs: 1580 });
    expect(verdict('machine', 8000)).toMatchObject({ status: 'MACHINE' });
    expect(verdict('words', 0)).toMatchObject({ status: 'MACHINE', cause: 'MAXWORDS-3-3' });
    expect(verdict('deadAir', 0)).toMatchObject({ status: 'MACHINE', cause: 'INITIALSILENCE-3000-3000' });
    expect(verdict('vadPerson', 550)).toMatchObject({ status: 'NOTSURE' });
    expect(verdict('noMedia', 0)).toMatchObject({ status: 'NOTSURE' });
  });

  test('the timers change the verdict', () => {
    expect(verdict('person', 1800).status).toBe('HUMAN');
    expect(verdict('person', 1800, { analysisPeriodMs: 1500 }).status).toBe('MACHINE');
    expect(verdict('person', 550, { minSilenceMs: 200 }).tookMs).toBeLessThan(verdict('person', 550).tookMs);
  });

  test('what the application reads of it', () => {
    expect(readVerdict(['amd', 'HUMAN', 'HUMAN-620-608'])).toMatchObject({ result: 'human', silenceMs: 620 });
    expect(readVerdict(['amd', 'MACHINE', 'LONGGREETING-2500-2500'])).toMatchObject({ result: 'machine' });
    expect(readVerdict(['amd', '', ''])).toMatchObject({ result: 'unsure' });
    expect(readVerdict(['answered'])).toBeUndefined();
  });
});
