import { Story } from './story';

describe('a call', () => {
  it('shows its customer at 1:1 from dialling on, and goes to that very agent', () => {
    const story = new Story();
    story.campaign();
    story.agent('ada');
    const [first] = story.ring();
    story.agent('bob');
    const [second] = story.ring();
    expect(story.look('bob')).toMatchObject({ state: 'RESERVED', customer: second });
    expect(story.connected(second!)).toBe('bob');
    expect(story.connected(first!)).toBe('ada');
    expect(story.figures()).toMatchObject({ lines: { connected: 2 }, uncovered: 0, attempts: 2 });
  });

  it('is not placed when the campaign was paused before the claim came back', () => {
    const story = new Story();
    story.campaign();
    story.agent('ada');
    story.tell({ type: 'campaignDialling', campaignId: 'spring', dialling: false });
    const [call] = story.claimed();
    expect(story.has('place')).toBe(false);
    expect(story.one('outcome')).toMatchObject({ attemptId: call, outcome: 'NOT_PLACED', times: { endedAt: 0 } });
  });

  it('is not placed when its agent left before the claim came back', () => {
    const story = new Story();
    story.campaign();
    story.agent('ada');
    story.tell({ type: 'agentWants', agentId: 'ada', state: 'IDLE', reason: 'LUNCH' });
    expect(story.look('ada')!.state).toBe('IDLE');
    story.claimed();
    expect(story.has('place')).toBe(false);
    expect(story.one('outcome').outcome).toBe('NOT_PLACED');
  });

  it('of which the kernel is told late has its clock from when it was heard of', () => {
    const story = new Story();
    story.campaign();
    story.agent('ada');
    const [call] = story.ring();
    story.wait(5_000);
    story.at = 4_200;
    story.answered(call!);
    expect(story.one('connect').deadlineAt).toBe(4_200 + 2_000 - 250);
  });

  it('whose originate has an unknown fate waits for its end', () => {
    const story = new Story();
    story.campaign();
    story.agent('ada');
    const [call] = story.claimed();
    story.tell({ type: 'notPlaced', attemptId: call!, code: 'UNKNOWN_OUTCOME' });
    expect(story.has('outcome')).toBe(false);
    story.tell({ type: 'ended', attemptId: call!, cause: 'network_failure', by: 'unknown' });
    expect(story.one('outcome').outcome).toBe('UNKNOWN');
  });

  it.each([
    ['busy', 'BUSY'],
    ['no_answer', 'NO_ANSWER'],
    ['invalid_number', 'INVALID_NUMBER'],
    ['rejected', 'REJECTED'],
    ['congestion', 'CONGESTION'],
    ['network_failure', 'NETWORK_FAILURE'],
    ['config_error', 'CONFIG_ERROR'],
    ['cancelled', 'CANCELLED'],
  ] as const)('unanswered, ended by %s, is %s', (cause, outcome) => {
    const story = new Story();
    story.campaign();
    story.agent('ada');
    const [call] = story.ring();
    story.ended(call!, cause);
    expect(story.one('outcome')).toMatchObject({ outcome, liveAnswer: false, agentId: null });
    expect(story.has('claim')).toBe(true);
  });

  it('that rings past its limit is taken down; its agent is free at once', () => {
    const story = new Story();
    story.campaign();
    story.agent('ada');
    const [call] = story.ring();
    story.wait(21_900);
    expect(story.has('hangup')).toBe(false);
    story.wait(100);
    expect(story.one('hangup')).toMatchObject({ attemptId: call, reason: 'cancelled' });
    expect(story.has('claim')).toBe(true);
    story.ended(call!, 'cancelled', 'us');
    expect(story.one('outcome').outcome).toBe('NO_ANSWER');
  });

  it('answered while it is being cancelled counts as an abandon by fault, and hears the message', () => {
    const story = new Story();
    story.campaign();
    story.agent('ada');
    const [call] = story.ring();
    story.wait(22_000);
    story.answered(call!);
    expect(story.one('playAbandonedMessage').attemptId).toBe(call);
    story.ended(call!, 'answered', 'us');
    expect(story.one('outcome')).toMatchObject({ outcome: 'ABANDONED', abandonCause: 'FAULT', liveAnswer: true });
    expect(story.figures().windows[0]).toMatchObject({ liveAnswers: 1, abandons: 1 });
  });

  it('that a machine answers is hung up, and the agent does not wait for it', () => {
    const story = new Story();
    story.campaign({ classified: true, analysisMs: 3_000 });
    story.agent('ada');
    const [call] = story.ring();
    story.answered(call!);
    expect(story.has('connect')).toBe(false);
    story.tell({ type: 'classified', attemptId: call!, result: 'machine' });
    expect(story.one('hangup').reason).toBe('machine');
    expect(story.has('claim')).toBe(true);
    story.ended(call!, 'answered', 'us');
    expect(story.one('outcome')).toMatchObject({ outcome: 'MACHINE', liveAnswer: false });
  });

  it('without a verdict in time is a person', () => {
    const story = new Story();
    story.campaign({ classified: true, analysisMs: 3_000 });
    story.agent('ada');
    const [call] = story.ring();
    story.answered(call!);
    story.wait(4_000);
    expect(story.one('connect')).toMatchObject({ attemptId: call, agentId: 'ada' });
  });

  it('runs its clock from the end of the greeting', () => {
    const story = new Story();
    story.campaign({ classified: true, analysisMs: 3_000 });
    story.agent('ada');
    const [call] = story.ring();
    story.answered(call!);
    story.wait(2_500);
    story.tell({ type: 'classified', attemptId: call!, result: 'human', greetingEndedAt: 2_000 });
    expect(story.one('connect').deadlineAt).toBe(2_000 + 2_000 - 250);
    story.at = 4_000;
    story.tell({ type: 'connected', attemptId: call!, agentId: 'ada' });
    story.ended(call!);
    expect(story.one('outcome')).toMatchObject({ outcome: 'LIVE_VOICE', late: false });
  });

  it('connected too late goes through, and counts', () => {
    const story = new Story();
    story.campaign();
    story.agent('ada');
    const [call] = story.ring();
    story.answered(call!);
    story.wait(2_100);
    expect(story.figures().windows[0]).toMatchObject({ liveAnswers: 1, abandons: 1 });
    story.tell({ type: 'connected', attemptId: call!, agentId: 'ada' });
    expect(story.look('ada')!.state).toBe('CONNECTED');
    story.wait(5_000);
    story.ended(call!);
    expect(story.one('outcome')).toMatchObject({ outcome: 'LIVE_VOICE', late: true, abandonCause: 'FAULT' });
    expect(story.figures().windows[0]).toMatchObject({ liveAnswers: 1, abandons: 1 });
  });

  it('whose person hangs up before the bridge frees the agent at once', () => {
    const story = new Story();
    story.campaign();
    story.agent('ada');
    const [call] = story.ring();
    story.answered(call!);
    story.tell({ type: 'connectFailed', attemptId: call!, agentId: 'ada', code: 'LEG_GONE' });
    expect(story.has('claim')).toBe(true);
    story.ended(call!);
    expect(story.one('outcome')).toMatchObject({ outcome: 'CUSTOMER_ABANDONED', liveAnswer: true, abandonCause: null });
  });

  it('loses its agent in mid-ring: another unpledged one takes it', () => {
    const story = new Story();
    story.campaign({}, [], 1);
    story.agent('ada');
    const [call] = story.ring();
    story.tell({ type: 'candidates', campaignId: 'spring', held: 1, more: false });
    story.agent('bob');
    const claim = story.one('claim');
    story.tell({ type: 'claimed', claimId: claim.id, campaignId: 'spring', lines: [] });
    story.tell({ type: 'agentLeg', agentId: 'ada', up: false, why: 'hung_up' });
    expect(story.look('ada')).toMatchObject({ state: 'IDLE', reason: 'DEVICE_HUNG_UP' });
    expect(story.look('bob')!.customer).toBe(call);
    expect(story.connected(call!)).toBe('bob');
  });

  it('loses its only agent in mid-ring: the person hears the message inside the limit', () => {
    const story = new Story();
    story.campaign();
    story.agent('ada');
    const [call] = story.ring();
    story.tell({ type: 'agentLeg', agentId: 'ada', up: false, why: 'hung_up' });
    expect(story.figures()).toMatchObject({ uncovered: 1, pledged: 0 });
    story.answered(call!);
    story.wait(1_700);
    expect(story.has('playAbandonedMessage')).toBe(false);
    story.wait(100);
    expect(story.one('playAbandonedMessage').attemptId).toBe(call);
    story.tell({ type: 'playFinished', attemptId: call! });
    expect(story.one('hangup').reason).toBe('abandoned');
    story.ended(call!, 'answered', 'us');
    expect(story.one('outcome')).toMatchObject({ outcome: 'ABANDONED', abandonCause: 'AGENT_LOST' });
  });

  it('whose agent is gone at the moment of the bridge is offered to the next, who comes free in time', () => {
    const story = new Story();
    story.campaign();
    story.agent('ada');
    const [call] = story.ring();
    story.answered(call!);
    story.tell({ type: 'connectFailed', attemptId: call!, agentId: 'ada', code: 'AGENT_GONE' });
    expect(story.look('ada')!.state).toBe('IDLE');
    story.wait(1_000);
    story.agent('bob');
    expect(story.one('connect')).toMatchObject({ attemptId: call, agentId: 'bob' });
    story.tell({ type: 'connected', attemptId: call!, agentId: 'bob' });
    story.ended(call!);
    expect(story.one('outcome')).toMatchObject({ outcome: 'LIVE_VOICE', late: false, agentId: 'bob' });
  });

  it('at 1:1 goes rather to an agent whose line is still being claimed than to one whose line rings', () => {
    const story = new Story();
    story.campaign();
    story.agent('ada');
    const [call] = story.ring();
    story.agent('bob');
    story.ring();
    story.agent('cleo');
    story.answered(call!);
    story.tell({ type: 'connectFailed', attemptId: call!, agentId: 'ada', code: 'AGENT_GONE' });
    expect(story.one('connect')).toMatchObject({ attemptId: call, agentId: 'cleo' });
    // Cleo's own line is not placed any more, and Bob's has not lost its agent.
    const [late] = story.claimed();
    expect(story.has('place')).toBe(false);
    expect(story.outcome(late!)).toMatchObject({ outcome: 'NOT_PLACED' });
    expect(story.figures()).toMatchObject({ uncovered: 0 });
  });

  it('ends when the agent hangs up the device in the talk; the wrap-up is kept', () => {
    const story = new Story();
    story.campaign();
    story.agent('ada');
    const [call] = story.ring();
    story.connected(call!);
    story.tell({ type: 'agentLeg', agentId: 'ada', up: false, why: 'hung_up' });
    expect(story.one('hangup')).toMatchObject({ attemptId: call, reason: 'normal' });
    story.ended(call!, 'answered', 'us');
    expect(story.look('ada')!.state).toBe('WRAP_UP');
    story.tell({ type: 'wrapUpDone', agentId: 'ada', attemptId: call! });
    expect(story.look('ada')).toMatchObject({ state: 'IDLE', reason: 'DEVICE_HUNG_UP' });
  });

  it('has its end closed when the switch never tells of it', () => {
    const story = new Story();
    story.campaign();
    story.agent('ada');
    const [call] = story.ring();
    story.connected(call!);
    story.tell({ type: 'agentHangsUp', agentId: 'ada', attemptId: call! });
    story.wait(10_000);
    expect(story.outcome(call!)).toMatchObject({ outcome: 'LIVE_VOICE', by: 'us' });
    story.ended(call!);
    expect(story.said).toEqual([]);
  });

  it('keeps its number for as long as the switch cannot be asked', () => {
    const story = new Story();
    story.campaign();
    story.agent('ada');
    const [call] = story.ring();
    story.connected(call!);
    story.tell({ type: 'agentHangsUp', agentId: 'ada', attemptId: call! });
    story.tell({ type: 'originating', allowed: false });
    story.wait(60_000);
    expect(story.has('outcome')).toBe(false);
    story.tell({ type: 'originating', allowed: true });
    story.wait(10_000);
    expect(story.outcome(call!)).toMatchObject({ outcome: 'LIVE_VOICE', by: 'us' });
  });
});

describe('the emergency stop', () => {
  it('takes down what has rung long enough, lets the rest reach agents, and leaves talks alone', () => {
    const story = new Story();
    story.campaign();
    for (const id of ['ada', 'bob', 'cyd']) story.agent(id);
    const [early] = story.ring();
    const rest = story.ring();
    story.connected(early!);
    story.wait(10_000);
    story.ended(rest[0]!, 'busy');
    const [young] = story.ring();
    story.wait(6_000);
    story.tell({ type: 'organisationStopped', organisationId: 'org' });
    expect(story.one('hangup')).toMatchObject({ attemptId: rest[1], reason: 'cancelled' });
    expect(story.look('ada')!.state).toBe('CONNECTED');
    expect(story.has('claim')).toBe(false);
    const agent = story.connected(young!);
    expect(story.look(agent)!.state).toBe('CONNECTED');
    story.ended(rest[1]!, 'cancelled', 'us');
    expect(story.one('outcome').outcome).toBe('CANCELLED');
    expect(story.figures().whyNotDialling).toContain('ORGANISATION_STOPPED');
    story.tell({ type: 'organisationResumed', organisationId: 'org' });
    expect(story.has('claim')).toBe(true);
  });
});
