import type { LegId, MediaRef, TreatResult } from '../port';
import { markServed, type Serving } from './connect';
import { type Leg, SETTLED_MS } from './leg';
import type { RestClient } from './rest-client';

export interface Treatment {
  leg: LegId;
  playId: string;
  media: MediaRef;
  deadlineMs: number;
}

/** The end of a playback that was stopped is told within this. */
const STOPPED_MS = 200;

const playback = (playId: string): string => `/playbacks/${encodeURIComponent(playId)}`;

export const treatLeg = async (host: Serving, command: Treatment): Promise<TreatResult> => {
  const { link, rest, settings } = host;
  const { playId } = command;
  const deadline = settings.monotonic() + command.deadlineMs;
  const left = (): number => deadline - settings.monotonic();
  const leg = host.legs.live.get(command.leg);
  if (!leg) return { ok: false, code: 'leg_gone' };
  const lost = (): TreatResult | undefined => {
    if (leg.ended) return { ok: false, code: 'leg_gone' };
    return link.isUp() ? undefined : { ok: false, code: 'link_down' };
  };
  leg.playbacks.delete(playId);
  // The answer is told before the leg enters the application; until then nothing can be played to it.
  const ready = await leg.waitFor(() => leg.inStasis || lost() !== undefined, left());
  const refusal = lost() ?? (ready ? undefined : { ok: false as const, code: 'timeout' as const });
  if (refusal) return refusal;
  const path = `/channels/${encodeURIComponent(leg.id)}/play/${encodeURIComponent(playId)}`;
  const sent = await link.send(rest, { method: 'POST', path, query: { media: command.media } }, deadline);
  if (sent.kind === 'notSent') return { ok: false, code: link.isUp() ? 'timeout' : 'link_down' };
  if (sent.kind === 'reply' && sent.status >= 300) {
    return { ok: false, code: leg.ended || sent.status === 404 ? 'leg_gone' : 'refused' };
  }
  // Accepted is not heard.
  await leg.waitFor(() => leg.playbacks.has(playId) || lost() !== undefined, left());
  const heardAt = settings.monotonic();
  await leg.waitFor(() => leg.playbacks.get(playId)?.state !== 'playing' || leg.ended, SETTLED_MS);
  const state = leg.playbacks.get(playId)?.state;
  if (!leg.ended && (state === 'playing' || state === 'done')) {
    markServed(rest, leg);
    return { ok: true, heardAt };
  }
  if (state === undefined) await stop(host, leg, playId);
  return lost() ?? { ok: false, code: state === 'failed' ? 'refused' : 'timeout' };
};

/** What begins too late must not be heard beside the message that follows. */
const stop = async ({ rest, link }: Serving, leg: Leg, playId: string): Promise<void> => {
  await rest.request({ method: 'DELETE', path: playback(playId), permit: () => link.streamFresh() });
  const over = (): boolean => leg.ended || ['done', 'failed'].includes(leg.playbacks.get(playId)?.state ?? '');
  await leg.waitFor(over, STOPPED_MS);
};

export const isPlaying = async (rest: RestClient, playId: string): Promise<boolean> => {
  const result = await rest.request({ method: 'GET', path: playback(playId) });
  return result.kind === 'reply' && result.status === 200;
};
