import fc from 'fast-check';
import { businessTime } from '../../../src/dialer/kernel/clocks';
import { allowance } from '../../../src/dialer/kernel/guard';
import { advance, createLedger, record } from '../../../src/dialer/kernel/ledger';
import { progressive } from '../../../src/dialer/kernel/pacing';
import { propertyRuns } from '../../setup/property-runs';
import { atRate, DAY, hundredLive, START, Story } from './story';

const strict = (limitPercent: number, windowsMs = [DAY]) => ({
  abandon: { limitPercent, windowsMs, withinMs: 2_000, clockStart: 'ANSWER' as const },
});

describe('progressive pacing', () => {
  const view = (changes: object) => ({
    held: 1_000,
    unpledged: 0,
    waitingAgents: 0,
    lines: 0,
    uncoveredAllowed: () => 1_000,
    ...changes,
  });

  it.each([
    [1, 20, 0, 20, 0],
    [1.15, 20, 0, 20, 3],
    [2.3, 3, 0, 3, 3],
    [10, 2, 0, 2, 18],
    [2.5, 1, 0, 1, 1],
    [1.5, 2, 1, 2, 0],
  ])('at rate %s with %s free agents and %s lines claims %s and %s more', (rate, agents, lines, pledged, uncovered) => {
    const asked = progressive(rate).linesToClaim(view({ unpledged: agents, waitingAgents: agents, lines }));
    expect(asked).toEqual({ pledged, uncovered });
  });

  it('never asks the guard at 1:1', () => {
    const asked = progressive(1).linesToClaim(
      view({
        unpledged: 1,
        waitingAgents: 5,
        uncoveredAllowed: () => {
          throw new Error('asked');
        },
      }),
    );
    expect(asked).toEqual({ pledged: 1, uncovered: 0 });
  });
});

describe('the abandon guard', () => {
  it('is progressive 1:1 without enough live answers, and says why', () => {
    const story = new Story();
    story.campaign({ ...atRate(10), ...strict(3) }, [{ minute: START - 3_600_000, liveAnswers: 33, abandons: 0 }]);
    story.agent('ada');
    expect(story.one('claim').slots).toEqual([{ slot: 0, pledge: 'ada' }]);
    story.ring();
    expect(story.figures().whyNotDialling).toEqual(['ABANDON_LIMIT']);
  });

  it('allows exactly as many uncovered lines as the limit bears, the claim in flight included', () => {
    const story = new Story();
    story.campaign({ ...atRate(10), ...strict(3) }, hundredLive);
    story.agent('ada');
    expect(story.one('claim').slots.filter((slot) => slot.pledge === null)).toHaveLength(3);
    story.agent('bob');
    expect(story.has('claim')).toBe(false);
    story.ring();
    expect(story.figures()).toMatchObject({ uncovered: 3, pledged: 2 });
  });

  it('lets a line that is counted as abandoned hand its place to no other', () => {
    const story = new Story();
    story.campaign({ ...atRate(10), ...strict(2), wrapUpLimitMs: 1_000 }, hundredLive);
    story.agent('ada');
    const [pledged, risked, another] = story.ring();
    story.connected(pledged!);
    story.ended(pledged!);
    story.answered(risked!);
    // A late tick: the bridge can only come after the limit.
    story.at += 3_000;
    story.tell({ type: 'tick' });
    expect(story.one('connect')).toMatchObject({ attemptId: risked, agentId: 'ada' });
    expect(story.state.calls.get(risked!)).toMatchObject({ counted: true, cause: 'OVERDIAL' });
    story.agent('bob');
    expect(story.state.calls.get(another!)).toMatchObject({ agentId: 'bob', uncovered: null });
    story.tell({ type: 'agentLeg', agentId: 'ada', up: false, why: 'hung_up' });
    expect(story.one('connect')).toMatchObject({ attemptId: risked, agentId: 'bob' });
    expect(story.state.calls.get(another!)).toMatchObject({ agentId: null, uncovered: 'AGENT_LOST' });
  });

  it('counts in integers: 0.3 % of 1000 is 3', () => {
    const story = new Story();
    const ledger = [{ minute: START - 3_600_000, liveAnswers: 1_000, abandons: 0 }];
    story.campaign({ ...atRate(10), ...strict(0.3) }, ledger);
    story.agent('ada');
    expect(story.one('claim').slots.filter((slot) => slot.pledge === null)).toHaveLength(3);
  });

  it('obeys every window, and forgets answers that will have left when the line resolves', () => {
    const story = new Story();
    // The good answers leave the ten-minute window before a line begun now has certainly resolved.
    const ledger = [{ minute: START - 600_000, liveAnswers: 1_000, abandons: 0 }];
    story.campaign({ ...atRate(10), ...strict(3, [DAY, 600_000]) }, ledger);
    story.agent('ada');
    expect(story.one('claim').slots).toHaveLength(1);
    expect(story.figures().windows.map((window) => window.liveAnswers)).toEqual([1_000, 1_000]);
  });

  it('gives a live answer to the longest-available agent, whose line takes over its status', () => {
    const story = new Story();
    story.campaign({ ...atRate(2), ...strict(3) }, hundredLive);
    story.agent('ada');
    story.tell({ type: 'candidates', campaignId: 'spring', held: 0, more: false });
    const [pledged, uncovered] = story.ring();
    expect(story.look('ada')!.customer).toBeNull();
    expect(story.figures()).toMatchObject({ pledged: 1, uncovered: 1 });
    expect(story.connected(uncovered!)).toBe('ada');
    expect(story.look('ada')!.customer).toBe(uncovered);
    expect(story.figures()).toMatchObject({ pledged: 0, uncovered: 1 });
    story.answered(pledged!);
    story.wait(1_800);
    expect(story.one('playAbandonedMessage').attemptId).toBe(pledged);
    story.ended(pledged!);
    expect(story.one('outcome')).toMatchObject({ outcome: 'ABANDONED', abandonCause: 'OVERDIAL' });
  });

  it('an agent who comes free connects the person who waits, before taking a line that rings', () => {
    const story = new Story();
    story.campaign({ ...atRate(3), ...strict(3) }, hundredLive);
    story.agent('ada');
    story.tell({ type: 'candidates', campaignId: 'spring', held: 0, more: false });
    const lines = story.ring();
    story.connected(lines[0]!);
    story.answered(lines[2]!);
    expect(story.has('connect')).toBe(false);
    story.wait(1_000);
    story.agent('bob');
    expect(story.one('connect')).toMatchObject({ agentId: 'bob', attemptId: lines[2] });
    story.agent('cyd');
    expect(story.figures()).toMatchObject({ pledged: 1 });
    expect(story.connected(lines[1]!)).toBe('cyd');
  });
});

describe('the balanced guard', () => {
  const bears = (guard: 'STRICT' | 'BALANCED', liveAnswers: number, seen: { resolved: number; live: number }) => {
    const story = new Story();
    const ledger = [{ minute: START - 3_600_000, liveAnswers, abandons: 0 }];
    story.campaign({ ...atRate(10), abandon: { ...strict(3).abandon, guard } }, ledger);
    const campaign = story.state.campaigns.get('spring')!;
    campaign.risked = { lines: 1_000, abandons: 0, ...seen };
    // Room in the bucket: what the windows themselves bear is asked for.
    for (const window of campaign.ledger.windows) window.tokens = 1_000;
    return allowance(campaign, businessTime(story.state)).lines(0.001);
  };
  const few = { resolved: 300, live: 15 };

  it.each([33, 34, 100, 400])('bears of %s answers what STRICT bears', (answers) => {
    expect(bears('BALANCED', answers, { resolved: 300, live: 200 })).toBe(bears('STRICT', answers, few));
  });

  it('bears more lines where windows are large and few people answer, in step with how few', () => {
    const strictly = bears('STRICT', 2_000, few);
    expect(strictly).toBe(60);
    expect(bears('BALANCED', 2_000, few)).toBeGreaterThan(3 * strictly);
    expect(bears('BALANCED', 2_000, { resolved: 300, live: 60 })).toBeLessThan(bears('BALANCED', 2_000, few));
    // Of 60 lines, all answered and all abandoned, the limit holds: before anything is known it is that.
    expect(bears('BALANCED', 2_000, { resolved: 0, live: 0 })).toBe(60);
  });

  it('bears as many lines as leave room for every person on them, and four and a half deviations', () => {
    const lines = bears('BALANCED', 2_000, few);
    const persons = (lines * 25) / 310;
    expect(1 + persons + 4.5 * Math.sqrt(persons)).toBeLessThanOrEqual(60);
    expect(1 + persons + 4.5 * Math.sqrt(persons)).toBeGreaterThan(59);
  });

  it('bears nothing without tokens', () => {
    const story = new Story();
    story.campaign({ ...atRate(10), abandon: { ...strict(3).abandon, guard: 'BALANCED' } }, hundredLive);
    const campaign = story.state.campaigns.get('spring')!;
    for (const window of campaign.ledger.windows) window.tokens = 0.9;
    expect(allowance(campaign, businessTime(story.state)).lines(0.001)).toBe(0);
  });
});

describe('the ledger', () => {
  const horizonMs = 35_000;
  const event = fc.record({
    gap: fc.integer({ min: 0, max: 400_000 }),
    live: fc.integer({ min: 0, max: 3 }),
    abandons: fc.integer({ min: 0, max: 2 }),
    late: fc.integer({ min: 0, max: 150_000 }),
  });

  it('holds for every window what counting the minutes one by one gives', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 60 }), fc.nat(20), (events, seeded) => {
        const minutes = events.slice(0, seeded).map((one, index) => ({
          minute: START - 60_000 * (index % 7),
          liveAnswers: one.live,
          abandons: one.abandons,
        }));
        const windows = [120_000, 600_000, 3_600_000];
        const ledger = createLedger(windows, horizonMs, minutes);
        const all = minutes.map((one) => ({ ...one }));
        let wall = START;
        for (const one of events.slice(seeded)) {
          wall += one.gap;
          advance(ledger, wall);
          // Now and then something is told late: a restored call's answer.
          const at = wall - one.late;
          record(ledger, at, { live: one.live, abandons: one.abandons });
          all.push({ minute: Math.floor(at / 60_000) * 60_000, liveAnswers: one.live, abandons: one.abandons });
          advance(ledger, wall);
          for (const window of ledger.windows) {
            const inside = all.filter((entry) => entry.minute + 60_000 > wall - window.ms);
            const later = all.filter((entry) => entry.minute > wall + horizonMs - window.ms);
            expect(window.live).toBe(inside.reduce((sum, entry) => sum + entry.liveAnswers, 0));
            expect(window.abandons).toBe(inside.reduce((sum, entry) => sum + entry.abandons, 0));
            expect(window.laterLive).toBe(later.reduce((sum, entry) => sum + entry.liveAnswers, 0));
          }
        }
      }),
      { numRuns: propertyRuns(200) },
    );
  });

  it('stays as long as its longest window', () => {
    const ledger = createLedger([3_600_000], horizonMs, []);
    for (let minute = 0; minute < 5_000; minute += 1) {
      record(ledger, START + minute * 60_000, { live: 1 });
      advance(ledger, START + minute * 60_000);
    }
    expect(ledger.minutes.length).toBeLessThan(60 + 512 + 2);
    // Sixty whole minutes and the one that is just leaving.
    expect(ledger.windows[0]!.live).toBe(61);
  });
});
