import { monotonic } from '../../infra/clock';
import type { Logger } from '../../infra/logger';
import type { TelephonyPort } from '../../telephony/port';
import type { CommandOf, Feed } from './inputs';
import type { Lines } from './lines';

/** What ports do with persons: the campaign's message is played, and its end is told, whatever was missed of it. */
export interface Treatments {
  treat(command: CommandOf<'treat'>): void;
  playFinished(attemptId: string, playId: string, ok: boolean): void;
  /** Goes on with one that an earlier owner of the call began. */
  resume(attemptId: string): void;
  ended(attemptId: string): void;
  /** The link was away: ends may have been missed. */
  review(): void;
}

export interface TreatmentsOptions {
  port: Pick<TelephonyPort, 'treat' | 'isPlaying'>;
  lines: Lines;
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
  const { port, lines, feed, logger } = options;
  /** OVER: finished before its beginning was answered. */
  const going = new Map<string, 'BEGINNING' | 'HEARD' | 'OVER'>();

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
    going.set(attemptId, 'BEGINNING');
    const deadlineMs = Math.max(100, deadlineAt - began);
    const result = await port.treat({ leg: attemptId, playId: treatmentId(attemptId), media, deadlineMs });
    options.onTreat(result.ok ? 'ok' : result.code, monotonic() - began);
    const finished = going.get(attemptId) === 'OVER';
    going.delete(attemptId);
    if (!result.ok) return failed(result.code === 'leg_gone' ? 'LEG_GONE' : 'FAILED');
    if (!lines.has(attemptId)) return;
    going.set(attemptId, 'HEARD');
    feed({ type: 'treated', attemptId, port: number });
    if (finished) over(attemptId);
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
    playFinished(attemptId, playId, ok) {
      if (playId !== treatmentId(attemptId)) return;
      if (going.get(attemptId) === 'BEGINNING') {
        if (ok) going.set(attemptId, 'OVER');
      } else if (ok) over(attemptId);
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
