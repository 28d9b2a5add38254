import { callingHoursAt, stricterHours } from '../calling-hours';
import type { Gate } from './facts';

const clockTime = (minute: number): string =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;

export const contactState: Gate = ({ contact }) => ({
  gate: 'CONTACT_STATE',
  allowed: contact.state === 'READY',
  detail: `the contact is ${contact.state}`,
});

export const contactDue: Gate = ({ contact, at }) => {
  const allowed = contact.dueAt <= at;
  return {
    gate: 'CONTACT_DUE',
    allowed,
    detail: `due at ${new Date(contact.dueAt).toISOString()}`,
    ...(!allowed && { nextAt: contact.dueAt }),
  };
};

export const contactFilter: Gate = ({ contact }) => ({
  gate: 'CONTACT_FILTER',
  allowed: contact.wanted,
  detail: contact.wanted ? "the campaign's filter takes the contact" : "the campaign's filter leaves the contact out",
});

export const attempts: Gate = ({ contact, campaign }) => ({
  gate: 'ATTEMPTS',
  allowed: contact.attempts < campaign.maxAttempts,
  detail: `${contact.attempts} of ${campaign.maxAttempts} attempts made`,
});

export const callingHours: Gate = ({ contact, campaign, at }) => {
  const { startMinute, endMinute } = stricterHours(campaign.callingHours);
  const { open, nextAt } = callingHoursAt(at, contact.zone, campaign.callingHours);
  return {
    gate: 'CALLING_HOURS',
    allowed: open,
    detail: `${clockTime(startMinute)} to ${clockTime(endMinute)} in ${contact.zone.replaceAll('|', ' and ')}`,
    ...(nextAt !== undefined && { nextAt }),
  };
};
