import { type Gate, PLACED_WITHIN_MS } from './facts';

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
    detail: allowed ? 'the contact is due' : `due at ${new Date(contact.dueAt).toISOString()}`,
    ...(!allowed && { nextAt: contact.dueAt }),
  };
};

export const contactFilter: Gate = ({ contact }) => ({
  gate: 'CONTACT_FILTER',
  allowed: contact.wanted,
  detail: contact.wanted
    ? contact.callback
      ? "a callback goes before the campaign's filter"
      : "the campaign's filter takes the contact"
    : "the campaign's filter leaves the contact out",
});

export const attempts: Gate = ({ contact, campaign }) => ({
  gate: 'ATTEMPTS',
  allowed: contact.attempts < campaign.maxAttempts,
  detail: `${contact.attempts} of ${campaign.maxAttempts} attempts made`,
});

/**
 * Those of the law of the called person, and within them those of the campaign: still open at the last moment at which what is
 * claimed now may be placed.
 */
export const callingHours: Gate = ({ contact, campaign, at, lawAt }) => {
  const law = lawAt(at);
  const openness = (moment: number) => law.callingHours(moment, contact.zone, campaign.callingHours);
  const now = openness(at);
  const { open, nextAt } = now.open ? openness(at + PLACED_WITHIN_MS) : now;
  return {
    gate: 'CALLING_HOURS',
    allowed: open,
    detail: `${law.hoursInWords(at, contact.zone, campaign.callingHours)} in ${contact.zone.replaceAll('|', ' and ')}`,
    ...(nextAt !== undefined && { nextAt }),
  };
};
