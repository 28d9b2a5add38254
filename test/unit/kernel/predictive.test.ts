import { deserialise, pacingDecision, serialise } from '../../../src/dialer/kernel/kernel';
import type { AbandonPolicy, CampaignConfig, LedgerMinute } from '../../../src/dialer/kernel/messages';
import { campaignConfig, DAY, hundredLive, START, Story } from './story';

const predictive = (changes: object = {}): Pick<CampaignConfig, 'pacing'> => ({
  pacing: { mode: 'PREDICTIVE', maxDialingRate: 10, correctionPace: 70, gain: 1, ...changes },
});

const policy = (changes: Partial<AbandonPolicy> = {}): Pick<CampaignConfig, 'abandon'> => ({
  abandon: { limitPercent: 3, windowsMs: [DAY], withinMs: 2_000, clockStart: 'ANSWER', ...changes },
});

const thousandLive: LedgerMinute[] = [{ minute: START - 3_600_000, liveAnswers: 2_000, abandons: 0 }];

/** A group that has learned: `agents` in talk for a minute, few people answering, a threshold that lets lines out. */
function busyGroup(
  agents: number,
  changes: Partial<CampaignConfig> = {},
  ledger: LedgerMinute[] | null = thousandLive,
) {
  const story = new Story();
  const campaign = campaignConfig({ ...predictive(), ...changes });
  story.tell({ type: 'campaignStarted', campaign, ledger });
  story.tell({ type: 'originating', allowed: true });
  story.tell({ type: 'candidates', campaignId: 'spring', held: 1_000, more: true });
  story.state.campaigns.get('spring')!.learned!.theta = 0.5;
  for (let index = 0; index < agents; index += 1) story.agent(`agent-${index}`);
  return story;
}

/** Claims are filled and decisions taken until nothing more is asked for. */
function dial(story: Story): void {
  for (let round = 0; round < 12; round += 1) {
    if (story.state.campaigns.get('spring')!.claim) story.ring();
    story.wait(300);
  }
}

const uncoveredAsked = (story: Story) =>
  story.all.flatMap((command) => (command.type === 'claim' ? command.slots : [])).filter((slot) => slot.pledge === null)
    .length;

describe('predictive pacing', () => {
  it('gives every waiting agent a line, and dials ahead when the threshold lets it', () => {
    const story = busyGroup(20);
    dial(story);
    expect(uncoveredAsked(story)).toBeGreaterThan(0);
    const decision = pacingDecision(story.state, 'spring')!;
    expect(decision).toMatchObject({ agents: 20, idle: 20 });
    expect(decision.risk).toBeGreaterThanOrEqual(0);
    expect(JSON.parse(JSON.stringify(decision))).toEqual(decision);
  });

  it('is progressive without tokens, and says that it is cold', () => {
    const story = busyGroup(20, {}, []);
    dial(story);
    expect(uncoveredAsked(story)).toBe(0);
    expect(story.figures()).toMatchObject({ pacing: 'COLD_START', uncovered: 0, pledged: 20 });
  });

  it('is progressive while the ledger cannot be read, and goes on once it can', () => {
    const story = busyGroup(20, {}, null);
    dial(story);
    expect(uncoveredAsked(story)).toBe(0);
    expect(story.figures().pacing).toBe('NO_LEDGER');
    expect(story.figures().whyNotDialling).toContain('NO_LEDGER');
    story.tell({ type: 'campaignStarted', campaign: campaignConfig(predictive()), ledger: thousandLive });
    story.wait(1_000);
    expect(uncoveredAsked(story)).toBeGreaterThan(0);
    expect(story.figures().windows[0]!.liveAnswers).toBe(2_000);
  });

  it('keeps to maxDialingRate, for agents logged in or for those who wait', () => {
    const story = busyGroup(12, predictive({ maxDialingRate: 1.5 }));
    dial(story);
    expect(uncoveredAsked(story)).toBe(6);
    expect(story.figures().pacing).toBe('MAX_DIALING_RATE');
    const idle = busyGroup(12, predictive({ maxDialingRate: 1.5, linesPer: 'IDLE_AGENT' }));
    dial(idle);
    for (let index = 0; index < 6; index += 1) idle.connected(`call-${index + 1}`);
    const before = idle.figures().lines.ringing;
    dial(idle);
    expect(before).toBe(12);
    expect(idle.figures().lines.ringing).toBe(12);
  });

  it('keeps what it has learned through a change of parameters, and forgets it with the mode', () => {
    const story = busyGroup(4);
    dial(story);
    story.connected('call-1');
    const { learned } = story.state.campaigns.get('spring')!;
    const dials = JSON.stringify(learned!.dials);
    const changed = campaignConfig({ ...predictive({ gain: 3, maxDialingRate: 2 }), ...policy({ limitPercent: 1 }) });
    story.tell({ type: 'campaignChanged', campaign: changed });
    expect(JSON.stringify(story.state.campaigns.get('spring')!.learned!.dials)).toBe(dials);
    story.tell({ type: 'campaignChanged', campaign: campaignConfig() });
    expect(story.state.campaigns.get('spring')!.learned).toBeNull();
  });

  it('moves the threshold more with gain, less with pace, and down with an abandon', () => {
    const raised = (changes: object) => {
      const story = busyGroup(4, predictive(changes));
      const campaign = story.state.campaigns.get('spring')!;
      campaign.learned!.theta = 0.01;
      const [line] = story.ring();
      story.connected(line!);
      return campaign.learned!.theta / 0.01;
    };
    const plain = raised({});
    expect(plain).toBeGreaterThan(1);
    expect(raised({ gain: 3 })).toBeCloseTo(plain ** 3, 6);
    expect(raised({ correctionPace: 700 })).toBeCloseTo(plain ** 0.1, 6);
  });

  it('asks for as many lines from a serialised state', () => {
    const story = busyGroup(20);
    dial(story);
    const twin = new Story();
    twin.state = deserialise(serialise(story.state));
    twin.at = story.at;
    expect(twin.wait(5_000)).toEqual(story.wait(5_000));
    expect(serialise(twin.state)).toBe(serialise(story.state));
  });
});

describe('guard modes and windows', () => {
  it('BALANCED lets out more lines than STRICT would, of which each could be abandoned', () => {
    const balanced = busyGroup(20);
    const strict = busyGroup(20, policy({ guard: 'STRICT' }), hundredLive);
    for (const story of [balanced, strict]) {
      dial(story);
    }
    expect(uncoveredAsked(strict)).toBe(3);
    expect(uncoveredAsked(balanced)).toBeGreaterThan(3);
  });

  it('begins a calendar period without credit, and risks nothing that could resolve in the next one', () => {
    const starts = [START - DAY, START + 60_000, START + DAY];
    const windows = [{ kind: 'CALENDAR' as const, starts }];
    const story = busyGroup(20, policy({ guard: 'STRICT', windows }));
    dial(story);
    expect(uncoveredAsked(story)).toBeGreaterThan(0);
    const late = new Story();
    late.at = 40_000;
    late.campaign({ ...predictive(), ...policy({ guard: 'STRICT', windows }) }, thousandLive);
    late.state.campaigns.get('spring')!.learned!.theta = 0.5;
    for (let index = 0; index < 20; index += 1) late.agent(`agent-${index}`);
    dial(late);
    late.wait(30_000);
    expect(uncoveredAsked(late)).toBe(0);
    expect(late.figures().windows[1]).toMatchObject({ liveAnswers: 0, limitPercent: 3 });
  });

  it('risks nothing where a calendar ends', () => {
    const story = busyGroup(20, policy({ windows: [{ kind: 'CALENDAR', starts: [START - DAY, START + 10_000] }] }));
    dial(story);
    expect(uncoveredAsked(story)).toBe(0);
  });

  it('counts what a window asks for', () => {
    const ledger: LedgerMinute[] = [
      { minute: START - 3_600_000, liveAnswers: 100, served: 90, abandons: 3, causes: { AMD_FALSE: 2 } },
    ];
    const windows = [
      { kind: 'ROLLING' as const, ms: DAY, limitPercent: 1, numerator: ['AMD_FALSE' as const] },
      { kind: 'ROLLING' as const, ms: DAY, denominator: 'SERVED_OR_ABANDONED' as const },
    ];
    const story = busyGroup(2, policy({ windows }), ledger);
    // An abandon of unknown cause counts for every cause.
    expect(story.figures().windows).toMatchObject([
      { liveAnswers: 100, abandons: 3, limitPercent: 3 },
      { liveAnswers: 100, abandons: 3, limitPercent: 1 },
      { liveAnswers: 93, abandons: 3, limitPercent: 3 },
    ]);
  });
});
