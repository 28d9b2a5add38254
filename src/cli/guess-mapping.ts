export interface GuessedMapping {
  modes: { mode: string; column: string }[];
  externalId?: string;
  timeZone?: string;
  attributes: string[];
}

export interface MappingWishes {
  /** `Mobile=phone`, as the person gave them. */
  map: readonly string[];
  externalId?: string;
  timeZone?: string;
}

const MODES: readonly [RegExp, string][] = [
  [/mobile|cell|handy|gsm/, 'Mobile'],
  [/home|private/, 'Home'],
  [/work|office|business/, 'Work'],
  [/phone|tel|msisdn|number/, 'Phone'],
];
const EXTERNAL_ID = /^(id|(customer|external|contact|account|client)(id|number|no)?)$/;
const TIME_ZONE = /^(timezone|tz|zone)$/;

const plain = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, '');

const wished = (map: readonly string[], names: readonly string[]): GuessedMapping['modes'] =>
  map.map((pair) => {
    const at = pair.indexOf('=');
    const mode = pair.slice(0, at).trim();
    const column = pair.slice(at + 1).trim();
    if (at < 1 || !column) throw new Error(`--map ${pair}: must be <contact mode>=<column>, e.g. Mobile=phone`);
    if (!names.includes(column))
      throw new Error(`--map ${pair}: the file has no column "${column}", only ${names.join(', ')}`);
    return { mode, column };
  });

const guessedModes = (names: readonly string[]): GuessedMapping['modes'] => {
  const modes: GuessedMapping['modes'] = [];
  for (const column of names) {
    const name = plain(column);
    if (EXTERNAL_ID.test(name)) continue;
    const mode = MODES.find(([pattern]) => pattern.test(name))?.[1];
    if (mode && !modes.some((known) => known.mode === mode)) modes.push({ mode, column });
  }
  return modes;
};

/** Which column is what, by what the person said and else by the names of the columns. */
export const guessMapping = (names: readonly string[], wishes: MappingWishes): GuessedMapping => {
  const modes = wishes.map.length > 0 ? wished(wishes.map, names) : guessedModes(names);
  if (modes.length === 0) {
    throw new Error(
      `No column looks like a telephone number among ${names.join(', ')}: name one by --map Mobile=<column>`,
    );
  }
  for (const [option, column] of [
    ['--external-id', wishes.externalId],
    ['--time-zone', wishes.timeZone],
  ]) {
    if (column && !names.includes(column)) throw new Error(`${option} ${column}: the file has no such column`);
  }
  const used = new Set(modes.map(({ column }) => column));
  const free = names.filter((name) => name !== '' && !used.has(name));
  const externalId = wishes.externalId ?? free.find((name) => EXTERNAL_ID.test(plain(name)));
  const timeZone = wishes.timeZone ?? free.find((name) => TIME_ZONE.test(plain(name)));
  const attributes = free.filter((name) => name !== externalId && name !== timeZone).slice(0, 100);
  return { modes, ...(externalId ? { externalId } : {}), ...(timeZone ? { timeZone } : {}), attributes };
};

export const describeMapping = ({ modes, externalId, timeZone, attributes }: GuessedMapping): string[] => [
  ...modes.map(({ mode, column }) => `  ${mode} number: ${column}`),
  ...(externalId ? [`  customer's identity: ${externalId}`] : []),
  `  time zone: ${timeZone ? `${timeZone}, else by the number` : 'by the number'}`,
  ...(attributes.length > 0 ? [`  kept for the agent: ${attributes.join(', ')}`] : []),
];
