/** What Asterisk reports for a carrier's final SIP response: `dialstatus` of the last Dial event and the Q.850 cause. */
export interface FinalResponse {
  dialstatus: 'BUSY' | 'NOANSWER' | 'CONGESTION';
  cause: number;
  sip?: number;
}

const table: Record<number, [FinalResponse['dialstatus'], number]> = {
  403: ['NOANSWER', 21],
  404: ['NOANSWER', 1],
  408: ['NOANSWER', 18],
  410: ['NOANSWER', 22],
  480: ['NOANSWER', 19],
  484: ['NOANSWER', 28],
  486: ['BUSY', 17],
  487: ['NOANSWER', 127],
  488: ['NOANSWER', 58],
  500: ['NOANSWER', 38],
  502: ['NOANSWER', 27],
  503: ['CONGESTION', 34],
  504: ['NOANSWER', 102],
  600: ['BUSY', 17],
  603: ['NOANSWER', 21],
  604: ['NOANSWER', 1],
  607: ['NOANSWER', 127],
  608: ['NOANSWER', 127],
};

export const finalResponse = (sip: number): FinalResponse => {
  const [dialstatus, cause] = table[sip] ?? ['NOANSWER', 127];
  return { dialstatus, cause, sip };
};

export const knownSipResponses = Object.keys(table).map(Number);

const texts: Record<number, string> = {
  0: 'Unknown',
  1: 'Unallocated (unassigned) number',
  16: 'Normal Clearing',
  17: 'User busy',
  18: 'No user responding',
  19: 'User alerting, no answer',
  21: 'Call Rejected',
  22: 'Number changed',
  27: 'Destination out of order',
  28: 'Invalid number format',
  34: 'Circuit/channel congestion',
  38: 'Network out of order',
  58: 'Bearer capability not available',
  102: 'Recover on timer expiry',
  127: 'Interworking, unspecified',
};

export const causeText = (cause: number): string => texts[cause] ?? 'Unknown';
