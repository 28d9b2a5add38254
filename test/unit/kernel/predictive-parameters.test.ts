import type { AbandonPolicy, CampaignConfig, LedgerMinute } from '../../../src/dialer/kernel/messages';
import { campaignConfig, DAY, START, Story } from './story';

/** Every parameter of predictive pacing, changed while the campaign runs: what it does, and what it leaves alone. */

type Predictive = Extract<CampaignConfig['pacing'], { mode: 'PREDICTIVE' }>;

const config = (pacing: Partial<Predictive> = {}, abandon: Partial<AbandonPolicy> = {}): CampaignConfig =>
  campaignConfig({
    pacing: { mode: 'PREDICTIVE', maxDialingRate: 10, correctionPace: 70, gain: 1, ...pacing },
    abandon: { limitPercent: 3, windowsMs: [DAY], withinMs: 2_000, clockStart: 'ANSWER', ...abandon },
  });

const manyAnswers: LedgerMinute[] = [{ minute: START - 3_600_000, liveAnswers: 2_000, abandons: 0 }];

/** Waiting agents, a ledger with room, and a threshold that lets many lines out. */
function group(agents: number, campaign = config()): Story {
  const story = new Story();
  story.tell({ type: 'campaignStarted', campaign, ledger: manyAnswers });
  story.tell({ type: 'originating', allowed: true });
  story.tell({ type: 'candidates', campaignId: 'spring', held: 1_000, more: true });
  Object.assign(campaignOf(story).learned!, { theta: 0.5, lives: 100 });
  for (let index = 0; index < agents; index += 1) story.agent(`agent-${index}`);
  return story;
}

const campaignOf = (story: Story) => story.state.campaigns.get('spring')!;

const change = (story: Story, campaign: CampaignConfig) => story.tell({ type: 'campaignChanged', campaign });

/** Claims are filled and decisions taken until nothing more is asked for; how many lines are out then. */
function dial(story: Story): number {
  for (let round = 0; round < 12; round += 1) {
    if (campaignOf(story).claim) story.ring();
    story.wait(300);
  }
  return story.figures().lines.ringing;
}

test('maxDialingRate: lines for each agent, at once', () => {
  const story = group(12, config({ maxDialingRate: 1.25 }));
  expect(dial(story)).toBe(15);
  expect(story.figures().pacing).toBe('MAX_DIALING_RATE');
  change(story, config({ maxDialingRate: 1.5 }));
  expect(dial(story)).toBe(18);
  change(story, config({ maxDialingRate: 1 }));
  expect(dial(story)).toBe(18);
});

test('abandonRate: the guard and the target follow it', () => {
  const story = group(12, config({}, { limitPercent: 0.01 }));
  // A fifth of an abandon is what 2000 answers bear: one line for each agent, no more.
  expect(dial(story)).toBe(12);
  expect(story.figures()).toMatchObject({ pacing: 'GUARD', windows: [{ limitPercent: 0.01 }] });
  change(story, config({}, { limitPercent: 3 }));
  expect(dial(story)).toBeGreaterThan(12);
  expect(story.figures().windows[0]).toMatchObject({ limitPercent: 3, liveAnswers: 2_000 });
});

const raisedBy = (pacing: Partial<Predictive>): number => {
  const story = group(4);
  const { learned } = campaignOf(story);
  learned!.theta = 0.01;
  const [line] = story.ring();
  change(story, config(pacing));
  story.connected(line!);
  return Math.log(learned!.theta / 0.01);
};

test('predictiveGain: how far each answer moves the threshold', () => {
  expect(raisedBy({})).toBeGreaterThan(0);
  expect(raisedBy({ gain: 3 })).toBeCloseTo(3 * raisedBy({}), 9);
  expect(raisedBy({ gain: 0.1 })).toBeCloseTo(0.1 * raisedBy({}), 9);
});

test('predictiveCorrectionPace: over how many answers', () => {
  expect(raisedBy({ correctionPace: 700 })).toBeCloseTo(0.1 * raisedBy({}), 9);
  expect(raisedBy({ correctionPace: 10 })).toBeCloseTo(7 * raisedBy({}), 9);
});

test('neither gain nor pace reaches the guard', () => {
  const bears = (pacing: Partial<Predictive>) => {
    const story = group(12, config(pacing, { limitPercent: 0.1 }));
    campaignOf(story).learned!.theta = 0.95;
    dial(story);
    return story.figures().uncovered;
  };
  expect(bears({ gain: 3, correctionPace: 10 })).toBe(bears({ gain: 0.1, correctionPace: 5_000 }));
});

test('a small group says so, a larger one does not', () => {
  const reason = (agents: number) => {
    const story = group(agents);
    campaignOf(story).learned!.theta = 1e-5;
    dial(story);
    return story.figures().pacing;
  };
  expect(reason(4)).toBe('SMALL_GROUP');
  expect(reason(9)).toBe('SMALL_GROUP');
  expect(reason(10)).toBe('PLANNED');
});

test('the threshold of a small group and of a larger one are of one scale', () => {
  const threshold = (agents: number) => {
    const story = group(agents);
    campaignOf(story).learned!.theta = 0.01;
    dial(story);
    return campaignOf(story).learned!.decision!.threshold;
  };
  // Six agents' worth of idle time stand for the group of nine, those expected to be idle for that of ten.
  expect(threshold(9)).toBeCloseTo(0.06, 9);
  expect(threshold(10)).toBeLessThanOrEqual(0.01 * 1.5 * Math.sqrt(10) + 1e-9);
});
