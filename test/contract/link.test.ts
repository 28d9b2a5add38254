import { randomUUID } from 'node:crypto';
import { scenarios } from './scenarios';
import { contractTest, Rig, simulatedTest, standardCpa, wait } from './target';

describe('the link to the switch', () => {
  let rig: Rig;
  beforeEach(async () => {
    rig = await Rig.start();
  });
  afterEach(() => rig.close());

  contractTest('the link is up, and pongs tell that the switch is alive', scenarios.person, async () => {
    const { recorder } = await rig.open({ pingEveryMs: 100 });
    expect(recorder.of('link')).toMatchObject([{ state: 'up', linkEpoch: 1 }]);
    await wait(450);
    expect(recorder.of('alive').length).toBeGreaterThan(2);
  });

  simulatedTest('no replay after a drop: what happened meanwhile is read from the switch', async () => {
    const { port, recorder } = await rig.open();
    const agent = await rig.agentUp(port, recorder);
    const talking = await rig.place(port, scenarios.person);
    const hangsUp = await rig.place(port, scenarios.person);
    for (const leg of [talking, hangsUp]) await recorder.event('answered', leg);
    await port.connect({ leg: talking, agent, deadlineMs: 1000 });
    const ringing = await rig.place(port, { script: { outcome: 'answer', ringMs: 250 } });
    const cancelled = await rig.place(port, scenarios.ringsOut);
    await recorder.next('ringing', () => recorder.of('progress', cancelled)[1]);

    await rig.fault({ kind: 'dropLink', forMs: 500 });
    await recorder.link('down');
    expect(await port.originate(await rig.command(scenarios.person))).toMatchObject({ ok: false, code: 'link_down' });
    expect(await port.hangup({ leg: talking, reason: 'normal' })).toEqual({ ok: false, code: 'link_down' });
    expect(await port.connect({ leg: hangsUp, agent, deadlineMs: 100 })).toEqual({ ok: false, code: 'link_down' });
    await rig.fault({ kind: 'hangup', leg: hangsUp });
    await rig.ari('DELETE', `/channels/${cancelled}`);

    const up = await recorder.link('up', 1);
    expect(up.linkEpoch).toBe(2);
    // The ends were told before the link was said to be up.
    const upAt = recorder.events.indexOf(up);
    for (const leg of [hangsUp, cancelled]) {
      const ended = recorder.of('ended', leg)[0]!;
      expect(ended).toMatchObject({ inferred: true, by: 'unknown', linkEpoch: 2 });
      expect(recorder.events.indexOf(ended)).toBeLessThan(upAt);
    }
    expect(recorder.of('ended', hangsUp)[0]!.cause).toBe('answered');
    expect(recorder.of('ended', cancelled)[0]).toMatchObject({ cause: 'network_failure', mark: 'none' });
    // Answered while nobody listened: the dialplan played the message, and the mark tells of it.
    expect(recorder.story(ringing).slice(-2)).toEqual(['answered', 'ended:answered:unknown']);
    expect(recorder.of('ended', ringing)[0]).toMatchObject({ inferred: true, mark: 'answered' });
    const { legs, agentSessions } = await port.snapshot();
    expect(agentSessions).toEqual([agent]);
    expect(legs).toContainEqual({ leg: talking, state: 'up', bridgedTo: agent });
    const truth = await rig.truth();
    expect(truth.customers.find((leg) => leg.leg === ringing)!.messages).toMatchObject([
      { by: 'fallback', media: 'sound:fallback', completed: true },
    ]);
    // And the call of the two goes on, under our control again.
    expect(await port.hangup({ leg: talking, reason: 'normal' })).toEqual({ ok: true });
    expect(await recorder.ended(talking)).toMatchObject({ inferred: false, by: 'us' });
  });

  simulatedTest('a leg held by the dialplan shows in the snapshot', async () => {
    await rig.control('PATCH', '/world', { media: { lengths: { 'sound:fallback': 1200 } } });
    const { port, recorder } = await rig.open();
    const leg = await rig.place(port, { script: { outcome: 'answer', ringMs: 100 } });
    await rig.fault({ kind: 'dropLink', forMs: 200 });
    await recorder.link('up', 1);
    expect((await port.snapshot()).legs).toEqual([{ leg, state: 'up', heldByDialplan: true }]);
    expect(recorder.story(leg).at(-1)).toBe('answered');
    // The switch tells the end by itself, and it is no hang-up of the customer.
    expect(await recorder.ended(leg)).toMatchObject({ cause: 'answered', inferred: false, heldByDialplan: true });
  });

  simulatedTest('a restart of the switch: every leg and session is gone, subscriptions are made again', async () => {
    const { port, recorder } = await rig.open();
    const agent = await rig.agentUp(port, recorder);
    const leg = await rig.place(port, scenarios.person);
    await recorder.event('answered', leg);
    await port.connect({ leg, agent, deadlineMs: 1000 });
    const ringing = await rig.place(port, scenarios.ringsOut);
    await rig.fault({ kind: 'restart', downMs: 200 });
    await recorder.link('down');
    await recorder.link('up', 1);
    expect(recorder.of('ended', leg)).toMatchObject([{ inferred: true, by: 'unknown', cause: 'answered' }]);
    expect(recorder.of('ended', ringing)).toMatchObject([{ cause: 'network_failure', mark: 'unreadable' }]);
    expect(await recorder.agent(agent, 'down')).toMatchObject({ why: 'lost' });
    // The dialplan style is heard of only by subscription: a failure must be told as before.
    const next = await rig.place(port, { script: { outcome: 486, ringMs: 10 } });
    expect(await recorder.ended(next)).toMatchObject({ cause: 'busy', inferred: false });
    const { customers } = await rig.truth();
    expect(customers.find((entry) => entry.leg === leg)).toMatchObject({ endedBy: 'restart' });
  });

  contractTest('a second process takes the stream over; the first stops acting', scenarios.person, async () => {
    const first = await rig.open();
    const agent = await rig.agentUp(first.port, first.recorder);
    const leg = await rig.place(first.port, scenarios.person);
    const idle = await rig.place(first.port, scenarios.person);
    for (const id of [leg, idle]) await first.recorder.event('answered', id);
    await first.port.connect({ leg, agent, deadlineMs: 1000 });

    const second = await rig.open();
    await first.recorder.next('replaced', () => first.recorder.of('replaced')[0]);
    expect(await first.port.hangup({ leg, reason: 'normal' })).toEqual({ ok: false, code: 'link_down' });
    expect(await first.port.connect({ leg: idle, agent, deadlineMs: 100 })).toEqual({ ok: false, code: 'link_down' });
    expect(await first.port.originate(await rig.command(scenarios.person))).toMatchObject({ code: 'link_down' });

    // The successor has legs, agents and bridges as they are, and goes on with them.
    const snapshot = await second.port.snapshot();
    expect(snapshot.agentSessions).toEqual([agent]);
    expect(snapshot.legs).toHaveLength(2);
    expect(snapshot.legs).toContainEqual({ leg, state: 'up', bridgedTo: agent });
    expect(await second.port.hangup({ leg, reason: 'normal' })).toEqual({ ok: true });
    expect(await second.recorder.ended(leg)).toMatchObject({ cause: 'answered', by: 'us' });
    expect(second.recorder.story(leg)).toEqual(['disconnected', 'ended:answered:us']);
    expect(await second.port.connect({ leg: idle, agent, deadlineMs: 1000 })).toMatchObject({ ok: true });
    await second.port.closeAgentSession(agent);
    await second.port.hangup({ leg: idle, reason: 'normal' });
    await second.recorder.ended(idle);
  });

  simulatedTest('a successor reads from the snapshot what analysis had found', async () => {
    await rig.control('PATCH', '/world', { timeScale: 0.05 });
    const first = await rig.open();
    const leg = await rig.place(first.port, scenarios.analysedMachine, { cpa: standardCpa });
    await first.recorder.event('classified', leg);
    const second = await rig.open();
    const cause = expect.stringMatching(/^LONGGREETING/);
    expect((await second.port.snapshot()).legs).toEqual([
      { leg, state: 'up', classified: { result: 'machine', cause } },
    ]);
    await second.port.hangup({ leg, reason: 'machine' });
    expect(await second.recorder.ended(leg)).toMatchObject({ cause: 'answered', by: 'us' });
  });

  simulatedTest('without a lease the stream is not taken', async () => {
    let leased = false;
    const first = await rig.open();
    const { recorder } = await rig.open({ mayConnect: () => leased, reconnect: { minMs: 20, maxMs: 50 } });
    await wait(200);
    expect(recorder.events).toEqual([]);
    expect(first.recorder.of('replaced')).toEqual([]);
    leased = true;
    await recorder.link('up');
  });

  simulatedTest('an originate whose answer is lost: unknown, then followed to its end', async () => {
    const { port, recorder } = await rig.open();
    await rig.control('POST', '/faults', { kind: 'stallEvents', forMs: 600 });
    await rig.fault({ kind: 'originate', mode: 'lost' });
    const command = await rig.command({ script: { outcome: 'answer', ringMs: 30, hangUpAfterAnswerMs: 900 } });
    expect(await port.originate(command)).toEqual({ ok: false, code: 'unknown_outcome', retryable: false });
    expect(await recorder.ended(command.leg)).toMatchObject({ cause: 'answered', by: 'far', inferred: false });
    expect((await rig.truth()).byNumber.get(command.to)).toHaveLength(1);
  });

  simulatedTest('an originate that was swallowed: unknown, then ended once its moment has passed', async () => {
    const { port, recorder } = await rig.open();
    await rig.fault({ kind: 'originate', mode: 'swallowed' });
    const command = await rig.command(scenarios.person, { notAfter: performance.now() + 600 });
    expect(await port.originate(command)).toMatchObject({ ok: false, code: 'unknown_outcome' });
    const ended = await recorder.ended(command.leg);
    expect(ended).toMatchObject({ cause: 'network_failure', by: 'unknown', inferred: true });
    expect(ended.receivedAt).toBeGreaterThan(command.notAfter);
  });

  simulatedTest('what is said to a stopped switch comes to nothing, and the link recovers by itself', async () => {
    await rig.fault({ kind: 'restart', downMs: 300 });
    await wait(20);
    const { port, recorder } = await rig.open();
    expect(await port.openAgentSession({ id: randomUUID(), endpoint: 'a', ringTimeoutMs: 1000 })).toEqual({
      ok: false,
      code: 'link_down',
    });
    expect(await port.readMark(randomUUID())).toBe('unreadable');
    await recorder.link('up');
  });
});
