import { atRate, campaignConfig, DAY, hundredLive, START, Story } from './story';

const windows = (...lengths: number[]) => ({
  abandon: { limitPercent: 3, windowsMs: lengths, withinMs: 2_000, clockStart: 'ANSWER' as const },
});
const uncovered = (story: Story) => story.one('claim').slots.filter((slot) => slot.pledge === null).length;

describe('a ledger that could not be read', () => {
  const begun = () => {
    const story = new Story();
    const campaign = campaignConfig({ ...atRate(3), ...windows(DAY) });
    story.tell({ type: 'campaignStarted', campaign, ledger: null, ledgerSince: START - 2 * DAY });
    story.tell({ type: 'originating', allowed: true });
    story.tell({ type: 'candidates', campaignId: 'spring', held: 1_000, more: true });
    return story;
  };
  const read = { type: 'ledgerRead' as const, campaignId: 'spring', ledger: hundredLive, since: START - 2 * DAY };

  it('leaves each agent one line, and says why', () => {
    const story = begun();
    story.agent('ada');
    expect(story.one('claim').slots).toEqual([{ slot: 0, pledge: 'ada' }]);
    story.ring();
    expect(story.has('claim')).toBe(false);
    expect(story.figures().whyNotDialling).toEqual(['NO_LEDGER']);
  });

  it('is made good by reading it later, and counts what was seen meanwhile once or more, never less', () => {
    const story = begun();
    story.agent('ada');
    const [line] = story.ring();
    story.connected(line!);
    story.tell(read);
    expect(story.figures().windows[0]).toMatchObject({ liveAnswers: 101, abandons: 0 });
    story.agent('bob');
    expect(uncovered(story)).toBe(2);
  });

  it('stays as it was for a campaign that is paused meanwhile', () => {
    const story = begun();
    story.tell({ type: 'campaignDialling', campaignId: 'spring', dialling: false });
    story.tell(read);
    story.agent('ada');
    expect(story.has('claim')).toBe(false);
  });
});

it('a window longer than what was read blocks until the rest is read', () => {
  const story = new Story();
  const campaign = campaignConfig({ ...atRate(3), ...windows(DAY) });
  story.tell({ type: 'campaignStarted', campaign, ledger: hundredLive, ledgerSince: START - 2 * DAY });
  story.tell({ type: 'originating', allowed: true });
  story.tell({ type: 'candidates', campaignId: 'spring', held: 1_000, more: true });
  story.tell({ type: 'campaignChanged', campaign: { ...campaign, ...windows(DAY, 30 * DAY) } });
  story.agent('ada');
  expect(uncovered(story)).toBe(0);
  story.ring();
  expect(story.figures().whyNotDialling).toEqual(['NO_LEDGER']);
  const older = { minute: START - 20 * DAY, liveAnswers: 900, abandons: 25, causes: { FAULT: 25 } };
  story.tell({ type: 'ledgerRead', campaignId: 'spring', ledger: [older, ...hundredLive], since: START - 40 * DAY });
  expect(story.figures().windows).toMatchObject([{ liveAnswers: 100 }, { liveAnswers: 1_000, abandons: 25 }]);
  expect(uncovered(story)).toBe(2);
});

it('an outcome says when each thing was counted, however long the talk was', () => {
  const story = new Story();
  story.campaign({ ...windows(DAY) });
  story.agent('ada');
  const [line] = story.ring();
  story.answered(line!);
  const answeredAt = START + story.at;
  story.at += 300;
  story.tell({ type: 'connected', attemptId: line!, agentId: 'ada' });
  const servedAt = START + story.at;
  story.at += 1_800_000;
  story.ended(line!);
  expect(story.one('outcome').counted).toEqual({ live: answeredAt, served: servedAt, abandoned: null });
});
