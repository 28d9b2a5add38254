import { deserialise, serialise } from '../../../src/dialer/kernel/kernel';
import { atRate, hundredLive, Story } from './story';

/** Callbacks that are one agent's own. */
const promise = (story: Story, agentIds: string[], held = 0, campaignId = 'spring') =>
  story.tell({
    ...{ type: 'candidates', campaignId, held, more: false },
    personal: agentIds.map((agentId) => ({ agentId, held: 1 })),
  });

/** Ada in a talk, all contacts gone. */
const adaTalks = (story: Story): string => {
  story.campaign({}, [], 1);
  story.agent('ada');
  const [call] = story.ring();
  story.connected(call!);
  promise(story, []);
  return call!;
};

describe('a callback that is an agent’s own', () => {
  it('waits for its agent, and occupies nobody else', () => {
    const story = new Story();
    const call = adaTalks(story);
    story.agent('bob');
    promise(story, ['ada']);
    story.wait(30_000);
    expect(story.look('bob')).toMatchObject({ state: 'AVAILABLE', campaignId: null });
    expect(story.all.filter(({ type }) => type === 'claim')).toHaveLength(1);
    story.ended(call);
    story.tell({ type: 'wrapUpDone', agentId: 'ada', attemptId: call });
    expect(story.one('claim').slots).toEqual([{ slot: 0, pledge: 'ada', personal: true }]);
    const [own] = story.ring();
    expect(story.connected(own!)).toBe('ada');
  });

  it('reserves its agent although there is nothing for anyone, and keeps it alone', () => {
    const story = new Story();
    story.campaign({}, [], 0);
    story.agent('ada');
    story.agent('bob');
    expect(story.look('ada')).toMatchObject({ campaignId: null });
    promise(story, ['ada']);
    expect(story.look('ada')).toMatchObject({ state: 'RESERVED', campaignId: 'spring' });
    expect(story.look('bob')).toMatchObject({ state: 'AVAILABLE', campaignId: null });
    expect(story.figures().lines).toMatchObject({ claiming: 1 });
    const claim = story.state.campaigns.get('spring')!.claim!;
    // Not to be had just now: the agent is not claimed for again before it is told anew, and is given back after a while.
    story.tell({ type: 'claimed', claimId: claim.id, campaignId: 'spring', lines: [] });
    expect(story.has('claim')).toBe(false);
    story.wait(10_000);
    expect(story.look('ada')).toMatchObject({ state: 'AVAILABLE', campaignId: null });
  });

  it('keeps its agent for itself while it rings: another answered line goes to somebody else', () => {
    const story = new Story();
    story.campaign(atRate(2.5), [], 0);
    story.agent('ada');
    promise(story, ['ada']);
    const [own] = story.ring();
    story.agent('bob');
    promise(story, [], 5);
    const [other] = story.ring();
    expect(story.state.calls.get(other!)?.agentId).toBe('bob');
    story.answered(other!);
    expect(story.one('connect')).toMatchObject({ attemptId: other, agentId: 'bob' });
    story.answered(own!);
    expect(story.one('connect')).toMatchObject({ attemptId: own, agentId: 'ada' });
  });

  it('goes to its own agent, who is not the one available longest', () => {
    const story = new Story();
    story.campaign(atRate(2.5), [], 0);
    story.agent('bob');
    story.agent('ada');
    promise(story, ['ada'], 1);
    const [own, other] = story.ring();
    expect(story.state.calls.get(other!)?.agentId).toBe('bob');
    story.answered(own!);
    expect(story.one('connect')).toMatchObject({ attemptId: own, agentId: 'ada' });
  });

  it('has its agent count for no other line', () => {
    const story = new Story();
    story.campaign(atRate(2), hundredLive, 0);
    story.agent('ada');
    story.agent('bob');
    promise(story, ['ada'], 10);
    // For ada her callback, for bob two lines: at a rate of 2 ada would have been good for two more.
    expect(story.one('claim').slots).toEqual([
      { slot: 0, pledge: 'ada', personal: true },
      { slot: 1, pledge: 'bob' },
      { slot: 2, pledge: null },
    ]);
    story.ring();
    expect(story.figures()).toMatchObject({ pledged: 2, uncovered: 1 });
    expect(story.state.campaigns.get('spring')).toMatchObject({ counted: 1, lines: 2, atRisk: 1 });
  });

  it('lets its agent cover no line that was risked, as long as it is to be had', () => {
    const story = new Story();
    story.campaign(atRate(2), hundredLive, 2);
    story.agent('bob');
    const [, risked] = story.ring();
    expect(story.state.calls.get(risked!)).toMatchObject({ agentId: null, uncovered: 'OVERDIAL' });
    promise(story, ['ada']);
    story.agent('ada');
    expect(story.one('claim').slots).toEqual([{ slot: 0, pledge: 'ada', personal: true }]);
    expect(story.state.calls.get(risked!)).toMatchObject({ agentId: null, uncovered: 'OVERDIAL' });
    const claim = story.state.campaigns.get('spring')!.claim!;
    story.tell({ type: 'claimed', claimId: claim.id, campaignId: 'spring', lines: [] });
    expect(story.state.calls.get(risked!)?.agentId).toBe('ada');
  });

  it('waits until its agent has covered a line that has lost its own', () => {
    const story = new Story();
    story.campaign({}, [], 1);
    story.agent('bob');
    const [call] = story.ring();
    story.agent('ada', { legUp: false });
    promise(story, ['ada']);
    story.tell({ type: 'agentLeg', agentId: 'bob', up: false, why: 'lost' });
    expect(story.state.calls.get(call!)).toMatchObject({ agentId: null, uncovered: 'AGENT_LOST' });
    story.tell({ type: 'agentLeg', agentId: 'ada', up: true });
    expect(story.state.calls.get(call!)).toMatchObject({ agentId: 'ada', personal: false, uncovered: null });
    expect(story.has('claim')).toBe(false);
  });

  it('is like any other line once its agent is lost: covered by another', () => {
    const story = new Story();
    story.campaign({}, [], 0);
    story.agent('ada');
    promise(story, ['ada']);
    const [own] = story.ring();
    story.tell({ type: 'agentLeg', agentId: 'ada', up: false, why: 'hung_up' });
    expect(story.state.calls.get(own!)).toMatchObject({ agentId: null, personal: false, uncovered: 'AGENT_LOST' });
    expect(story.figures().uncovered).toBe(1);
    story.agent('bob');
    expect(story.figures().uncovered).toBe(0);
    expect(story.connected(own!)).toBe('bob');
  });

  it('goes to another also when the desktop is gone at the answer, and to the message when there is nobody', () => {
    const story = new Story();
    story.campaign({}, [], 0);
    story.agent('ada');
    promise(story, ['ada']);
    const [own] = story.ring();
    story.tell({ type: 'presence', agentId: 'ada', presence: 'ABSENT' });
    story.answered(own!);
    expect(story.has('connect')).toBe(false);
    expect(story.state.calls.get(own!)).toMatchObject({ phase: 'WAITING', personal: false });
    story.wait(2_000);
    expect(story.all.filter(({ type }) => type === 'playAbandonedMessage')).toHaveLength(1);
    story.ended(own!);
    expect(story.outcome(own!)).toMatchObject({ outcome: 'ABANDONED', abandonCause: 'AGENT_LOST' });
  });

  it('is not placed when its agent has gone before it was claimed', () => {
    const story = new Story();
    story.campaign(atRate(2), hundredLive, 0);
    story.agent('ada');
    story.agent('bob');
    promise(story, ['ada']);
    story.tell({ type: 'agentWants', agentId: 'ada', state: 'IDLE', reason: 'LUNCH' });
    const [own] = story.claimed();
    expect(story.has('place')).toBe(false);
    expect(story.outcome(own!)).toMatchObject({ outcome: 'NOT_PLACED' });
  });

  it('is made before its agent goes to lunch', () => {
    const story = new Story();
    story.campaign(atRate(2), [], 0);
    story.agent('ada');
    promise(story, ['ada']);
    const [own] = story.ring();
    story.tell({ type: 'agentWants', agentId: 'ada', state: 'IDLE', reason: 'LUNCH' });
    expect(story.look('ada')).toMatchObject({ state: 'RESERVED', pending: 'IDLE' });
    expect(story.connected(own!)).toBe('ada');
  });

  it('calls its agent from a campaign of the same rank or a worse one, not from a better one', () => {
    for (const [rank, called] of [
      [1, true],
      [2, true],
      [0, false],
    ] as const) {
      const story = new Story();
      story.campaign({ id: 'other', rank }, [], 0);
      story.agent('ada');
      story.tell({ type: 'candidates', campaignId: 'other', held: 5, more: true });
      expect(story.look('ada')).toMatchObject({ campaignId: 'other' });
      const [call] = story.ring('other');
      story.campaign({ id: 'spring', rank: 1 }, [], 0);
      promise(story, ['ada']);
      expect(story.look('ada')).toMatchObject({ campaignId: 'other' });
      story.ended(call!, 'busy');
      expect(story.look('ada')).toMatchObject({ campaignId: called ? 'spring' : 'other' });
    }
  });

  it('stays its agent’s own in a serialised state', () => {
    const story = new Story();
    story.campaign(atRate(2.5), [], 0);
    story.agent('ada');
    promise(story, ['ada']);
    story.state = deserialise(serialise(story.state));
    const [own] = story.ring();
    story.state = deserialise(serialise(story.state));
    story.agent('bob');
    promise(story, ['bob'], 5);
    const [other] = story.ring();
    story.answered(other!);
    expect(story.one('connect').agentId).toBe('bob');
    story.answered(own!);
    expect(story.one('connect').agentId).toBe('ada');
  });
});
