import { writeFileSync } from 'node:fs';

/** Area codes with a hundred numbers each that are kept for fiction: 555-0100 to 555-0199. */
const AREAS = [213, 310, 408, 415, 510, 530, 562, 619, 626, 650];
export const MOST_CONTACTS = AREAS.length * 100;

/** About noon now, so that it is lawful to dial whatever the hour of the bench. Etc/GMT signs are reversed. */
const noonZone = (at: Date): string => {
  const hours = 12 - at.getUTCHours();
  return hours === 0 ? 'Etc/GMT' : hours > 0 ? `Etc/GMT-${hours}` : `Etc/GMT+${-hours}`;
};

/** In the columns of examples/contacts.mapping.json. */
export const writeFictionalContacts = (file: string, count: number, at: Date): void => {
  const zone = noonZone(at);
  const rows = Array.from({ length: count }, (_, index) => {
    const number = `${AREAS[Math.floor(index / 100)]}55501${String(index % 100).padStart(2, '0')}`;
    return `F-${index},Person,${index},${number},,${zone},Nowhere,0`;
  });
  writeFileSync(file, `customer_id,first_name,last_name,mobile,home,time_zone,city,balance\n${rows.join('\n')}\n`);
};
