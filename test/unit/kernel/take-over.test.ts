import { createState, deserialise, serialise, step } from '../../../src/dialer/kernel/kernel';
import type { CallSeed, Input } from '../../../src/dialer/kernel/messages';
import { atRate, type Body, campaignConfig, hundredLive, Story } from './story';

function seed(changes: Partial<CallSeed>): CallSeed {
  return { attemptId: 'call', campaignId: 'spring', agentId: null, phase: 'RINGING', placedAt: 0, ...changes };
}

/** A story that begins at the tenth second of a dialer's life. */
function later(): Story {
  const story = new Story();
  story.at = 10_000;
  return story;
}

describe('a take-over', () => {
  it('leaves a customer with the agent; wrap-up and outcome follow as ever', () => {
    const story = later();
    story.tell({ type: 'campaignStarted', campaign: campaignConfig(), ledger: [] });
    story.agent('ada', { state: 'CONNECTED' });
    story.tell({
      type: 'callsRestored',
      calls: [seed({ agentId: 'ada', phase: 'CONNECTED', answeredAt: 3_000, connectedAt: 3_100 })],
    });
    expect(story.look('ada')).toMatchObject({ state: 'CONNECTED', customer: 'call', campaignId: 'spring' });
    expect(story.has('hangup')).toBe(false);
    expect(story.figures().windows[0]!.liveAnswers).toBe(1);
    story.ended('call');
    expect(story.one('outcome')).toMatchObject({ outcome: 'LIVE_VOICE', agentId: 'ada', late: false });
    expect(story.look('ada')!.state).toBe('WRAP_UP');
  });

  it('does so in whatever order it is told', () => {
    const story = later();
    story.tell({
      type: 'callsRestored',
      calls: [seed({ agentId: 'ada', phase: 'CONNECTED', answeredAt: 3_000, connectedAt: 3_100 })],
    });
    story.tell({ type: 'campaignStarted', campaign: campaignConfig(), ledger: [] });
    story.agent('ada', { state: 'CONNECTED' });
    expect(story.look('ada')).toMatchObject({ state: 'CONNECTED', customer: 'call' });
  });

  it('gives an answered person an agent within what is left of the limit', () => {
    const story = later();
    story.tell({ type: 'campaignStarted', campaign: campaignConfig(), ledger: [] });
    story.tell({ type: 'callsRestored', calls: [seed({ phase: 'ANSWERED', answeredAt: 9_000 })] });
    story.agent('ada');
    expect(story.one('connect')).toMatchObject({ attemptId: 'call', agentId: 'ada', deadlineAt: 10_750 });
  });

  it('plays the message at once when the limit has passed, and counts it as a fault', () => {
    const story = later();
    story.tell({ type: 'campaignStarted', campaign: campaignConfig(), ledger: [] });
    story.agent('ada');
    story.tell({ type: 'callsRestored', calls: [seed({ phase: 'ANSWERED', answeredAt: 5_000 })] });
    expect(story.one('playAbandonedMessage').attemptId).toBe('call');
    story.ended('call');
    expect(story.one('outcome')).toMatchObject({ outcome: 'ABANDONED', abandonCause: 'FAULT', liveAnswer: true });
  });

  it('gives a ringing line back to its agent, and counts one without an agent in the guard', () => {
    const story = later();
    story.tell({ type: 'campaignStarted', campaign: campaignConfig(atRate(10)), ledger: hundredLive });
    story.tell({
      type: 'callsRestored',
      calls: [
        seed({ attemptId: 'older', placedAt: 8_000 }),
        seed({ attemptId: 'mine', agentId: 'ada', placedAt: 9_000 }),
      ],
    });
    expect(story.figures().uncovered).toBe(2);
    story.agent('ada', { state: 'RESERVED' });
    expect(story.figures()).toMatchObject({ uncovered: 1, pledged: 1 });
    story.tell({ type: 'originating', allowed: true });
    story.tell({ type: 'candidates', campaignId: 'spring', held: 50, more: true });
    expect(story.one('claim').slots).toEqual([
      { slot: 0, pledge: null },
      { slot: 1, pledge: null },
    ]);
  });

  it('gives the wrap-up to an agent whose call ended in between', () => {
    const story = later();
    story.tell({ type: 'campaignStarted', campaign: campaignConfig(), ledger: [] });
    story.agent('ada', { state: 'CONNECTED' });
    expect(story.has('agentState')).toBe(false);
    story.tell({ type: 'callsRestored', calls: [] });
    expect(story.one('agentState')).toMatchObject({ state: 'WRAP_UP', customer: null });
    story.tell({ type: 'wrapUpDone', agentId: 'ada', attemptId: 'whichever' });
    expect(story.look('ada')!.state).toBe('AVAILABLE');
  });

  it('has the customer whose talk did not survive written up by name', () => {
    const story = later();
    story.tell({ type: 'campaignStarted', campaign: campaignConfig(), ledger: [] });
    story.agent('ada', { state: 'CONNECTED', attemptId: 'lost' });
    story.tell({ type: 'callsRestored', calls: [] });
    expect(story.one('agentState')).toMatchObject({ state: 'WRAP_UP', customer: 'lost' });
    story.tell({ type: 'wrapUpDone', agentId: 'ada', attemptId: 'another' });
    expect(story.look('ada')!.state).toBe('WRAP_UP');
    story.tell({ type: 'wrapUpDone', agentId: 'ada', attemptId: 'lost' });
    expect(story.look('ada')!.state).toBe('AVAILABLE');
  });

  it('claims nothing before it may originate', () => {
    const story = later();
    story.tell({ type: 'campaignStarted', campaign: campaignConfig(), ledger: [] });
    story.tell({ type: 'candidates', campaignId: 'spring', held: 50, more: true });
    story.agent('ada');
    expect(story.has('claim')).toBe(false);
    expect(story.figures().whyNotDialling).toContain('NOT_ORIGINATING');
    story.tell({ type: 'originating', allowed: true });
    expect(story.has('claim')).toBe(true);
  });
});

describe('a serialised state', () => {
  it('is read back to the same text, and goes on the same', () => {
    const story = new Story();
    story.campaign(atRate(2.5), hundredLive);
    story.agent('ada');
    story.agent('bob', { legUp: false });
    const lines = story.ring();
    const text = serialise(story.state);
    const again = deserialise(text);
    expect(serialise(again)).toBe(text);
    story.answered(lines[1]!);
    const said = step(again, { type: 'answered', attemptId: lines[1]!, at: story.at, wall: again.wall });
    expect(said).toEqual(story.said);
    expect(serialise(again)).toBe(serialise(story.state));
  });
});

describe('news of what is not there', () => {
  it('is ignored', () => {
    const state = createState({ dialerId: 'dialer', epoch: 1 });
    const attemptId = 'nobody';
    const agentId = 'nobody';
    const inputs: Body[] = [
      { type: 'placed', attemptId },
      { type: 'notPlaced', attemptId, code: 'expired' },
      { type: 'ringing', attemptId },
      { type: 'answered', attemptId },
      { type: 'classified', attemptId, result: 'human' },
      { type: 'connected', attemptId, agentId },
      { type: 'connectFailed', attemptId, agentId, code: 'FAILED' },
      { type: 'playFinished', attemptId },
      { type: 'ended', attemptId, cause: 'answered', by: 'far' },
      { type: 'claimed', claimId: '1-1', campaignId: 'none', lines: [{ slot: 0, attemptId }] },
      { type: 'candidates', campaignId: 'none', held: 1, more: false },
      { type: 'campaignDialling', campaignId: 'none', dialling: true },
      { type: 'campaignRemoved', campaignId: 'none' },
      { type: 'campaignChanged', campaign: campaignConfig() },
      { type: 'agentLeg', agentId, up: true },
      { type: 'agentWants', agentId, state: 'AVAILABLE' },
      { type: 'wrapUpDone', agentId, attemptId },
      { type: 'agentHangsUp', agentId, attemptId },
      { type: 'presence', agentId, presence: 'ABSENT' },
    ];
    for (const input of inputs) expect(step(state, { ...input, at: 1, wall: 1 } as Input)).toEqual([]);
  });
});
