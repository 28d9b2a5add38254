import { atRate, hundredLive, Story } from './story';

/** Calls that the switch ended, or began to hold, while the dialer could not hear it. */
let story: Story;
let attempt: string;
const outcome = () => {
  const { outcome: name, abandonCause, liveAnswer, late, agentId } = story.one('outcome');
  return { name, abandonCause, liveAnswer, late, agentId };
};
const fault = { name: 'ABANDONED', abandonCause: 'FAULT', liveAnswer: true, late: false, agentId: null };
const lost = (unseen: 'SERVED' | 'UNSERVED' | 'UNANSWERED', cause: 'answered' | 'network_failure' | 'cancelled') =>
  story.tell({ type: 'ended', attemptId: attempt, cause, by: 'unknown', unseen });
const ledger = () =>
  [...story.state.campaigns.values()]
    .map(({ ledger: { windows } }) => windows[0])
    .map((window) => ({
      live: window?.live,
      abandons: window?.abandons,
    }))[0];

beforeEach(() => {
  story = new Story();
  story.campaign();
  story.agent('ann');
  [attempt] = story.ring() as [string];
});

it('counts a ringing line whose person was answered by nobody', () => {
  lost('UNSERVED', 'network_failure');
  expect(outcome()).toEqual(fault);
  expect(ledger()).toEqual({ live: 1, abandons: 1 });
});

it('counts a person whose answer is only told with the end, although an agent was about to be connected', () => {
  story.answered(attempt);
  story.one('connect');
  lost('UNSERVED', 'answered');
  expect(outcome()).toEqual(fault);
  expect(ledger()).toEqual({ live: 1, abandons: 1 });
  expect(story.state.agents.get('ann')?.line).toBeNull();
});

it('does not take a person who left within the limit for a customer who hung up, when nobody heard it', () => {
  story.answered(attempt);
  const { agentId } = story.one('connect');
  story.tell({ type: 'connectFailed', attemptId: attempt, agentId, code: 'LEG_GONE' });
  lost('UNSERVED', 'answered');
  expect(outcome()).toEqual(fault);
});

it('leaves a talk a talk, whatever its mark has lost', () => {
  story.connected(attempt);
  lost('UNSERVED', 'answered');
  expect(outcome()).toMatchObject({ name: 'LIVE_VOICE', abandonCause: null, agentId: 'ann' });
  expect(ledger()).toEqual({ live: 1, abandons: 0 });
});

it('believes the mark that a person was served, although the bridge was not told', () => {
  story.answered(attempt);
  story.one('connect');
  lost('SERVED', 'answered');
  expect(outcome()).toMatchObject({ name: 'LIVE_VOICE', abandonCause: null, liveAnswer: true, agentId: 'ann' });
});

it('does not know why a line ended that nobody answered', () => {
  lost('UNANSWERED', 'network_failure');
  expect(outcome()).toMatchObject({ name: 'UNKNOWN', abandonCause: null, liveAnswer: false });
});

it('keeps the verdict on a machine', () => {
  story = new Story();
  story.campaign({ classified: true, analysisMs: 3_000 });
  story.agent('ann');
  [attempt] = story.ring() as [string];
  story.answered(attempt);
  story.tell({ type: 'classified', attemptId: attempt, result: 'machine' });
  lost('UNSERVED', 'answered');
  expect(outcome()).toMatchObject({ name: 'MACHINE', abandonCause: null, liveAnswer: false });
});

it('leaves a person to the message that the dialplan plays, counts once and gives the agent to others', () => {
  story.tell({ type: 'answered', attemptId: attempt, heldByDialplan: true });
  expect(story.said.some(({ type }) => type === 'connect')).toBe(false);
  story.one('playAbandonedMessage');
  expect(story.state.agents.get('ann')?.line).toBeNull();
  lost('UNSERVED', 'answered');
  expect(outcome()).toEqual(fault);
  expect(ledger()).toEqual({ live: 1, abandons: 1 });
});

it('runs the clock from the answer, however late it is told', () => {
  story = new Story();
  story.campaign(atRate(2), hundredLive);
  story.agent('ann');
  const [first, second] = story.ring() as [string, string];
  story.answered(first);
  story.wait(3_000);
  story.tell({ type: 'answered', attemptId: second, since: story.at - 1_000 });
  expect(story.wait(600).some(({ type }) => type === 'playAbandonedMessage')).toBe(false);
  expect(story.wait(300).some(({ type }) => type === 'playAbandonedMessage')).toBe(true);
});
