import type { WorldInput } from '../../src/telephony/simulated-switch';

/** Who is called: in three countries, by numbers that are reserved for fiction. The last digit says what a number does. */

export interface Person {
  id: string;
  mobile: string;
  home?: string;
  zip?: string;
}

const person = (id: string, mobile: string, home?: string, zip?: string): Person => ({
  id,
  mobile,
  ...(home && { home }),
  ...(zip && { zip }),
});

/** Last digit 0, 5: answers; 1, 2: busy; 7: rings out at the carrier; 9: no such number; others as luck has it. */
export const ANSWERS = ['0', '5'];
export const WORLD: WorldInput = {
  callees: {
    answerProbability: 0.4,
    failures: { busy: 1, invalid: 0, rejected: 0, networkFailure: 0 },
    ringMs: { min: 20, max: 120 },
    failureMs: { min: 20, max: 100 },
    talkMs: { min: 350, max: 450 },
    patienceMs: { min: 4_000, max: 9_000 },
  },
  rules: [
    ...ANSWERS.map((suffix) => ({ suffix, script: { outcome: 'answer' as const } })),
    ...['1', '2'].map((suffix) => ({ suffix, script: { outcome: 486 } })),
    { suffix: '7', script: { outcome: 480 } },
    { suffix: '9', script: { outcome: 404 } },
  ],
  agents: { does: 'answer', answerMs: 20 },
  media: { defaultMs: 300 },
};

/** Florida, Alabama, Texas, New York. */
export const AMERICANS: Person[] = [
  person('US-1', '+13055550101', '+13055550102', '33101'),
  person('US-2', '+13055550111', '+13055550112', '33101'),
  person('US-3', '+13055550120', undefined, '33101'),
  person('US-4', '+13055550137', '+13055550136', '33101'),
  person('US-5', '+12055550141', '+12055550142', '35203'),
  person('US-6', '+12055550145', undefined, '35203'),
  person('US-7', '+12055550151', '+12055550154', '35203'),
  person('US-8', '+12055550107', '+12055550166', '35203'),
  person('US-9', '+12145550161', '+12145550168', '75201'),
  person('US-10', '+12145550170', undefined, '75201'),
  person('US-11', '+12145550179', '+12145550174', '75201'),
  person('US-12', '+12125550181', '+12125550183', '10001'),
  person('US-13', '+12125550184', undefined, '10001'),
  person('US-14', '+12125550195', undefined, '10001'),
  // Not to be called: in the organisation's own list, by number and by customer.
  person('US-15', '+12125550196', undefined, '10001'),
  person('US-16', '+12125550198', undefined, '10001'),
];

export const OTHERS: Person[] = [
  person('GB-1', '+447700900101', '+442079460100'),
  person('GB-2', '+447700900111', '+442079460112'),
  person('GB-3', '+447700900115'),
  person('GB-4', '+447700900121', '+442079460125'),
  person('GB-5', '+447700900124'),
  person('GB-6', '+447700900127', '+442079460126'),
  person('GB-7', '+447700900130'),
  person('GB-8', '+447700900139', '+442079460134'),
  person('CA-1', '+14165550101', '+14165550103'),
  person('CA-2', '+14165550110'),
  person('CA-3', '+14165550122', '+14165550124'),
  person('CA-4', '+14165550127', '+14165550128'),
  person('CA-5', '+14165550136'),
  person('CA-6', '+14165550145'),
  person('CA-7', '+14165550151', '+14165550156'),
];

/** In a list of both campaigns. */
export const SHARED: Person[] = [
  person('SH-1', '+13055550191', '+13055550192'),
  person('SH-2', '+12055550192', '+12055550193'),
  person('SH-3', '+447700900191', '+442079460191'),
  person('SH-4', '+447700900195'),
  person('SH-5', '+14165550191', '+14165550193'),
  person('SH-6', '+14165550196'),
];
