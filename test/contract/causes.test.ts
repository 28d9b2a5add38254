import type { TelephonyCause } from '../../src/telephony/port';
import type { Recorder } from './recorder';
import { scenarios, sipFailures } from './scenarios';
import { contractTest, Rig, server } from './target';

describe('why a call was not answered', () => {
  let rig: Rig;
  beforeEach(async () => {
    rig = await Rig.start();
  });
  afterEach(() => rig.close());

  const sipSeen = (): boolean => server !== 'dialplan';

  const rows: [keyof typeof sipFailures, number, TelephonyCause, 'far' | 'network'][] = [
    [403, 21, 'rejected', 'far'],
    [404, 1, 'invalid_number', 'far'],
    [408, 18, 'no_answer', 'far'],
    [410, 22, 'invalid_number', 'far'],
    [480, 19, 'no_answer', 'far'],
    [484, 28, 'invalid_number', 'far'],
    [486, 17, 'busy', 'far'],
    [487, 127, 'network_failure', 'network'],
    [488, 58, 'config_error', 'network'],
    [500, 38, 'network_failure', 'network'],
    [502, 27, 'network_failure', 'network'],
    [503, 34, 'congestion', 'network'],
    [504, 102, 'network_failure', 'network'],
    [600, 17, 'busy', 'far'],
    [603, 21, 'rejected', 'far'],
    [604, 1, 'invalid_number', 'far'],
    [607, 127, 'rejected', 'far'],
    [608, 127, 'rejected', 'far'],
  ];
  for (const [sip, q850, cause, by] of rows) {
    contractTest(`carrier says ${sip}: ${cause}`, sipFailures[sip], async () => {
      const { port, recorder } = await rig.open();
      const leg = await rig.place(port, sipFailures[sip]);
      const ended = await recorder.ended(leg);
      expect(ended).toMatchObject({ cause, q850, by, inferred: false });
      expect(ended.sip).toBe(sipSeen() ? sip : undefined);
      expect(recorder.of('answered', leg)).toEqual([]);
    });
  }

  const place = async (scenario: Parameters<Rig['place']>[1], extra = {}): Promise<[Recorder, string]> => {
    const { port, recorder } = await rig.open();
    const leg = await rig.place(port, scenario, extra);
    await recorder.ended(leg);
    return [recorder, leg];
  };

  contractTest('a ring timeout of ours is no answer, ended by us', scenarios.ringsOut, async () => {
    const started = performance.now();
    const [recorder, leg] = await place(scenarios.ringsOut, { ringTimeoutMs: 1000 });
    expect(await recorder.ended(leg)).toMatchObject({ cause: 'no_answer', by: 'us' });
    expect(performance.now() - started).toBeGreaterThan(950);
    expect(recorder.story(leg)).toEqual(['dialing', 'ringing', 'ended:no_answer:us']);
  });

  contractTest('the ring timeout is rounded up to whole seconds', scenarios.ringsOut, async () => {
    const started = performance.now();
    await place(scenarios.ringsOut, { ringTimeoutMs: 1001 });
    expect(performance.now() - started).toBeGreaterThan(1900);
  });

  contractTest('early media, then an invalid number', scenarios.earlyMediaThenInvalid, async () => {
    const [recorder, leg] = await place(scenarios.earlyMediaThenInvalid);
    expect(recorder.story(leg)).toEqual(['dialing', 'earlyMedia', 'ended:invalid_number:far']);
  });

  contractTest('without a cause the dial status decides: busy', scenarios.causeZeroBusy, async () => {
    const [recorder, leg] = await place(scenarios.causeZeroBusy);
    expect(await recorder.ended(leg)).toMatchObject({ cause: 'busy' });
    expect((await recorder.ended(leg)).q850).toBeUndefined();
  });

  contractTest('without a cause the dial status decides: congestion', scenarios.causeZeroCongestion, async () => {
    const [recorder, leg] = await place(scenarios.causeZeroCongestion);
    expect(await recorder.ended(leg)).toMatchObject({ cause: 'congestion', by: 'network' });
  });

  contractTest('a cause without a SIP response: destination out of order', scenarios.outOfOrder, async () => {
    const [recorder, leg] = await place(scenarios.outOfOrder);
    expect(await recorder.ended(leg)).toMatchObject({ cause: 'network_failure', q850: 27 });
  });

  contractTest('a cause without a SIP response: temporary failure', scenarios.temporaryFailure, async () => {
    const [recorder, leg] = await place(scenarios.temporaryFailure);
    expect(await recorder.ended(leg)).toMatchObject({ cause: 'network_failure', q850: 41 });
  });
});
