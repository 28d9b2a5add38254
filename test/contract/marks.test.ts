import { randomUUID } from 'node:crypto';
import { scenarios } from './scenarios';
import { contractTest, Rig, simulatedTest, wait } from './target';

/** The clocks of switch and dialer may differ a little: of a leg placed right after the start a missing mark says nothing. */
const CLOCK_SLACK_MS = 300;

describe('the mark of an answered leg', () => {
  let rig: Rig;
  beforeEach(async () => {
    rig = await Rig.start();
    await wait(CLOCK_SLACK_MS);
  });
  afterEach(() => rig.close());

  contractTest('answered and not served', scenarios.quick, async () => {
    const { port, recorder } = await rig.open();
    const placedAt = Date.now();
    const leg = await rig.place(port, scenarios.quick);
    await recorder.ended(leg);
    expect(await port.readMark(leg, placedAt)).toBe('answered');
    await port.clearMark(leg);
    expect(await port.readMark(leg, placedAt)).toBe('none');
  });

  contractTest('served by an agent', scenarios.person, async () => {
    const { port, recorder } = await rig.open();
    const agent = await rig.agentUp(port, recorder);
    const leg = await rig.place(port, scenarios.person);
    await recorder.event('answered', leg);
    await port.connect({ leg, agent, deadlineMs: 1000 });
    await wait(50);
    await port.hangup({ leg, reason: 'normal' });
    await recorder.ended(leg);
    expect(await port.readMark(leg, Date.now())).toBe('served');
    await port.clearMark(leg);
    await port.closeAgentSession(agent);
  });

  contractTest('never answered: none', scenarios.ringsOut, async () => {
    const { port, recorder } = await rig.open();
    const placedAt = Date.now();
    const leg = await rig.place(port, scenarios.ringsOut, { ringTimeoutMs: 1000 });
    await recorder.ended(leg);
    expect(await port.readMark(leg, placedAt)).toBe('none');
    expect(await port.readMark(randomUUID(), placedAt)).toBe('none');
  });

  simulatedTest('the message of the dialplan leaves `answered`', async () => {
    const { port, recorder } = await rig.open();
    const leg = await rig.place(port, { script: { outcome: 'answer', ringMs: 150 } });
    await rig.fault({ kind: 'dropLink', forMs: 500 });
    await recorder.link('up', 1);
    expect(await port.readMark(leg, Date.now())).toBe('answered');
  });

  simulatedTest(
    'after a restart of the switch the mark of an older leg is unreadable, of a younger one none',
    async () => {
      const { port, recorder } = await rig.open();
      const placedAt = Date.now();
      const leg = await rig.place(port, scenarios.quick);
      await recorder.ended(leg);
      expect(await port.readMark(leg, placedAt)).toBe('answered');
      await rig.fault({ kind: 'restart', downMs: 50 });
      await recorder.link('up', 1);
      expect(await port.readMark(leg, placedAt)).toBe('unreadable');
      await wait(300);
      expect(await port.readMark(randomUUID(), Date.now())).toBe('none');
    },
  );
});
