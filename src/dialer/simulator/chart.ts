import type { Interval } from './metrics';

/** Occupancy and abandon rate of one run over its days, as an SVG that needs nothing else. */

const WIDTH = 960;
const LEFT = 56;
const RIGHT = 24;
const PANEL = 170;
const TOP = 48;
const GAP = 58;
const WINDOW = 12;

interface Panel {
  title: string;
  top: number;
  highest: number;
  unit: string;
  colour: string;
  values: (number | null)[];
  limit?: number;
}

const escapeXml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

const tidy = (value: number): string => String(Math.round(value * 10) / 10);

/** Abandons of the last hour by live answers of the last hour: five minutes alone would only show noise. */
function lastHour(intervals: readonly Interval[]): (number | null)[] {
  return intervals.map((interval, index) => {
    const window = intervals
      .slice(Math.max(0, index + 1 - WINDOW), index + 1)
      .filter(({ day }) => day === interval.day);
    const live = window.reduce((sum, each) => sum + each.liveAnswers, 0);
    const abandons = window.reduce((sum, each) => sum + ((each.abandonPercent ?? 0) * each.liveAnswers) / 100, 0);
    return live === 0 ? null : (100 * abandons) / live;
  });
}

function niceCeiling(value: number): number {
  const steps = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000];
  return steps.find((step) => step >= value) ?? value;
}

function path(panel: Panel): string {
  const span = Math.max(1, panel.values.length - 1);
  let pen = 'M';
  const parts: string[] = [];
  for (const [index, value] of panel.values.entries()) {
    if (value === null) {
      pen = 'M';
      continue;
    }
    const x = LEFT + ((WIDTH - LEFT - RIGHT) * index) / span;
    const y = panel.top + PANEL * (1 - Math.min(value, panel.highest) / panel.highest);
    parts.push(`${pen}${x.toFixed(1)} ${y.toFixed(1)}`);
    pen = 'L';
  }
  return parts.join('');
}

function drawPanel(panel: Panel, marks: { x: number; label: string }[]): string {
  const lines = [0, 0.25, 0.5, 0.75, 1].map((part) => {
    const y = panel.top + PANEL * (1 - part);
    return `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y}" y2="${y}" class="grid"/><text x="${LEFT - 6}" y="${y + 4}" text-anchor="end">${tidy(panel.highest * part)}${panel.unit}</text>`;
  });
  const hours = marks.map(
    ({ x, label }) =>
      `<line x1="${x}" x2="${x}" y1="${panel.top}" y2="${panel.top + PANEL}" class="grid"/><text x="${x}" y="${panel.top + PANEL + 15}" text-anchor="middle">${label}</text>`,
  );
  const limit = panel.top + PANEL * (1 - (panel.limit ?? 0) / panel.highest);
  const limitLine =
    panel.limit === undefined
      ? ''
      : `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${limit}" y2="${limit}" stroke="#b91c1c" stroke-dasharray="6 4"/>`;
  return [
    `<text x="${LEFT}" y="${panel.top - 8}" class="title">${escapeXml(panel.title)}</text>`,
    ...lines,
    ...hours,
    limitLine,
    `<path d="${path(panel)}" fill="none" stroke="${panel.colour}" stroke-width="1.6"/>`,
  ].join('\n');
}

export function chart(title: string, intervals: readonly Interval[], limitPercent: number): string {
  const abandons = lastHour(intervals);
  const dials = intervals.map(({ dials: count }) => count * 12);
  const highestRate = niceCeiling(Math.max(limitPercent * 1.5, ...abandons.map((value) => value ?? 0)));
  const top = (index: number): number => TOP + 20 + index * (PANEL + GAP);
  const panels: Panel[] = [
    {
      title: 'Occupancy (talk of talk, waiting and machines), five minutes',
      top: top(0),
      highest: 100,
      unit: ' %',
      colour: '#1d4ed8',
      values: intervals.map(({ occupancyPercent }) => occupancyPercent),
    },
    {
      title: `Abandoned of live answers, last hour (limit ${tidy(limitPercent)} %)`,
      top: top(1),
      highest: highestRate,
      unit: ' %',
      colour: '#c2410c',
      values: abandons,
      limit: limitPercent,
    },
    {
      title: 'Calls per hour, five minutes',
      top: top(2),
      highest: niceCeiling(Math.max(1, ...dials)),
      unit: '',
      colour: '#047857',
      values: dials,
    },
  ];
  const span = Math.max(1, intervals.length - 1);
  const several = intervals.some(({ day }) => day > 0);
  const marks = intervals.flatMap((interval, index) => {
    const onHour = Math.abs(interval.atHour - Math.round(interval.atHour)) < 1e-6;
    if (!onHour || (intervals.length > 300 && interval.atHour % 3 !== 0)) return [];
    const label = several && interval.atHour === 0 ? `day ${interval.day + 1}` : `${Math.round(interval.atHour)} h`;
    return [{ x: LEFT + ((WIDTH - LEFT - RIGHT) * index) / span, label }];
  });
  const height = top(2) + PANEL + 36;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img">`,
    '<style>text{font:11px system-ui,sans-serif;fill:#374151}.title{font-weight:600;font-size:12px}.grid{stroke:#e5e7eb}</style>',
    `<rect width="${WIDTH}" height="${height}" fill="#fff"/>`,
    `<text x="${LEFT}" y="28" style="font-size:15px;font-weight:600">${escapeXml(title)}</text>`,
    ...panels.map((panel) => drawPanel(panel, marks)),
    '</svg>',
    '',
  ].join('\n');
}
