import { randomUUID } from 'node:crypto';
import { scenarios } from './scenarios';
import { contractTest, Rig, simulatedTest, wait } from './target';

describe('agents, bridges and messages', () => {
  let rig: Rig;
  beforeEach(async () => {
    rig = await Rig.start();
  });
  afterEach(() => rig.close());

  contractTest('a customer is bridged to a nailed-up agent and leaves again', scenarios.person, async () => {
    const { port, recorder } = await rig.open();
    const agent = await rig.agentUp(port, recorder, 'agent-1');
    expect(await port.tone(agent)).toEqual({ ok: true });
    const leg = await rig.place(port, scenarios.person);
    await recorder.event('answered', leg);
    const result = await port.connect({ leg, agent, deadlineMs: 1000 });
    expect(result).toMatchObject({ ok: true });
    expect(recorder.of('connected', leg)).toMatchObject([{ agent }]);
    expect(await port.snapshot()).toMatchObject({
      legs: [{ leg, state: 'up', bridgedTo: agent }],
      agentSessions: [agent],
    });
    await port.hangup({ leg, reason: 'normal' });
    await recorder.ended(leg);
    expect(recorder.story(leg).slice(-3)).toEqual(['connected', 'disconnected', 'ended:answered:us']);
    // The agent stays for the next one.
    expect((await port.snapshot()).agentSessions).toEqual([agent]);
    expect(await port.closeAgentSession(agent)).toEqual({ ok: true });
    expect(await recorder.agent(agent, 'down')).toMatchObject({ why: 'closed' });
    expect(await port.closeAgentSession(agent)).toEqual({ ok: true });
  });

  contractTest('connect at the very answer waits until the leg can be bridged', scenarios.person, async () => {
    const { port, recorder } = await rig.open();
    const agent = await rig.agentUp(port, recorder);
    const command = await rig.command(scenarios.person);
    await port.originate(command);
    const { receivedAt } = await recorder.event('answered', command.leg);
    expect(await port.connect({ leg: command.leg, agent, deadlineMs: 1000 })).toMatchObject({ ok: true });
    expect(performance.now() - receivedAt).toBeLessThan(500);
  });

  simulatedTest('the truth log knows who was with whom, and no silence beyond the answer', async () => {
    const { port, recorder } = await rig.open();
    const agent = await rig.agentUp(port, recorder);
    const leg = await rig.place(port, scenarios.shortTalk);
    await recorder.event('answered', leg);
    await port.connect({ leg, agent, deadlineMs: 1000 });
    await recorder.ended(leg);
    const truth = await rig.truth();
    const customer = truth.customers.find((entry) => entry.leg === leg)!;
    expect(customer).toMatchObject({ live: true, endedBy: 'callee', withAgent: [{ agentLeg: `agent-${agent}` }] });
    const talk = customer.withAgent[0]!;
    expect(talk.to - talk.from).toBeGreaterThan(100);
    expect(truth.overlaps).toEqual([]);
    expect(truth.silentLivePersons(500)).toEqual([]);
  });

  simulatedTest('connect loses to a hang-up of the callee', async () => {
    await rig.control('PATCH', '/world', { wire: { bridgeMs: 300 } });
    const { port, recorder } = await rig.open();
    await rig.control('PATCH', '/world', { wire: { bridgeMs: 0 } });
    const agent = await rig.agentUp(port, recorder);
    await rig.control('PATCH', '/world', { wire: { bridgeMs: 300 } });
    const leg = await rig.place(port, scenarios.person);
    await recorder.event('answered', leg);
    const connecting = port.connect({ leg, agent, deadlineMs: 1000 });
    await wait(50);
    await rig.fault({ kind: 'hangup', leg });
    expect(await connecting).toEqual({ ok: false, code: 'leg_gone' });
    expect(await recorder.ended(leg)).toMatchObject({ cause: 'answered', by: 'far' });
    expect(await port.connect({ leg, agent, deadlineMs: 100 })).toEqual({ ok: false, code: 'leg_gone' });
  });

  simulatedTest('connect past its deadline is taken back, even when the leg enters after it', async () => {
    const { port, recorder } = await rig.open();
    const agent = await rig.agentUp(port, recorder);
    const leg = await rig.place(port, scenarios.person);
    await recorder.event('answered', leg);
    await rig.control('PATCH', '/world', { wire: { bridgeMs: 250 } });
    expect(await port.connect({ leg, agent, deadlineMs: 100 })).toEqual({ ok: false, code: 'timeout' });
    await wait(400);
    expect(recorder.of('connected', leg)).toEqual([]);
    const [shown] = (await port.snapshot()).legs;
    expect(shown).toEqual({ leg, state: 'up' });
    // The same leg may still be given to an agent afterwards.
    await rig.control('PATCH', '/world', { wire: { bridgeMs: 0 } });
    expect(await port.connect({ leg, agent, deadlineMs: 1000 })).toMatchObject({ ok: true });
    expect(recorder.of('connected', leg)).toHaveLength(1);
  });

  simulatedTest('connect to an agent who has gone', async () => {
    const { port, recorder } = await rig.open();
    const agent = await rig.agentUp(port, recorder, 'agent-9');
    const leg = await rig.place(port, scenarios.person);
    await recorder.event('answered', leg);
    await rig.fault({ kind: 'agentHangup', endpoint: 'agent-9' });
    expect(await recorder.agent(agent, 'down')).toMatchObject({ why: 'hung_up' });
    expect(await port.connect({ leg, agent, deadlineMs: 200 })).toEqual({ ok: false, code: 'agent_gone' });
    expect(await port.connect({ leg, agent: randomUUID(), deadlineMs: 200 })).toEqual({
      ok: false,
      code: 'agent_gone',
    });
  });

  simulatedTest('an agent lost in talk: the customer stays up and is told to be alone', async () => {
    const { port, recorder } = await rig.open();
    const agent = await rig.agentUp(port, recorder, 'agent-8');
    const leg = await rig.place(port, scenarios.person);
    await recorder.event('answered', leg);
    await port.connect({ leg, agent, deadlineMs: 1000 });
    await rig.fault({ kind: 'agentHangup', endpoint: 'agent-8' });
    await recorder.agent(agent, 'down');
    await recorder.event('disconnected', leg);
    expect((await port.snapshot()).legs).toEqual([{ leg, state: 'up' }]);
    const other = await rig.agentUp(port, recorder, 'agent-7');
    expect(await port.connect({ leg, agent: other, deadlineMs: 1000 })).toMatchObject({ ok: true });
  });

  for (const [does, why] of [
    ['decline', 'declined'],
    ['busy', 'declined'],
    ['fail', 'failed'],
    ['ringOut', 'unanswered'],
  ] as const) {
    simulatedTest(`a device that does ${does}: ${why}`, async () => {
      await rig.device('odd', { does });
      const { port, recorder } = await rig.open();
      const id = randomUUID();
      expect(await port.openAgentSession({ id, endpoint: 'odd', ringTimeoutMs: 1000 })).toEqual({ ok: true });
      expect(await recorder.agent(id, 'down')).toMatchObject({ why });
      expect((await port.snapshot()).agentSessions).toEqual([]);
    });
  }

  contractTest('a message is played to its end', scenarios.person, async () => {
    const { port, recorder } = await rig.open();
    const leg = await rig.place(port, scenarios.person);
    await recorder.event('answered', leg);
    expect(await port.play({ leg, playId: randomUUID(), media: 'sound:beep' })).toEqual({ ok: true });
    expect(await recorder.event('playFinished', leg)).toMatchObject({ ok: true });
    await port.hangup({ leg, reason: 'normal' });
    await recorder.ended(leg);
  });

  contractTest('missing media: accepted, then failed', scenarios.person, async () => {
    const { port, recorder } = await rig.open();
    const leg = await rig.place(port, scenarios.person);
    await recorder.event('answered', leg);
    const playId = randomUUID();
    expect(await port.play({ leg, playId, media: 'sound:missing' })).toEqual({ ok: true });
    expect(await recorder.event('playFinished', leg)).toMatchObject({ ok: false, playId });
    expect(recorder.of('heard', leg)).toEqual([]);
    expect(await port.stopPlay(playId)).toEqual({ ok: true });
  });

  simulatedTest('a message that is stopped, and one that a hang-up cuts', async () => {
    const { port, recorder } = await rig.open();
    const leg = await rig.place(port, scenarios.person);
    await recorder.event('answered', leg);
    const playId = randomUUID();
    await port.play({ leg, playId, media: 'sound:long' });
    expect(await port.stopPlay(playId)).toEqual({ ok: true });
    expect(await recorder.event('playFinished', leg)).toMatchObject({ ok: true });
    const impatient = await rig.place(port, scenarios.hangsUpInMessage);
    await recorder.event('answered', impatient);
    await port.play({ leg: impatient, playId: randomUUID(), media: 'sound:long' });
    expect(await recorder.event('playFinished', impatient)).toMatchObject({ ok: false });
    expect(await recorder.ended(impatient)).toMatchObject({ by: 'far' });
    const { customers } = await rig.truth();
    const heard = customers.flatMap((entry) => entry.messages);
    expect(heard).toMatchObject([
      { by: 'app', media: 'sound:long', completed: false },
      { by: 'app', media: 'sound:long', completed: false },
    ]);
  });

  contractTest('a treatment is told once it is heard, and its end', scenarios.person, async () => {
    const { port, recorder } = await rig.open();
    const command = await rig.command(scenarios.person);
    const { leg } = command;
    const playId = `treatment-${leg}`;
    await port.originate(command);
    const { receivedAt } = await recorder.event('answered', leg);
    const media = 'sound:beep';
    expect(await port.treat({ leg, playId, media, deadlineMs: 1500 })).toMatchObject({ ok: true });
    expect(performance.now() - receivedAt).toBeLessThan(1000);
    expect(await recorder.event('playFinished', leg)).toMatchObject({ ok: true, playId });
    expect(recorder.story(leg).slice(-2)).toEqual(['heard', 'playFinished']);
    expect(await port.isPlaying(playId)).toBe(false);
    await port.hangup({ leg, reason: 'normal' });
    await recorder.ended(leg);
    expect(await port.readMark(leg)).toBe('served');
    await port.clearMark(leg);
  });

  contractTest(
    'a treatment that cannot be heard fails, and leaves no mark of a service',
    scenarios.person,
    async () => {
      const { port, recorder } = await rig.open();
      const leg = await rig.place(port, scenarios.person);
      await recorder.event('answered', leg);
      const treatment = { leg, playId: `treatment-${leg}`, media: 'sound:missing', deadlineMs: 1500 };
      expect(await port.treat(treatment)).toEqual({ ok: false, code: 'refused' });
      await port.hangup({ leg, reason: 'abandoned' });
      await recorder.ended(leg);
      expect(await port.readMark(leg)).toBe('answered');
      expect(await port.treat(treatment)).toEqual({ ok: false, code: 'leg_gone' });
      await port.clearMark(leg);
    },
  );

  simulatedTest('whoever takes a call over can ask whether its treatment goes on', async () => {
    const { port, recorder } = await rig.open();
    const leg = await rig.place(port, scenarios.hangsUpInMessage);
    await recorder.event('answered', leg);
    const playId = `treatment-${leg}`;
    expect(await port.treat({ leg, playId, media: 'sound:long', deadlineMs: 1500 })).toEqual({
      ok: false,
      code: 'leg_gone',
    });
    const patient = await rig.place(port, scenarios.person);
    await recorder.event('answered', patient);
    const other = `treatment-${patient}`;
    await port.treat({ leg: patient, playId: other, media: 'sound:long', deadlineMs: 1500 });
    const { port: successor } = await rig.open();
    expect(await successor.isPlaying(other)).toBe(true);
    expect(await successor.isPlaying(playId)).toBe(false);
  });

  contractTest('nothing is played to a leg that has ended', scenarios.quick, async () => {
    const { port, recorder } = await rig.open();
    const leg = await rig.place(port, scenarios.quick);
    await recorder.ended(leg);
    expect(await port.play({ leg, playId: randomUUID(), media: 'sound:beep' })).toEqual({
      ok: false,
      code: 'leg_gone',
    });
  });
});
