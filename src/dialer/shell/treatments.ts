import { monotonic } from '../../infra/clock';
import type { Logger } from '../../infra/logger';
import type { TelephonyPort } from '../../telephony/port';
import type { CommandOf, Feed } from './inputs';

/** What ports do with persons: the campaign's message is played, and its end is told, whatever was missed of it. */
export interface Treatments {
  treat(command: CommandOf<'treat'>): void;
  heard(attemptId: string, playId: string): void;
  playFinished(attemptId: string, playId: string, ok: boolean): void;
  /** Goes on with one that an earlier owner of the call began. */
  resume(attemptId: string): void;
  ended(attemptId: string): void;
  /** The link was away: ends may have been missed. */
  review(): void;
}

export interface TreatmentsOptions {
  port: Pick<TelephonyPort, 'treat' | 'isPlaying'>;
  feed: Feed;
  /** The message of the line's campaign. */
  mediaOf: (campaignId: string) => string | null;
  logger: Logger;
  onTreat: (code: string, tookMs: number) => void;
}

/** The same for whoever owns the call. */
export const treatmentId = (attemptId: string): string => `treatment-${attemptId}`;

/** A person who hangs up cuts the message off: the end of the call is then told within this. */
const END_TOLD_MS = 500;

export const createTreatments = (options: TreatmentsOptions): Treatments => {
  const { port, feed, logger } = options;
  /** The port whose treatment is beginning, or HEARD once it is. */
  const going = new Map<string, number | 'HEARD'>();

  /** Told by the answer to `treat`, or by the message's end if that comes first. */
  const heard = (attemptId: string): void => {
    const port = going.get(attemptId);
    if (typeof port !== 'number') return;
    going.set(attemptId, 'HEARD');
    feed({ type: 'treated', attemptId, port });
  };

  const over = (attemptId: string): void => {
    if (going.get(attemptId) !== 'HEARD') return;
    going.delete(attemptId);
    feed({ type: 'treatmentEnded', attemptId });
  };

  const begin = async ({ attemptId, campaignId, port: number, deadlineAt }: CommandOf<'treat'>): Promise<void> => {
    const began = monotonic();
    const media = options.mediaOf(campaignId);
    const failed = (code: 'LEG_GONE' | 'FAILED') => feed({ type: 'treatFailed', attemptId, port: number, code });
    if (media === null) {
      logger.error({ campaignId }, 'a person cannot be treated: the campaign has no message');
      return failed('FAILED');
    }
    going.set(attemptId, number);
    const deadlineMs = Math.max(100, deadlineAt - began);
    const result = await port.treat({ leg: attemptId, playId: treatmentId(attemptId), media, deadlineMs });
    options.onTreat(result.ok ? 'ok' : result.code, monotonic() - began);
    if (result.ok) return heard(attemptId);
    if (going.get(attemptId) === number) going.delete(attemptId);
    failed(result.code === 'leg_gone' ? 'LEG_GONE' : 'FAILED');
  };

  const review = async (attemptId: string): Promise<void> => {
    if (!(await port.isPlaying(treatmentId(attemptId)))) over(attemptId);
  };

  return {
    treat(command) {
      const { attemptId } = command;
      begin(command).catch((error: unknown) => {
        logger.error({ err: error, attemptId }, 'a treatment failed in an unforeseen way');
        feed({ type: 'treatFailed', attemptId, port: command.port, code: 'FAILED' });
      });
    },
    heard(attemptId, playId) {
      if (playId === treatmentId(attemptId)) heard(attemptId);
    },
    playFinished(attemptId, playId, ok) {
      if (playId !== treatmentId(attemptId)) return;
      if (ok) over(attemptId);
      else setTimeout(() => over(attemptId), END_TOLD_MS).unref();
    },
    resume(attemptId) {
      going.set(attemptId, 'HEARD');
      void review(attemptId);
    },
    ended: (attemptId) => void going.delete(attemptId),
    review() {
      for (const [attemptId, state] of going) if (state === 'HEARD') void review(attemptId);
    },
  };
};
