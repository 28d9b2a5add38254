import { scenarios, sipFailures } from './scenarios';
import { contractTest, Rig, simulatedTest, standardCpa, wait } from './target';

describe('the life of a call', () => {
  let rig: Rig;
  beforeEach(async () => {
    rig = await Rig.start();
  });
  afterEach(() => rig.close());

  contractTest('answered, then hung up by the callee', scenarios.quick, async () => {
    const { port, recorder } = await rig.open();
    const leg = await rig.place(port, scenarios.quick);
    expect(await recorder.ended(leg)).toMatchObject({ cause: 'answered', by: 'far', q850: 16 });
    expect(recorder.of('answered', leg)).toHaveLength(1);
  });

  contractTest('answered, then hung up by us; a second hang-up succeeds', scenarios.person, async () => {
    const { port, recorder } = await rig.open();
    const leg = await rig.place(port, scenarios.person);
    await recorder.event('answered', leg);
    expect(await port.hangup({ leg, reason: 'normal' })).toEqual({ ok: true });
    expect(await port.hangup({ leg, reason: 'normal' })).toEqual({ ok: true });
    expect(await recorder.ended(leg)).toMatchObject({ cause: 'answered', by: 'us' });
    expect(await port.hangup({ leg, reason: 'normal' })).toEqual({ ok: true });
    expect(recorder.story(leg)).toEqual(['dialing', 'ringing', 'answered', 'ended:answered:us']);
  });

  contractTest('cancelled while it rings', scenarios.ringsOut, async () => {
    const { port, recorder } = await rig.open();
    const leg = await rig.place(port, scenarios.ringsOut);
    await recorder.event('progress', leg);
    expect(await port.hangup({ leg, reason: 'cancelled' })).toEqual({ ok: true });
    expect(await recorder.ended(leg)).toMatchObject({ cause: 'cancelled', by: 'us' });
  });

  contractTest('a hang-up that overtakes its own originate still ends the call', scenarios.ringsOut, async () => {
    const { port, recorder } = await rig.open();
    const command = await rig.command(scenarios.ringsOut);
    const placing = port.originate(command);
    const hanging = port.hangup({ leg: command.leg, reason: 'cancelled' });
    expect(await placing).toEqual({ ok: true });
    expect(await hanging).toEqual({ ok: true });
    expect(await recorder.ended(command.leg)).toMatchObject({ cause: 'cancelled', by: 'us' });
  });

  contractTest('answered in the moment of the cancel: answered, and never cancelled', scenarios.glare, async () => {
    const { port, recorder } = await rig.open();
    const leg = await rig.place(port, scenarios.glare);
    await wait(50);
    expect(await port.hangup({ leg, reason: 'cancelled' })).toEqual({ ok: true });
    expect(await recorder.ended(leg)).toMatchObject({ cause: 'answered', by: 'us' });
    expect(recorder.story(leg).slice(-2)).toEqual(['answered', 'ended:answered:us']);
  });

  contractTest('an id that is alive is a duplicate and rings nobody twice', scenarios.person, async () => {
    const { port, recorder } = await rig.open();
    const command = await rig.command(scenarios.person);
    expect(await port.originate(command)).toEqual({ ok: true });
    expect(await port.originate(command)).toEqual({ ok: false, code: 'duplicate', retryable: false });
    const raw = await rig.ari('POST', `/channels/${command.leg}`, { endpoint: 'PJSIP/x@carrier', context: 'c' });
    expect(raw.status).toBe(409);
    await recorder.event('answered', command.leg);
    await port.hangup({ leg: command.leg, reason: 'normal' });
    await recorder.ended(command.leg);
  });

  simulatedTest('the switch takes an ended id again, the adapter does not', async () => {
    const { port, recorder } = await rig.open();
    const command = await rig.command(sipFailures[486]);
    expect(await port.originate(command)).toEqual({ ok: true });
    await recorder.ended(command.leg);
    expect(await port.originate(command)).toMatchObject({ ok: false, code: 'duplicate' });
    expect((await rig.truth()).customers).toHaveLength(1);
    const endpoint = `PJSIP/${command.to}@carrier`;
    const raw = await rig.ari('POST', `/channels/${command.leg}`, { endpoint, context: 'outdial-dial' });
    expect(raw.status).toBe(200);
    await wait(100);
    expect((await rig.truth()).customers).toHaveLength(2);
    // Its events are of a leg that has ended: nothing is told.
    expect(recorder.ofLeg(command.leg).at(-1)?.type).toBe('ended');
  });

  simulatedTest('a duplicate that the adapter does not know is followed to its end', async () => {
    const { port, recorder } = await rig.open();
    const command = await rig.command(scenarios.quick);
    const variables = { OUTDIAL_APP: rig.app };
    const endpoint = `PJSIP/${command.to}@other`;
    await rig.ari('POST', `/channels/${command.leg}`, { endpoint, context: 'outdial-dial', variables });
    expect(await port.originate(command)).toEqual({ ok: false, code: 'duplicate', retryable: false });
    expect(await recorder.ended(command.leg)).toMatchObject({ cause: 'answered' });
  });

  simulatedTest('past its moment an originate is not sent', async () => {
    const { port, recorder } = await rig.open();
    const late = await rig.command(scenarios.person, { notAfter: performance.now() - 1 });
    expect(await port.originate(late)).toEqual({ ok: false, code: 'expired', retryable: false });
    const lateOnTheWall = await rig.command(scenarios.person, { notAfterWall: Date.now() - 1 });
    expect(await port.originate(lateOnTheWall)).toEqual({ ok: false, code: 'expired', retryable: false });
    const truth = await rig.truth();
    expect(truth.entries.filter((entry) => entry.e === 'originate' || entry.e === 'refused')).toEqual([]);
    expect(recorder.ofLeg(late.leg)).toEqual([]);
  });

  simulatedTest('an originate that waits for a socket past its moment is not sent', async () => {
    const { port } = await rig.open({ maxSockets: 1 });
    await rig.fault({ kind: 'originate', mode: 'slow', afterMs: 400 });
    const first = port.originate(await rig.command(scenarios.person));
    await wait(20);
    const second = await rig.command(scenarios.person, { notAfter: performance.now() + 150 });
    expect(await port.originate(second)).toMatchObject({ ok: false, code: 'expired' });
    expect(await first).toEqual({ ok: true });
    expect((await rig.truth()).legs.map((leg) => leg.leg)).not.toContain(second.leg);
  });

  simulatedTest('events that overtake the answer to the originate are in order', async () => {
    const { port, recorder } = await rig.open();
    await rig.fault({ kind: 'originate', mode: 'slow', afterMs: 300 });
    const command = await rig.command(scenarios.quick);
    const placing = port.originate(command);
    await recorder.ended(command.leg);
    expect(await placing).toEqual({ ok: true });
    expect(recorder.story(command.leg)[0]).toBe('dialing');
  });

  simulatedTest('line limit and rate limit of the carrier are congestion', async () => {
    await rig.control('PATCH', '/world', { limits: { maxLines: 1 } });
    const { port, recorder } = await rig.open();
    const first = await rig.place(port, scenarios.person);
    await recorder.event('answered', first);
    const second = await rig.place(port, scenarios.person);
    expect(await recorder.ended(second)).toMatchObject({ cause: 'congestion', q850: 34, sip: 503 });
    await rig.control('PATCH', '/world', { limits: { maxLines: null, originatesPerSecond: 0 } });
    const third = await rig.place(port, scenarios.person);
    expect(await recorder.ended(third)).toMatchObject({ cause: 'congestion' });
  });

  simulatedTest('a switch that cannot allocate a channel says so, and nothing follows', async () => {
    const { port, recorder } = await rig.open();
    await rig.fault({ kind: 'originate', mode: 'refused' });
    const command = await rig.command(scenarios.person);
    expect(await port.originate(command)).toEqual({ ok: false, code: 'no_capacity', retryable: true });
    await wait(50);
    expect(recorder.ofLeg(command.leg)).toEqual([]);
    expect(await port.originate(command)).toEqual({ ok: true });
  });

  const verdicts = [
    ['analysedPerson', 'human', /^HUMAN-/],
    ['analysedMachine', 'machine', /^LONGGREETING-/],
    ['analysedWords', 'machine', /^MAXWORDS-/],
    ['analysedFax', 'fax', /^CED/],
    ['analysedNoMedia', 'unsure', /^TOOLONG-/],
    ['analysedDeadAir', 'machine', /^INITIALSILENCE-/],
  ] as const;
  for (const [scenario, result, cause] of verdicts) {
    contractTest(`call progress analysis: ${scenario} is ${result}`, scenarios[scenario], async () => {
      await rig.control('PATCH', '/world', { timeScale: 0.1 });
      const { port, recorder } = await rig.open();
      const leg = await rig.place(port, scenarios[scenario], { cpa: standardCpa });
      const answered = await recorder.event('answered', leg);
      const classified = await recorder.event('classified', leg);
      expect(classified).toMatchObject({ result, cause: expect.stringMatching(cause) });
      if (result === 'human') {
        expect(classified.greetingEndedAt).toBeGreaterThanOrEqual(answered.receivedAt);
        expect(classified.greetingEndedAt).toBeLessThanOrEqual(classified.receivedAt);
      }
      await port.hangup({ leg, reason: 'normal' });
      await recorder.ended(leg);
    });
  }

  simulatedTest('the end of a machine’s greeting is told when it is asked for', async () => {
    await rig.control('PATCH', '/world', { timeScale: 0.05 });
    const { port, recorder } = await rig.open();
    const cpa = { ...standardCpa, terminatingTone: true };
    const leg = await rig.place(port, scenarios.analysedMachine, { cpa });
    await recorder.event('beep', leg);
    expect(recorder.story(leg)).toEqual(['dialing', 'ringing', 'answered', 'classified:machine', 'beep']);
    await port.hangup({ leg, reason: 'machine' });
    await recorder.ended(leg);
  });

  simulatedTest('a verdict that does not come in its time is unsure', async () => {
    await rig.control('PATCH', '/world', { timeScale: 4 });
    const { port, recorder } = await rig.open();
    const cpa = { ...standardCpa, maxTimeAnalysisMs: 300, analysisPeriodMs: 100, minSilenceMs: 100 };
    const silent = { script: { outcome: 'answer' as const, ringMs: 1, voice: 'noMedia' as const, patienceMs: 60_000 } };
    const leg = await rig.place(port, silent, { cpa });
    expect(await recorder.event('classified', leg)).toMatchObject({ result: 'unsure', cause: 'GUARD' });
    await port.hangup({ leg, reason: 'normal' });
    await recorder.ended(leg);
  });

  simulatedTest('a switch that does not keep its ring timeout is helped', async () => {
    const { port, recorder } = await rig.open();
    const command = await rig.command(scenarios.ringsOut, { ringTimeoutMs: 1000 });
    // Placed outside with a long timeout, so that only the adapter's own guard can end it.
    const endpoint = `PJSIP/${command.to}@carrier`;
    await rig.ari('POST', `/channels/${command.leg}`, { endpoint, context: 'outdial-dial', timeout: 60 });
    expect(await port.originate(command)).toMatchObject({ code: 'duplicate' });
    expect(await recorder.ended(command.leg)).toMatchObject({ cause: 'no_answer', by: 'us' });
  });

  contractTest('hung up during the analysis: answered, no verdict', scenarios.hangsUpInAnalysis, async () => {
    const { port, recorder } = await rig.open();
    const leg = await rig.place(port, scenarios.hangsUpInAnalysis, { cpa: standardCpa });
    expect(await recorder.ended(leg)).toMatchObject({ cause: 'answered', by: 'far' });
    expect(recorder.of('classified', leg)).toEqual([]);
  });
});
