import { callerIdOf } from '../../src/dialer/shell/caller-id';
import { endpointOf } from '../../src/dialer/shell/endpoint';
import { cpaOf } from '../../src/dialer/shell/lines';
import { createOriginateQueue } from '../../src/dialer/shell/originate-queue';

describe('caller ID', () => {
  const of = { entryCallerId: '+12025550100', groupCallerId: '+12025550101', allowedCallerIds: ['+12025550102'] };

  it('is the record’s own before the entry point’s before the group’s', () => {
    expect(callerIdOf('+12025550102', of)).toBe('+12025550102');
    expect(callerIdOf(null, of)).toBe('+12025550100');
    const group = { ...of, entryCallerId: null, allowedCallerIds: ['+12025550101'] };
    expect(callerIdOf(null, group)).toBe('+12025550101');
  });

  it('is only one that the entry point allows', () => {
    expect(callerIdOf('+12025550199', of)).toBe('+12025550100');
    expect(callerIdOf(null, { ...of, entryCallerId: null })).toBeNull();
  });
});

describe('call progress analysis', () => {
  it('has a verdict to wait for only with answering machine detection', () => {
    expect(cpaOf({ cpaEnabled: true })).toEqual({ enabled: false, params: undefined, analysisMs: 0 });
    expect(cpaOf({ amdEnabled: true }).enabled).toBe(false);
    const cpa = cpaOf({ cpaEnabled: true, amdEnabled: true, maxTimeAnalysisMs: 4000 });
    expect(cpa).toMatchObject({ enabled: true, params: { maxTimeAnalysisMs: 4000, analysisPeriodMs: 2500 } });
    expect(cpa.analysisMs).toBe(4000 + 2500 + 608 + 1000);
  });
});

describe('endpoints of devices', () => {
  const gateway = { endpointTemplate: 'PJSIP/{number}@{trunk}', trunk: 'carrier' };
  it('are the extension’s own name, or a number over the trunk', () => {
    expect(endpointOf({ kind: 'EXTENSION', address: '1001' }, gateway)).toBe('PJSIP/1001');
    expect(endpointOf({ kind: 'NUMBER', address: '+12025550150' }, gateway)).toBe('PJSIP/+12025550150@carrier');
  });
});

describe('the queue of originates', () => {
  it('keeps order and rate, tells its room, and gives back what has not left', async () => {
    const sent: number[] = [];
    const queue = createOriginateQueue<number>(100, (item) => sent.push(item));
    expect(queue.room(1_000)).toBe(120);
    for (let item = 0; item < 60; item++) queue.push(item);
    // A burst of a fifth of a second's worth leaves at once.
    expect(sent.length).toBe(20);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(sent.length).toBeGreaterThan(30);
    expect(sent.length).toBeLessThanOrEqual(50);
    expect(sent).toEqual([...sent.keys()]);
    const dropped = queue.drop();
    expect([...sent, ...dropped]).toEqual(Array.from({ length: 60 }, (_, item) => item));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(queue.waiting).toBe(0);
  });
});
