import { unseenFate } from '../../src/dialer/shell/unseen-end';

type Ended = Parameters<typeof unseenFate>[0];
const fate = (changes: Partial<Ended>) =>
  unseenFate({
    type: 'ended',
    cause: 'network_failure',
    by: 'unknown',
    inferred: true,
    linkEpoch: 2,
    leg: 'leg',
    seq: 3,
    at: 0,
    receivedAt: 0,
    ...changes,
  });

it.each<[string, Partial<Ended>, ReturnType<typeof unseenFate>]>([
  ['an end that was told', { inferred: false, cause: 'answered', by: 'far' }, undefined],
  [
    'held by the dialplan, whoever hung up',
    { inferred: false, cause: 'answered', by: 'far', heldByDialplan: true },
    'UNSERVED',
  ],
  ['marked answered', { mark: 'answered', cause: 'answered' }, 'UNSERVED'],
  ['marked served', { mark: 'served', cause: 'answered' }, 'SERVED'],
  ['known to be answered, its mark lost', { mark: 'unreadable', cause: 'answered', unheardMs: 0 }, 'UNSERVED'],
  ['long unheard of before the switch forgot', { mark: 'unreadable', unheardMs: 4_000 }, 'UNSERVED'],
  ['unreadable, nobody knows for how long', { mark: 'unreadable' }, 'UNSERVED'],
  ['ringing until the switch ended', { mark: 'unreadable', unheardMs: 300 }, undefined],
  ['not answered', { mark: 'none' }, 'UNANSWERED'],
])('%s', (_name, ended, expected) => {
  expect(fate(ended)).toBe(expected);
});
