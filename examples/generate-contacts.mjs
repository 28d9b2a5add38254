#!/usr/bin/env node
/**
 * Writes contacts.csv beside it: 5,000 rows, good and bad, the same on every run. Every number that could be dialled lies in a
 * range that its country keeps for fiction; README.md says which and whose.
 */
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

const ROWS = 5000;
const BAD_EVERY = 25;
const random = xoroshiro128plus(20260101);
const below = (bound) => uniformInt(random, 0, bound - 1);
const pick = (list) => list[below(list.length)];
const digits = (value, length) => String(value).padStart(length, '0');

const FIRST = 'Ada Ben Carla Dev Elif Farid Grace Hiro Ines Jonas Kofi Lena Mateo Nadia Omar Priya Quinn Rosa Sven Tala Uma Victor Wren Ximena Yusuf Zoe'.split(' ');
const LAST = ['Abbott', 'Bianchi', 'Castillo', 'Dubois', 'Eriksson', 'Fischer', 'García', "O'Hara", 'Ito', 'Jansen', 'Kowalski', 'Lindqvist', 'Müller', 'Nakamura', 'Okafor', 'Petrov', 'Quigley', 'Rossi', 'Schäfer', 'Tanaka', 'Ueda', 'Varga', 'Walker', 'Xu', 'Young', 'Zhang'];

/** NANPA: <area> 555 0100–0199. Areas over all zones of the plan, with the city that is shown. */
const AREAS = [['212', 'New York'], ['617', 'Boston'], ['305', 'Miami'], ['404', 'Atlanta'], ['313', 'Detroit'], ['312', 'Chicago'], ['713', 'Houston'], ['214', 'Dallas'], ['504', 'New Orleans'], ['612', 'Minneapolis'], ['303', 'Denver'], ['801', 'Salt Lake City'], ['505', 'Albuquerque'], ['602', 'Phoenix'], ['213', 'Los Angeles'], ['415', 'San Francisco'], ['206', 'Seattle'], ['503', 'Portland'], ['702', 'Las Vegas'], ['907', 'Anchorage'], ['808', 'Honolulu'], ['671', 'Hagåtña'], ['684', 'Pago Pago'], ['787', 'San Juan'], ['902', 'Halifax'], ['709', "St. John's"], ['416', 'Toronto'], ['514', 'Montréal'], ['204', 'Winnipeg'], ['403', 'Calgary'], ['604', 'Vancouver']];
const northAmerican = () => {
  const [area, city] = pick(AREAS);
  const line = `01${digits(below(100), 2)}`;
  const written = pick([`+1${area}555${line}`, `(${area}) 555-${line}`, `${area}-555-${line}`, `1 ${area} 555 ${line}`, `${area}555${line}`]);
  return { number: `+1${area}555${line}`, written, city };
};

/** A number that begins with `prefix` and goes on with `free` free digits. */
const range = (prefix, free, city) => () => {
  const number = `${prefix}${digits(below(10 ** free), free)}`;
  return { number, written: pick([number, `${number.slice(0, 3)} ${number.slice(3, 6)} ${number.slice(6)}`]), city };
};
const oneOf = (ranges) => () => pick(ranges)();

/** Ofcom's numbers for drama. */
const british = oneOf([range('+447700900', 3, 'London'), range('+442079460', 3, 'London'), range('+441134960', 3, 'Leeds'), range('+441214960', 3, 'Birmingham'), range('+441314960', 3, 'Edinburgh'), range('+441414960', 3, 'Glasgow'), range('+441614960', 3, 'Manchester'), range('+442920180', 3, 'Cardiff'), range('+442896496', 3, 'Belfast'), range('+441632960', 3, 'Ambridge')]);
/** ACMA's fictitious numbers. */
const australian = oneOf([range('+6125550', 4, 'Sydney'), range('+6127010', 4, 'Sydney'), range('+6135550', 4, 'Melbourne'), range('+6137010', 4, 'Melbourne'), range('+6175550', 4, 'Brisbane'), range('+6177010', 4, 'Brisbane'), range('+6185550', 4, 'Perth'), range('+6187010', 4, 'Adelaide')]);
/** ComReg's range for drama. */
const irish = range('+3532091', 5, 'Dublin');
/** ARCEP's numbers for audiovisual works. */
const french = oneOf([range('+3319900', 4, 'Paris'), range('+3326191', 4, 'Rennes'), range('+3335301', 4, 'Strasbourg'), range('+3346571', 4, 'Lyon'), range('+3353649', 4, 'Toulouse'), range('+3363998', 4, 'Paris')]);
/** Bundesnetzagentur's numbers for media productions. */
const german = oneOf([range('+493023125', 3, 'Berlin'), range('+496990009', 3, 'Frankfurt'), range('+494066969', 3, 'Hamburg'), range('+492214710', 3, 'Köln'), range('+498999998', 3, 'München')]);
/** PTS's numbers for books, films and plays. */
const swedish = oneOf([range('+468465004', 2, 'Stockholm'), range('+463139006', 2, 'Göteborg'), range('+464062804', 2, 'Malmö'), range('+469803192', 2, 'Kiruna')]);

const COUNTRIES = [...Array(9).fill(northAmerican), ...Array(4).fill(british), ...Array(5).fill(australian), ...Array(2).fill(irish), ...Array(3).fill(french), ...Array(2).fill(german), swedish];

/** Where people with such a number live now: numbers of countries that keep no range for fiction are not used. */
const LIVING_ABROAD = ['Asia/Tokyo', 'Asia/Kolkata', 'Asia/Dubai', 'Asia/Singapore', 'Asia/Karachi', 'Africa/Johannesburg', 'Africa/Lagos', 'America/Sao_Paulo', 'America/Argentina/Buenos_Aires', 'Pacific/Auckland', 'Pacific/Honolulu', 'Australia/Perth', 'Europe/Istanbul', 'Atlantic/Azores', 'Asia/Dhaka', 'Asia/Shanghai'];

const taken = new Set();
const fresh = (make) => {
  for (;;) {
    const made = make();
    if (taken.has(made.number)) continue;
    taken.add(made.number);
    return made;
  }
};

const cell = (value) => (/[",\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);
const line = (cells) => cells.map(cell).join(',');

const person = (row, phone, more = {}) => [
  `C-${digits(row, 5)}`,
  more.first ?? pick(FIRST),
  pick(LAST),
  phone.written,
  more.home ?? '',
  more.zone ?? '',
  phone.city ?? '',
  `${below(900) + 20}.${digits(below(100), 2)}`,
];

const good = (row) => {
  const phone = fresh(pick(COUNTRIES));
  const home = below(8) === 0 ? northAmerican().written : '';
  return line(person(row, phone, { home, zone: below(4) === 0 ? pick(LIVING_ABROAD) : '' }));
};

const seen = () => pick([...taken].slice(-200));
const BAD = [
  (row) => line(person(row, { written: pick(['unknown', 'n/a', 'call the office', 'five five five']), city: 'London' })),
  (row) => line(person(row, { written: '', city: 'Chicago' })),
  (row) => line(person(row, { written: `+1 212 555 01${digits(below(100), 2)} 99${digits(below(1000), 3)}`, city: 'New York' })),
  (row) => line(person(row, { written: `555-01${digits(below(100), 2)}`, city: 'Denver' })),
  (row) => line(person(row, { written: `+999 555 01${digits(below(100), 2)}`, city: 'Nowhere' })),
  (row) => line(person(row, { written: `+1 999 555 01${digits(below(100), 2)}`, city: 'Nowhere' })),
  (row) => line(person(row, { written: `${seen()}`, city: 'Paris' })),
  (row) => line(person(row, fresh(northAmerican), { zone: pick(['Mars/Olympus', 'EST5', 'London time']) })),
  (row) => line(person(row, fresh(british), { first: 'Maximilian '.repeat(120) })),
  (row) => line(person(row, { written: `+1 303 555 01${digits(below(100), 2)} ext. ${below(90) + 10}`, city: 'Denver' })),
  (row) => `${line(person(row, fresh(australian)))},one,field,too,many`,
  (row) => line(person(row, fresh(french))).replace(/^(C-\d+),/, '$1,"stray" quote'),
];

const rows = ['customer_id,first_name,last_name,mobile,home,time_zone,city,balance'];
for (let row = 1; row <= ROWS; row += 1) {
  const bad = row % BAD_EVERY === 0;
  rows.push(bad ? BAD[(row / BAD_EVERY) % BAD.length](row) : good(row));
}
writeFileSync(join(dirname(fileURLToPath(import.meta.url)), 'contacts.csv'), `${rows.join('\n')}\n`);
