import type { AgentSessions } from './agent-sessions';
import type { Lateness } from './lateness';
import type { Leg, Moment } from './leg';
import type { LegBook } from './leg-book';
import { agentSessionOf } from './names';
import { isOurLeg, playsFallback } from './switch-view';
import { switchTime, type WireMessage } from './wire';

export interface DispatchHost {
  app: string;
  legs: LegBook;
  agents: AgentSessions;
  monotonic(): number;
  wall(): number;
  lateness: Lateness;
  /** While the reconciliation after a loss of the link is still to come: until when everything had been heard. */
  unheardSince(): number | undefined;
  /** A leg shows up alive whose end had been inferred: it must not go on unseen. */
  resurrected(id: string): void;
  /** A leg entered a bridge after its connect had been given up. */
  takeBack(leg: Leg, bridge: string): void;
}

/** Turns one message of the stream into the state of its leg, at once and in order; it never waits for anything. */
export const dispatch = (host: DispatchHost, message: WireMessage): void => {
  if (host.agents.handle(message)) return;
  const moment = momentOf(host, message);
  const leg = find(host, message, moment);
  if (!leg) return;
  leg.seen = true;
  const { bridge } = message;
  // Whatever is told of a channel that is up tells that it was answered: the answer itself may have come while the link was
  // down, and the end may be told on the new link before the reconciliation has looked.
  if (message.channel?.state === 'Up') {
    const told = message.type === 'ChannelStateChange' || message.type === 'Dial';
    const since = told ? undefined : host.unheardSince();
    leg.state('Up', since === undefined ? moment : { ...moment, since }, playsFallback(message.channel));
  }
  switch (message.type) {
    case 'Dial':
      leg.dial(message.dialstatus ?? '', moment);
      break;
    case 'ChannelStateChange':
      leg.state(message.channel?.state ?? '', moment);
      break;
    case 'StasisStart':
      leg.stasisStart(message.args ?? [], moment);
      break;
    case 'StasisEnd':
      leg.stasisEnd();
      break;
    case 'ChannelEnteredBridge':
      if (!bridge) break;
      leg.enteredBridge(bridge.id, agentSessionOf(bridge.id), moment);
      if (leg.takenBack === bridge.id) host.takeBack(leg, bridge.id);
      break;
    case 'ChannelLeftBridge':
      if (bridge) leg.leftBridge(bridge.id, moment);
      break;
    case 'PlaybackStarted':
      if (message.playback) leg.playback(message.playback.id, 'playing', moment);
      break;
    case 'PlaybackFinished':
      if (message.playback) {
        const { id, state } = message.playback;
        leg.playback(id, state === 'done' ? 'done' : 'failed', moment);
      }
      break;
    case 'ChannelDtmfReceived':
      if (message.digit) leg.report({ type: 'dtmf', digit: message.digit }, moment);
      break;
    case 'ChannelDestroyed':
      leg.destroyed(message.cause ?? 0, message.tech_cause, moment);
      break;
  }
};

const momentOf = (host: DispatchHost, message: WireMessage): Moment => {
  const receivedAt = host.monotonic();
  const at = switchTime(message.timestamp, Number.NaN);
  if (Number.isNaN(at)) return { at: host.wall(), receivedAt };
  const late = host.lateness.of(at, receivedAt);
  return late === 0 ? { at, receivedAt } : { at, receivedAt, since: receivedAt - late };
};

const find = (host: DispatchHost, message: WireMessage, moment: Moment): Leg | undefined => {
  const channel = message.channel ?? message.peer;
  const target = message.playback?.target_uri;
  const id = channel?.id ?? (target?.startsWith('channel:') ? target.slice('channel:'.length) : undefined);
  if (id === undefined) return undefined;
  const known = host.legs.live.get(id);
  if (known) return known;
  if (host.legs.isOver(id)) {
    if (host.legs.endWasInferred(id) && channel && message.type !== 'ChannelDestroyed') host.resurrected(id);
    return undefined;
  }
  // A leg that a predecessor placed and no snapshot had shown yet.
  if (!channel || !isOurLeg(channel, host.app) || message.type === 'ChannelDestroyed') return undefined;
  const adopted = host.legs.create(id);
  // What this very message tells is still to be told, so the leg is restored as it was before it.
  adopted.restore('Down', undefined, undefined, moment);
  return adopted;
};
