import type { TelephonyCause } from '../port';

export interface Ending {
  /** Q.850, from ChannelDestroyed; 0 says nothing. */
  cause: number;
  /** The SIP response, when the channel's technology told one. */
  sip: number | undefined;
  /** Of the last Dial event; only good when there is no cause, for it says NOANSWER for almost everything. */
  dialstatus: string | undefined;
}

const byCause: Record<number, TelephonyCause> = {
  1: 'invalid_number',
  2: 'network_failure',
  3: 'network_failure',
  16: 'no_answer',
  17: 'busy',
  18: 'no_answer',
  19: 'no_answer',
  20: 'no_answer',
  21: 'rejected',
  22: 'invalid_number',
  27: 'network_failure',
  28: 'invalid_number',
  34: 'congestion',
  38: 'network_failure',
  41: 'network_failure',
  42: 'congestion',
  44: 'congestion',
  58: 'config_error',
  65: 'config_error',
  88: 'config_error',
  102: 'network_failure',
  127: 'network_failure',
};

const bySip: Record<number, TelephonyCause> = { 487: 'network_failure', 607: 'rejected', 608: 'rejected' };

const byDialstatus: Record<string, TelephonyCause> = {
  BUSY: 'busy',
  CONGESTION: 'congestion',
  CHANUNAVAIL: 'network_failure',
  NOANSWER: 'no_answer',
  CANCEL: 'no_answer',
};

/** Why a leg that nobody answered, and that we did not cancel, ended: the cause, refined by the SIP response. */
export const classifyUnanswered = (ending: Ending, ringTimedOut: boolean): TelephonyCause => {
  if (ending.cause === 127 && ending.sip !== undefined) return bySip[ending.sip] ?? 'network_failure';
  if (ending.cause !== 0) return byCause[ending.cause] ?? 'network_failure';
  // Before 22.10 a ring time-out reported no cause at all.
  if (ringTimedOut) return 'no_answer';
  // A number that the dialplan does not know ends without cause and without ever being dialled.
  if (ending.dialstatus === undefined) return 'invalid_number';
  return byDialstatus[ending.dialstatus] ?? 'network_failure';
};
