import { randomUUID } from 'node:crypto';
import { Rig, simulatedTest, wait } from './target';

const CALLS = 400;
const AGENTS = 12;

describe('many calls at once', () => {
  let rig: Rig;
  let actor: NodeJS.Timeout | undefined;
  beforeEach(async () => {
    rig = await Rig.start({
      callees: {
        answerProbability: 0.6,
        voices: { machine: 0.2 },
        failures: { busy: 0.3, invalid: 0.2, rejected: 0.1, congestion: 0.1, networkFailure: 0.1 },
        ringMs: { min: 5, max: 400 },
        failureMs: { min: 0, max: 200 },
        talkMs: { min: 20, max: 300 },
        patienceMs: { min: 20, max: 400 },
        hangUpEarly: 0.2,
        hangUpEarlyMs: { min: 0, max: 20 },
      },
      agents: { answerMs: 5 },
      media: { defaultMs: 60 },
      wire: { ackMs: { min: 0, max: 8 }, bridgeMs: { min: 0, max: 20 } },
    });
  });
  afterEach(() => {
    clearInterval(actor);
    return rig.close();
  });

  simulatedTest(
    'with hang-ups on both sides and a link that drops, every leg has one end, and it is the true one',
    async () => {
      const { port, recorder } = await rig.open({ reconnect: { minMs: 20, maxMs: 50 } });
      const agents = await Promise.all(
        Array.from({ length: AGENTS }, (_, n) => rig.agentUp(port, recorder, `agent-${n}`)),
      );
      const free = [...agents];
      const connects: Promise<unknown>[] = [];
      let heard = 0;
      const act = (): void => {
        for (; heard < recorder.events.length; heard++) {
          const event = recorder.events[heard]!;
          if (event.type !== 'answered') continue;
          const agent = free.shift();
          if (agent === undefined) {
            connects.push(port.play({ leg: event.leg, playId: randomUUID(), media: 'sound:message' }));
            continue;
          }
          connects.push(
            port.connect({ leg: event.leg, agent, deadlineMs: 300 }).then(async (result) => {
              if (result.ok) await recorder.ended(event.leg);
              free.push(agent);
            }),
          );
        }
      };
      actor = setInterval(act, 2);

      const accepted: string[] = [];
      for (let n = 0; n < CALLS; n++) {
        const command = await rig.command({ script: {} }, { ringTimeoutMs: 1000 });
        void port.originate(command).then((ack) => {
          if (ack.ok || ack.code === 'unknown_outcome') accepted.push(command.leg);
          if (n % 9 === 0) setTimeout(() => void port.hangup({ leg: command.leg, reason: 'cancelled' }), n % 200);
        });
        if (n === 150) await rig.fault({ kind: 'originate', mode: 'lost', count: 5 });
        if (n === 200 || n === 300) await rig.fault({ kind: 'dropLink', forMs: 60 });
        if (n % 4 === 0) await wait(4);
      }
      await wait(1500);
      // Machines go on recording for half a minute: they are hung up.
      for (const leg of accepted)
        if (recorder.of('ended', leg).length === 0) await port.hangup({ leg, reason: 'machine' });
      for (const leg of accepted) await recorder.ended(leg);
      clearInterval(actor);
      await Promise.all(connects);

      const truth = await rig.truth();
      expect(truth.customers.map((leg) => leg.leg).sort()).toEqual([...accepted].sort());
      expect(truth.overlaps).toEqual([]);
      for (const real of truth.customers) {
        const [ended, ...more] = recorder.of('ended', real.leg);
        expect(more).toEqual([]);
        // An answer is never kept from us, whatever the link did; nor is one invented.
        expect({ ended, answered: ended!.cause === 'answered' }).toEqual({
          ended,
          answered: real.answeredAt !== undefined,
        });
        if (recorder.of('connected', real.leg).length > 0) expect(real.withAgent.length).toBeGreaterThan(0);
      }
      expect(truth.customers.filter((leg) => leg.withAgent.length > 0).length).toBeGreaterThan(20);
      expect(recorder.of('ended').filter((event) => event.inferred).length).toBeGreaterThan(0);
      // Nothing is left behind on the switch but the agents.
      expect(await port.snapshot()).toMatchObject({ legs: [], agentSessions: expect.arrayContaining(agents) });
    },
    20_000,
  );
});
