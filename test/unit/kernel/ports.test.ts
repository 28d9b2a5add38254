import { deserialise, serialise } from '../../../src/dialer/kernel/kernel';
import type { CallSeed, CampaignConfig } from '../../../src/dialer/kernel/messages';
import { atRate, campaignConfig, hundredLive, Story } from './story';

const LIMIT = 60_000;
const ivr = (ports: number, changes: Partial<CampaignConfig> = {}): Partial<CampaignConfig> => ({
  ivr: { ports, treatmentLimitMs: LIMIT },
  ...changes,
});

/** Answered and in treatment at whichever port the kernel chose. */
function treated(story: Story, attemptId: string): number {
  story.answered(attemptId);
  const { port } = story.one('treat');
  story.tell({ type: 'treated', attemptId, port });
  return port;
}

const change = (story: Story, ports: number) =>
  story.tell({ type: 'campaignChanged', campaign: campaignConfig(ivr(ports)) });

describe('ports in place of agents', () => {
  it('each dial a line; the person is treated, the end of the treatment ends the call', () => {
    const story = new Story();
    story.campaign(ivr(2));
    expect(story.one('claim').slots).toEqual([
      { slot: 0, pledge: null, port: 1 },
      { slot: 1, pledge: null, port: 2 },
    ]);
    const [first, second] = story.ring();
    expect(story.figures().ports).toEqual({ total: 2, free: 0, pledged: 2, inTreatment: 0 });
    story.answered(first!);
    expect(story.one('treat')).toMatchObject({ attemptId: first, campaignId: 'spring', port: 1, deadlineAt: 1_750 });
    story.tell({ type: 'treated', attemptId: first!, port: 1 });
    expect(story.one('mark')).toMatchObject({ phase: 'CONNECTED', agentId: null, port: 1 });
    expect(story.figures().ports).toEqual({ total: 2, free: 0, pledged: 1, inTreatment: 1 });
    story.tell({ type: 'treatmentEnded', attemptId: first! });
    expect(story.one('hangup')).toMatchObject({ attemptId: first, reason: 'normal' });
    story.ended(first!, 'answered', 'us');
    expect(story.one('outcome')).toMatchObject({ outcome: 'LIVE_VOICE', agentId: null, port: 1, abandonCause: null });
    // Nothing to wrap up: the port dials again in the same instant.
    expect(story.one('claim').slots).toEqual([{ slot: 0, pledge: null, port: 1 }]);
    expect(treated(story, second!)).toBe(2);
    expect(story.figures().windows[0]).toMatchObject({ liveAnswers: 2, abandons: 0 });
  });

  it('are nobody to desktops, reservations or the figures of agents', () => {
    const story = new Story();
    story.campaign(ivr(3));
    const [call] = story.ring();
    treated(story, call!);
    story.ended(call!);
    story.tell({ type: 'campaignDialling', campaignId: 'spring', dialling: false });
    for (const type of ['agentState', 'reserve', 'release', 'connect'] as const) {
      expect(story.all.filter((command) => command.type === type)).toEqual([]);
    }
    expect(Object.values(story.figures().agents).every((count) => count === 0)).toBe(true);
    expect(story.figures().whyNotDialling).toEqual(['CAMPAIGN_NOT_DIALLING']);
  });

  it('are all there is: agents of its teams stay available', () => {
    const story = new Story();
    story.campaign(ivr(1));
    story.agent('ada');
    expect(story.look('ada')).toMatchObject({ state: 'AVAILABLE', campaignId: null });
    expect(story.has('reserve')).toBe(false);
    story.ring();
    expect(story.figures().whyNotDialling).toEqual([]);
  });

  it('keep the person who hangs up in mid-treatment a live voice, and are free at once', () => {
    const story = new Story();
    story.campaign(ivr(1));
    const [call] = story.ring();
    treated(story, call!);
    expect(story.figures().whyNotDialling).toEqual(['PORTS_BUSY']);
    story.wait(3_000);
    story.ended(call!);
    expect(story.outcome(call!)).toMatchObject({ outcome: 'LIVE_VOICE', by: 'far', port: 1 });
    expect(story.has('claim')).toBe(true);
  });

  it('end a treatment that does not end by itself', () => {
    const story = new Story();
    story.campaign(ivr(1));
    const [call] = story.ring();
    treated(story, call!);
    story.wait(LIMIT - 100);
    expect(story.has('hangup')).toBe(false);
    story.wait(100);
    expect(story.one('hangup')).toMatchObject({ attemptId: call, reason: 'normal' });
  });

  it('above rate 1 take whoever answers first; the other lines go on for other free ports', () => {
    const story = new Story();
    story.campaign(ivr(1, atRate(3)), hundredLive);
    expect(story.one('claim').slots.map((slot) => slot.port)).toEqual([1, undefined, undefined]);
    const [pledged, second, third] = story.ring();
    treated(story, second!);
    expect(story.figures()).toMatchObject({ uncovered: 2, pledged: 0 });
    change(story, 2);
    story.answered(third!);
    expect(story.one('treat')).toMatchObject({ attemptId: third, port: 2 });
    story.tell({ type: 'treated', attemptId: third!, port: 2 });
    // Nobody is left for the last: the message inside the limit, and the count.
    story.answered(pledged!);
    story.wait(1_800);
    expect(story.one('playAbandonedMessage').attemptId).toBe(pledged);
    story.ended(pledged!, 'answered', 'us');
    expect(story.outcome(pledged!)).toMatchObject({ outcome: 'ABANDONED', abandonCause: 'OVERDIAL', port: null });
  });

  it('make nobody wait beyond the limit: a treatment that begins late counts as an abandon', () => {
    const story = new Story();
    story.campaign(ivr(1));
    const [call] = story.ring();
    story.answered(call!);
    story.wait(2_100);
    story.tell({ type: 'treated', attemptId: call!, port: 1 });
    story.ended(call!);
    expect(story.outcome(call!)).toMatchObject({ outcome: 'LIVE_VOICE', late: true, abandonCause: 'FAULT' });
  });

  it('try again when a treatment cannot begin, then give the person the message', () => {
    const story = new Story();
    story.campaign(ivr(1));
    const [call] = story.ring();
    story.answered(call!);
    for (let tries = 0; tries < 3; tries += 1) {
      expect(story.one('treat')).toMatchObject({ attemptId: call, port: 1 });
      story.tell({ type: 'treatFailed', attemptId: call!, port: 1, code: 'FAILED' });
    }
    expect(story.one('playAbandonedMessage').attemptId).toBe(call);
    story.ended(call!, 'answered', 'us');
    expect(story.outcome(call!)).toMatchObject({ outcome: 'ABANDONED', abandonCause: 'FAULT', liveAnswer: true });
  });

  it('are free when the person is gone before the treatment', () => {
    const story = new Story();
    story.campaign(ivr(1));
    const [call] = story.ring();
    story.answered(call!);
    story.tell({ type: 'treatFailed', attemptId: call!, port: 1, code: 'LEG_GONE' });
    expect(story.one('claim').slots).toEqual([{ slot: 0, pledge: null, port: 1 }]);
    story.ended(call!);
    expect(story.outcome(call!)).toMatchObject({ outcome: 'CUSTOMER_ABANDONED', port: null });
  });

  it('do not treat a machine', () => {
    const story = new Story();
    story.campaign(ivr(1, { classified: true, analysisMs: 3_000 }));
    const [call] = story.ring();
    story.answered(call!);
    story.tell({ type: 'classified', attemptId: call!, result: 'machine' });
    expect(story.one('hangup').reason).toBe('machine');
    expect(story.has('treat')).toBe(false);
    expect(story.has('claim')).toBe(true);
  });
});

describe('the number of ports', () => {
  it('grows at once, and shrinks as ports become free', () => {
    const story = new Story();
    story.campaign(ivr(1));
    story.ring();
    change(story, 3);
    expect(story.one('claim').slots.map((slot) => slot.port)).toEqual([2, 3]);
    story.ring();
    treated(story, 'call-3');
    change(story, 1);
    expect(story.figures().ports).toEqual({ total: 3, free: 0, pledged: 2, inTreatment: 1 });
    story.ended('call-2', 'busy');
    expect(story.has('claim')).toBe(false);
    expect(story.figures().ports).toEqual({ total: 2, free: 0, pledged: 1, inTreatment: 1 });
    story.ended('call-3');
    expect(story.figures().ports).toEqual({ total: 1, free: 0, pledged: 1, inTreatment: 0 });
    story.ended('call-1', 'busy');
    expect(story.one('claim').slots.map((slot) => slot.port)).toEqual([1]);
  });

  it('takes away free ports while nothing is dialled, and gives them back', () => {
    const story = new Story();
    story.campaign(ivr(5), [], 0);
    expect(story.figures().ports).toMatchObject({ total: 5, free: 5 });
    change(story, 2);
    expect(story.figures().ports).toMatchObject({ total: 2, free: 2 });
    change(story, 4);
    expect(story.figures().ports).toMatchObject({ total: 4, free: 4 });
  });

  it('is nothing once the campaign dials for agents, and agents are released when it dials for ports', () => {
    const story = new Story();
    story.campaign(ivr(2), [], 0);
    story.tell({ type: 'campaignChanged', campaign: campaignConfig() });
    expect(story.figures().ports).toBeNull();
    story.tell({ type: 'candidates', campaignId: 'spring', held: 10, more: true });
    story.agent('ada');
    expect(story.look('ada')).toMatchObject({ state: 'RESERVED', campaignId: 'spring' });
    const [call] = story.ring();
    change(story, 1);
    expect(story.look('ada')!.state).toBe('RESERVED');
    story.ended(call!, 'busy');
    expect(story.look('ada')).toMatchObject({ state: 'AVAILABLE', campaignId: null });
  });

  it('goes with the campaign', () => {
    const story = new Story();
    story.campaign(ivr(2));
    const [first, second] = story.ring();
    story.tell({ type: 'campaignDialling', campaignId: 'spring', dialling: false });
    story.ended(first!, 'busy');
    story.ended(second!, 'busy');
    story.tell({ type: 'campaignRemoved', campaignId: 'spring' });
    expect(story.state.campaigns.size).toBe(0);
    expect(story.state.agents.size).toBe(0);
  });

  it('is kept by a serialised state', () => {
    const story = new Story();
    story.campaign(ivr(2));
    story.ring();
    story.state = deserialise(serialise(story.state));
    expect(treated(story, 'call-1')).toBe(1);
  });
});

describe('predictive pacing with ports', () => {
  it('gives every port a line, and says so of a small group', () => {
    const story = new Story();
    story.campaign(
      ivr(4, { pacing: { mode: 'PREDICTIVE', maxDialingRate: 3, correctionPace: 70, gain: 1 } }),
      hundredLive,
    );
    expect(story.one('claim').slots.map((slot) => slot.port)).toEqual([1, 2, 3, 4]);
    story.ring();
    story.wait(300);
    expect(story.figures()).toMatchObject({ pledged: 4, pacing: 'SMALL_GROUP' });
  });
});

describe('a take-over in mid-treatment', () => {
  const seed = (changes: Partial<CallSeed>): CallSeed => ({
    attemptId: 'call',
    campaignId: 'spring',
    agentId: null,
    phase: 'CONNECTED',
    placedAt: 0,
    answeredAt: 3_000,
    connectedAt: 3_100,
    ...changes,
  });
  const later = (ports: number, calls: CallSeed[]): Story => {
    const story = new Story();
    story.at = 10_000;
    story.tell({ type: 'campaignStarted', campaign: campaignConfig(ivr(ports)), ledger: [] });
    story.tell({ type: 'callsRestored', calls });
    return story;
  };

  it('leaves the person with the port', () => {
    const story = later(2, [seed({ port: 2 })]);
    expect(story.has('hangup')).toBe(false);
    expect(story.figures().ports).toEqual({ total: 2, free: 1, pledged: 0, inTreatment: 1 });
    story.tell({ type: 'originating', allowed: true });
    story.tell({ type: 'candidates', campaignId: 'spring', held: 10, more: true });
    expect(story.one('claim').slots).toEqual([{ slot: 0, pledge: null, port: 1 }]);
    story.tell({ type: 'treatmentEnded', attemptId: 'call' });
    story.ended('call', 'answered', 'us');
    expect(story.outcome('call')).toMatchObject({ outcome: 'LIVE_VOICE', port: 2, abandonCause: null });
    expect(story.figures().windows[0]).toMatchObject({ liveAnswers: 1, abandons: 0 });
  });

  it('still limits the treatment', () => {
    const story = later(1, [seed({ port: 1 })]);
    story.wait(LIMIT - 7_000);
    expect(story.has('hangup')).toBe(false);
    story.wait(100);
    expect(story.one('hangup')).toMatchObject({ attemptId: 'call', reason: 'normal' });
  });

  it('finds another port when the number is not known or gone, and lets the call go on without any', () => {
    const story = later(1, [seed({}), seed({ attemptId: 'other', port: 7 })]);
    expect(story.figures().ports).toEqual({ total: 1, free: 0, pledged: 0, inTreatment: 1 });
    expect(story.figures().lines.connected).toBe(2);
    story.ended('other');
    expect(story.outcome('other')).toMatchObject({ outcome: 'LIVE_VOICE', port: null });
  });

  it('treats a person who waits, and gives the message when the limit has passed', () => {
    const story = later(1, [
      seed({ phase: 'ANSWERED', answeredAt: 9_000 }),
      seed({ attemptId: 'late', phase: 'ANSWERED', answeredAt: 5_000 }),
    ]);
    expect(story.one('treat')).toMatchObject({ attemptId: 'call', port: 1, deadlineAt: 10_750 });
    expect(story.one('playAbandonedMessage').attemptId).toBe('late');
    story.ended('late');
    expect(story.outcome('late')).toMatchObject({ outcome: 'ABANDONED', abandonCause: 'FAULT' });
  });

  it('owes an outcome even when the campaign never comes', () => {
    const story = new Story();
    story.tell({ type: 'callsRestored', calls: [seed({ port: 3 })] });
    story.ended('call');
    expect(story.outcome('call')).toMatchObject({ outcome: 'LIVE_VOICE', agentId: null, port: 3 });
  });
});
