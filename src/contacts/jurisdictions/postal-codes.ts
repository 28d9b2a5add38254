/** What a postal code says: a region with its country, and the zones it may lie in. */
export interface PostalPlace {
  /** ISO 3166-2: US-FL, CA-ON. Several where a code serves more than one. */
  regions: readonly string[];
  /** IANA zones: where clocks differ within the code, all of them. */
  zones: readonly string[];
}

const E = 'America/New_York';
const C = 'America/Chicago';
const M = 'America/Denver';
const P = 'America/Los_Angeles';

/** First three digits of ZIP codes: from, to, state, zones. Codes of the armed forces say no place and are left out. */
const ZIPS: readonly (readonly [from: number, to: number, state: string, ...zones: string[]])[] = [
  [5, 5, 'NY', E],
  [6, 7, 'PR', 'America/Puerto_Rico'],
  [8, 8, 'VI', 'America/Puerto_Rico'],
  [9, 9, 'PR', 'America/Puerto_Rico'],
  [10, 27, 'MA', E],
  [28, 29, 'RI', E],
  [30, 38, 'NH', E],
  [39, 49, 'ME', E],
  [50, 54, 'VT', E],
  [55, 55, 'MA', E],
  [56, 59, 'VT', E],
  [60, 69, 'CT', E],
  [70, 89, 'NJ', E],
  [100, 149, 'NY', E],
  [150, 196, 'PA', E],
  [197, 199, 'DE', E],
  [200, 200, 'DC', E],
  [201, 201, 'VA', E],
  [202, 205, 'DC', E],
  [206, 219, 'MD', E],
  [220, 246, 'VA', E],
  [247, 268, 'WV', E],
  [270, 289, 'NC', E],
  [290, 299, 'SC', E],
  [300, 319, 'GA', E],
  [320, 323, 'FL', E],
  [324, 324, 'FL', E, C],
  [325, 325, 'FL', C],
  [326, 339, 'FL', E],
  [341, 349, 'FL', E],
  [350, 369, 'AL', C],
  [370, 372, 'TN', C],
  [373, 374, 'TN', E, C],
  [376, 379, 'TN', E],
  [380, 384, 'TN', C],
  [385, 385, 'TN', E, C],
  [386, 397, 'MS', C],
  [398, 399, 'GA', E],
  [400, 400, 'KY', E],
  [401, 401, 'KY', E, C],
  [402, 419, 'KY', E],
  [420, 424, 'KY', C],
  [425, 427, 'KY', E, C],
  [430, 459, 'OH', E],
  [460, 462, 'IN', E],
  [463, 464, 'IN', C],
  [465, 466, 'IN', E, C],
  [467, 474, 'IN', E],
  [475, 475, 'IN', E, C],
  [476, 477, 'IN', C],
  [478, 478, 'IN', E],
  [479, 479, 'IN', E, C],
  [480, 497, 'MI', E],
  [498, 499, 'MI', E, C],
  [500, 528, 'IA', C],
  [530, 549, 'WI', C],
  [550, 567, 'MN', C],
  [569, 569, 'DC', E],
  [570, 574, 'SD', C],
  [575, 576, 'SD', C, M],
  [577, 577, 'SD', M],
  [580, 584, 'ND', C],
  [585, 588, 'ND', C, M],
  [590, 599, 'MT', M],
  [600, 629, 'IL', C],
  [630, 658, 'MO', C],
  [660, 676, 'KS', C],
  [677, 679, 'KS', C, M],
  [680, 689, 'NE', C],
  [690, 692, 'NE', C, M],
  [693, 693, 'NE', M],
  [700, 714, 'LA', C],
  [716, 729, 'AR', C],
  [730, 732, 'OK', C],
  [733, 733, 'TX', C],
  [734, 749, 'OK', C],
  [750, 797, 'TX', C],
  [798, 799, 'TX', C, M],
  [800, 816, 'CO', M],
  [820, 831, 'WY', M],
  [832, 834, 'ID', M],
  [835, 835, 'ID', M, P],
  [836, 837, 'ID', M],
  [838, 838, 'ID', P],
  [840, 847, 'UT', M],
  [850, 859, 'AZ', 'America/Phoenix'],
  // The Navajo Nation puts its clocks forward, the rest of Arizona does not.
  [860, 865, 'AZ', 'America/Phoenix', M],
  [870, 884, 'NM', M],
  [885, 885, 'TX', M],
  [889, 897, 'NV', P],
  [898, 898, 'NV', P, M],
  [900, 961, 'CA', P],
  [967, 968, 'HI', 'Pacific/Honolulu'],
  [969, 969, 'GU', 'Pacific/Guam'],
  [970, 978, 'OR', P],
  [979, 979, 'OR', P, M],
  [980, 994, 'WA', P],
  [995, 995, 'AK', 'America/Anchorage', 'America/Adak'],
  [996, 999, 'AK', 'America/Anchorage'],
];

/** Codes that serve places of two states. */
const SHARED_ZIPS: Readonly<Record<number, readonly string[]>> = { 63: ['US-NY'], 834: ['US-WY'], 969: ['US-MP'] };

const ATLANTIC = 'America/Halifax';
const TORONTO = 'America/Toronto';
const WINNIPEG = 'America/Winnipeg';
const EDMONTON = 'America/Edmonton';
const VANCOUVER = 'America/Vancouver';

/** First letter of Canadian codes. */
const FORWARD: Readonly<Record<string, PostalPlace>> = {
  A: { regions: ['CA-NL'], zones: ['America/St_Johns', ATLANTIC] },
  B: { regions: ['CA-NS'], zones: [ATLANTIC] },
  C: { regions: ['CA-PE'], zones: [ATLANTIC] },
  E: { regions: ['CA-NB'], zones: [ATLANTIC] },
  G: { regions: ['CA-QC'], zones: [TORONTO, ATLANTIC, 'America/Blanc-Sablon'] },
  H: { regions: ['CA-QC'], zones: [TORONTO] },
  J: { regions: ['CA-QC'], zones: [TORONTO] },
  K: { regions: ['CA-ON'], zones: [TORONTO] },
  L: { regions: ['CA-ON'], zones: [TORONTO] },
  M: { regions: ['CA-ON'], zones: [TORONTO] },
  N: { regions: ['CA-ON'], zones: [TORONTO] },
  P: { regions: ['CA-ON'], zones: [TORONTO, WINNIPEG, 'America/Atikokan'] },
  R: { regions: ['CA-MB'], zones: [WINNIPEG] },
  S: { regions: ['CA-SK'], zones: ['America/Regina', EDMONTON] },
  T: { regions: ['CA-AB'], zones: [EDMONTON] },
  V: { regions: ['CA-BC'], zones: [VANCOUVER, EDMONTON, 'America/Dawson_Creek'] },
  X: { regions: ['CA-NT', 'CA-NU'], zones: [EDMONTON, 'America/Rankin_Inlet', 'America/Iqaluit'] },
  Y: { regions: ['CA-YT'], zones: ['America/Whitehorse'] },
};
/** Areas of those letters whose clocks are not in doubt: most people by far. */
const CERTAIN: readonly (readonly [RegExp, string])[] = [
  [/^A1/, 'America/St_Johns'],
  [/^G[1-35-9]/, TORONTO],
  [/^P[1-7]/, TORONTO],
  [/^S[4-7]/, 'America/Regina'],
  [/^V[2-9]/, VANCOUVER],
];

const US_ZIP = /^(\d{4,5})(-\d{4})?$/;
const CANADIAN = /^([A-Z]\d[A-Z])[ -]?\d[A-Z]\d$/;

const placeOfZip = (digits: string): PostalPlace | undefined => {
  // A spreadsheet takes the leading zero of New England away.
  const prefix = Number(digits.padStart(5, '0').slice(0, 3));
  const found = ZIPS.find(([from, to]) => from <= prefix && prefix <= to);
  if (!found) return undefined;
  const [, , state, ...zones] = found;
  return { regions: [`US-${state}`, ...(SHARED_ZIPS[prefix] ?? [])], zones };
};

const placeOfForward = (area: string): PostalPlace | undefined => {
  const place = FORWARD[area.slice(0, 1)];
  const certain = CERTAIN.find(([pattern]) => pattern.test(area))?.[1];
  return place && certain ? { ...place, zones: [certain] } : place;
};

/** The place of a postal code of the US or Canada; undefined for what is neither. */
export const placeOf = (written: string): PostalPlace | undefined => {
  const code = written.trim().toUpperCase();
  const zip = US_ZIP.exec(code)?.[1];
  if (zip) return placeOfZip(zip);
  const area = CANADIAN.exec(code)?.[1];
  return area ? placeOfForward(area) : undefined;
};
