import { checkCpa } from '../../src/campaigns/cpa';
import { PACING_MODES, PACING_PARAMETERS, pacingFor } from '../../src/campaigns/parameters';
import { checkSchedule, type GroupSchedule } from '../../src/campaigns/schedule-input';

const messageOf = (work: () => unknown): string => {
  try {
    work();
    return 'accepted';
  } catch (error) {
    return (error as Error).message;
  }
};

describe('pacing parameters', () => {
  test('each mode has exactly its own, at their defaults', () => {
    for (const mode of PACING_MODES) {
      const numbers = Object.entries(PACING_PARAMETERS)
        .filter(([, { modes }]) => (modes as readonly string[]).includes(mode))
        .map(([name, parameter]) => [name, parameter.default]);
      expect(pacingFor(mode, {})).toMatchObject(Object.fromEntries(numbers));
      const foreign = Object.keys(PACING_PARAMETERS).filter((name) => !numbers.some(([own]) => own === name));
      for (const name of foreign) expect(pacingFor(mode, {})).not.toHaveProperty(name);
    }
  });

  test('a change of mode drops what is foreign to the new one and keeps the rest', () => {
    const before = pacingFor('PROGRESSIVE', { dialingRate: 4, abandonRate: 2 });
    expect(pacingFor('PREDICTIVE', {}, before)).toEqual({
      maxDialingRate: 3,
      abandonRate: 2,
      predictiveCorrectionPace: 70,
      predictiveGain: 1,
    });
  });

  test('a parameter foreign to the mode is refused by name', () => {
    expect(messageOf(() => pacingFor('PREVIEW', { dialingRate: 2 }))).toBe(
      'dialingRate does not belong to PREVIEW: it is a parameter of PROGRESSIVE, PROGRESSIVE_IVR',
    );
    expect(messageOf(() => pacingFor('PROGRESSIVE', { skipAllowed: true }))).toBe(
      'skipAllowed does not belong to PROGRESSIVE: it is a parameter of PREVIEW',
    );
  });

  test('an offer that is skipped or removed by itself waits at least 10 s', () => {
    expect(messageOf(() => pacingFor('PREVIEW', { offerTimeoutSeconds: 9, offerAutoAction: 'REMOVE' }))).toContain(
      '10–7200',
    );
    expect(pacingFor('PREVIEW', { offerTimeoutSeconds: 0, offerAutoAction: 'ACCEPT' }).offerTimeoutSeconds).toBe(0);
  });

  test('an abandon rate has one decimal', () => {
    expect(pacingFor('PROGRESSIVE', { abandonRate: 2.3 }).abandonRate).toBe(2.3);
    expect(messageOf(() => pacingFor('PROGRESSIVE', { abandonRate: 2.35 }))).toBe(
      'abandonRate 2.35 has more than one decimal',
    );
  });
});

describe('call progress analysis', () => {
  const cpa = { cpaEnabled: true, amdEnabled: true, terminatingToneDetect: true };

  test('each switch needs the one before it', () => {
    expect(messageOf(() => checkCpa(cpa, 'PROGRESSIVE', {}))).toBe('accepted');
    expect(messageOf(() => checkCpa({ ...cpa, cpaEnabled: false }, 'PROGRESSIVE', {}))).toContain(
      'needs cpa.cpaEnabled',
    );
    expect(messageOf(() => checkCpa({ ...cpa, amdEnabled: false }, 'PROGRESSIVE', {}))).toContain(
      'needs cpa.amdEnabled',
    );
  });

  test('direct preview has none', () => {
    expect(messageOf(() => checkCpa(cpa, 'PREVIEW', { previewType: 'DIRECT' }))).toContain('not for direct preview');
    expect(messageOf(() => checkCpa(cpa, 'PREVIEW', { previewType: 'STANDARD' }))).toBe('accepted');
  });
});

describe('schedules', () => {
  const schedule = (more: Partial<GroupSchedule>): GroupSchedule => ({ timeZone: 'UTC', weekly: {}, ...more });

  test.each([
    [
      'accepted',
      {
        weekly: {
          monday: [
            { start: '09:00', end: '12:00' },
            { start: '12:00', end: '24:00' },
          ],
        },
      },
    ],
    [
      'schedule.weekly.monday 12:00–09:00 ends before it starts',
      { weekly: { monday: [{ start: '12:00', end: '09:00' }] } },
    ],
    [
      'schedule.weekly.sunday 08:00–12:00 overlaps 11:59–13:00',
      {
        weekly: {
          sunday: [
            { start: '11:59', end: '13:00' },
            { start: '08:00', end: '12:00' },
          ],
        },
      },
    ],
    [
      'schedule.dateOverrides 2030-12-25 stands twice',
      {
        dateOverrides: [
          { date: '2030-12-25', shifts: [] },
          { date: '2030-12-25', shifts: [] },
        ],
      },
    ],
    ['accepted', { holidays: { country: 'DE', region: 'BY' } }],
    ['schedule.holidays: "XX" is no country of the holiday calendars', { holidays: { country: 'XX' } }],
    ['schedule.endDate 2030-01-01 is before startDate 2030-01-02', { startDate: '2030-01-02', endDate: '2030-01-01' }],
  ])('%s', (message, more) => {
    expect(messageOf(() => checkSchedule(schedule(more)))).toBe(message);
  });
});
