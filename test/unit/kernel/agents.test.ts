import { Story } from './story';

describe('an agent and a campaign', () => {
  it('rings the device, and dials only once the agent has answered', () => {
    const story = new Story();
    story.campaign();
    story.agent('ada', { legUp: false });
    expect(story.one('reserve')).toMatchObject({ agentId: 'ada', campaignId: 'spring', ring: true });
    expect(story.has('claim')).toBe(false);
    expect(story.look('ada')).toMatchObject({ state: 'AVAILABLE', campaignId: 'spring' });
    story.tell({ type: 'agentLeg', agentId: 'ada', up: true });
    expect(story.look('ada')).toMatchObject({ state: 'RESERVED' });
    expect(story.one('claim').slots).toEqual([{ slot: 0, pledge: 'ada' }]);
  });

  it.each([
    ['unanswered', 'RESERVATION_UNANSWERED'],
    ['declined', 'RESERVATION_DECLINED'],
    ['failed', 'RESERVATION_FAILED'],
  ])('goes idle when the reservation call is %s', (why, reason) => {
    const story = new Story();
    story.campaign();
    story.agent('ada', { legUp: false });
    story.tell({ type: 'agentLeg', agentId: 'ada', up: false, why });
    expect(story.one('release').reason).toBe(reason);
    expect(story.one('agentState')).toMatchObject({ state: 'IDLE', reason, reservationId: null });
  });

  it('serves the campaign of best rank that has something to dial, and moves to it when unpledged', () => {
    const story = new Story();
    story.campaign({ id: 'low', rank: 5 }, [], 0);
    story.campaign({ id: 'high', rank: 1 }, [], 0);
    story.agent('ada');
    expect(story.has('reserve')).toBe(false);
    story.tell({ type: 'candidates', campaignId: 'low', held: 5, more: true });
    expect(story.one('reserve')).toMatchObject({ campaignId: 'low', ring: false });
    const [first] = story.ring('low');
    story.tell({ type: 'candidates', campaignId: 'high', held: 5, more: true });
    expect(story.has('release')).toBe(false);
    story.ended(first!, 'busy');
    expect(story.one('release')).toMatchObject({ campaignId: 'low', reason: 'HIGHER_RANK' });
    expect(story.one('reserve')).toMatchObject({ campaignId: 'high', ring: false });
  });

  it('is released after ten seconds with nothing to dial, and at once when the campaign pauses', () => {
    const story = new Story();
    story.campaign({}, [], 1);
    story.agent('ada');
    const [call] = story.ring();
    story.tell({ type: 'candidates', campaignId: 'spring', held: 0, more: false });
    story.ended(call!, 'busy');
    story.wait(9_900);
    expect(story.has('release')).toBe(false);
    story.wait(100);
    expect(story.one('release').reason).toBe('NOTHING_TO_DIAL');
    expect(story.look('ada')).toMatchObject({ state: 'AVAILABLE', leg: 'UP' });
    story.tell({ type: 'candidates', campaignId: 'spring', held: 5, more: false });
    expect(story.one('reserve').ring).toBe(false);
    const [next] = story.ring();
    story.tell({ type: 'campaignDialling', campaignId: 'spring', dialling: false });
    expect(story.has('release')).toBe(false);
    story.ended(next!, 'no_answer');
    expect(story.one('release').reason).toBe('CAMPAIGN_NOT_DIALLING');
  });

  it('leaves at once without a line, and ends the reservation call', () => {
    const story = new Story();
    story.campaign({}, [], 0);
    story.agent('ada');
    story.tell({ type: 'agentWants', agentId: 'ada', state: 'LOGGED_OUT', reason: 'HOME' });
    expect(story.one('closeLeg').agentId).toBe('ada');
    expect(story.one('agentState')).toMatchObject({ state: 'LOGGED_OUT', sessionEnded: true });
    expect(story.look('ada')).toBeNull();
  });

  it('leaves with a pledge only when the line has resolved', () => {
    const story = new Story();
    story.campaign();
    story.agent('ada');
    const [call] = story.ring();
    story.tell({ type: 'agentWants', agentId: 'ada', state: 'IDLE', reason: 'LUNCH' });
    expect(story.one('agentState')).toMatchObject({ state: 'RESERVED', pending: 'IDLE' });
    expect(story.has('closeLeg')).toBe(false);
    story.ended(call!, 'no_answer');
    expect(story.one('agentState')).toMatchObject({ state: 'IDLE', reason: 'LUNCH', pending: null });
    expect(story.one('closeLeg').agentId).toBe('ada');
    expect(story.has('claim')).toBe(false);
  });

  it('goes idle while the call is being answered: the customer is served, then the wrap-up, then idle', () => {
    const story = new Story();
    story.campaign();
    story.agent('ada');
    const [call] = story.ring();
    story.answered(call!);
    story.tell({ type: 'agentWants', agentId: 'ada', state: 'IDLE', reason: 'LUNCH' });
    story.tell({ type: 'connected', attemptId: call!, agentId: 'ada' });
    expect(story.look('ada')).toMatchObject({ state: 'CONNECTED', pending: 'IDLE', customer: call });
    story.ended(call!);
    expect(story.look('ada')).toMatchObject({ state: 'WRAP_UP', pending: 'IDLE' });
    story.tell({ type: 'wrapUpDone', agentId: 'ada', attemptId: call! });
    expect(story.look('ada')).toMatchObject({ state: 'IDLE', reason: 'LUNCH', customer: null });
    expect(story.outcome(call!)).toMatchObject({ outcome: 'LIVE_VOICE', agentId: 'ada', abandonCause: null });
  });

  it('ends the wrap-up by itself, and is then reserved again', () => {
    const story = new Story();
    story.campaign({ wrapUpLimitMs: 5_000 });
    story.agent('ada');
    const [call] = story.ring();
    story.connected(call!);
    story.ended(call!);
    story.wait(4_900);
    expect(story.look('ada')!.state).toBe('WRAP_UP');
    story.wait(100);
    expect(story.look('ada')!.state).toBe('RESERVED');
    expect(story.one('claim').slots).toEqual([{ slot: 0, pledge: 'ada' }]);
  });

  it('renews a reservation that has lasted too long, without ringing', () => {
    const story = new Story();
    story.campaign({ maxReservationMs: 5_000 });
    story.agent('ada');
    const [call] = story.ring();
    story.wait(6_000);
    expect(story.has('release')).toBe(false);
    story.ended(call!, 'busy');
    expect(story.one('release').reason).toBe('RENEWED');
    expect(story.one('reserve').ring).toBe(false);
  });

  it('whose desktop is gone gets no pledge, keeps a talk, and is idle afterwards', () => {
    const story = new Story();
    story.campaign();
    story.agent('ada');
    story.agent('bob');
    const calls = story.ring();
    const talking = story.connected(calls[0]!);
    story.tell({ type: 'presence', agentId: talking, presence: 'ABSENT' });
    expect(story.look(talking)!.state).toBe('CONNECTED');
    story.ended(calls[0]!);
    story.tell({ type: 'wrapUpDone', agentId: talking, attemptId: calls[0]! });
    expect(story.look(talking)).toMatchObject({ state: 'IDLE', reason: 'DESKTOP_GONE' });
  });

  it('whose desktop is gone is given no customer: the person goes to the next one', () => {
    const story = new Story();
    story.campaign();
    story.agent('ada');
    const [call] = story.ring();
    story.tell({ type: 'presence', agentId: 'ada', presence: 'ABSENT' });
    expect(story.look('ada')!.state).toBe('RESERVED');
    story.answered(call!);
    expect(story.has('connect')).toBe(false);
    expect(story.look('ada')).toMatchObject({ state: 'IDLE', reason: 'DESKTOP_GONE' });
    story.agent('bob');
    expect(story.one('connect')).toMatchObject({ attemptId: call, agentId: 'bob' });
  });

  it('keeps being pledged for 30 s of unknown presence, then not', () => {
    const story = new Story();
    story.campaign();
    story.agent('ada');
    story.tell({ type: 'presence', agentId: 'ada', presence: 'UNKNOWN' });
    const [first] = story.ring();
    story.wait(10_000);
    story.ended(first!, 'busy');
    expect(story.has('claim')).toBe(true);
    const [second] = story.ring();
    story.wait(19_000);
    story.wait(1_100);
    story.ended(second!, 'busy');
    expect(story.has('claim')).toBe(false);
    story.tell({ type: 'presence', agentId: 'ada', presence: 'PRESENT' });
    expect(story.has('claim')).toBe(true);
  });

  it('is let go by a removed campaign, which is forgotten once its last call has ended', () => {
    const story = new Story();
    story.campaign();
    story.agent('ada');
    const [call] = story.ring();
    story.connected(call!);
    story.tell({ type: 'campaignRemoved', campaignId: 'spring' });
    story.ended(call!);
    expect(story.look('ada')!.state).toBe('WRAP_UP');
    story.tell({ type: 'wrapUpDone', agentId: 'ada', attemptId: call! });
    expect(story.one('release').reason).toBe('CAMPAIGN_ENDED');
    expect(story.look('ada')!.state).toBe('AVAILABLE');
    expect(story.state.campaigns.size).toBe(0);
  });

  it('of another organisation is never reserved, whatever the team is called', () => {
    const story = new Story();
    story.campaign({ organisationId: 'other' });
    story.agent('ada');
    expect(story.has('reserve')).toBe(false);
  });
});
