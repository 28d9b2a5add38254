import { monotonic } from '../../infra/clock';
import type { Logger } from '../../infra/logger';
import type { HangupReason, TelephonyPort } from '../../telephony/port';
import type { AgentRegistry } from './agent-registry';
import type { CommandOf, Feed } from './inputs';
import type { Lines } from './lines';
import { createOriginateQueue } from './originate-queue';
import { createTreatments } from './treatments';

/** Carries the kernel's commands to the switch and its answers back. The port itself refuses what may not leave. */
export interface SwitchExecutor {
  place(command: CommandOf<'place'>): void;
  connect(command: CommandOf<'connect'>): void;
  treat(command: CommandOf<'treat'>): void;
  /** Goes on with a treatment that an earlier owner began. */
  resumeTreatment(attemptId: string): void;
  playAbandonedMessage(command: CommandOf<'playAbandonedMessage'>): void;
  hangup(command: CommandOf<'hangup'>): void;
  openLeg(agentId: string): void;
  closeLeg(agentId: string): void;
  /** A message or a treatment that ends was heard, as the switch tells it. */
  heard(attemptId: string, playId: string): void;
  /** The end of a message or a treatment, as the switch tells it. */
  playFinished(attemptId: string, playId: string, ok: boolean): void;
  /** The leg is gone: nothing is left to be hung up. */
  ended(attemptId: string): void;
  /** After the link came back: what could not be closed meanwhile. */
  linkUp(): void;
  /** How many more lines may be begun now. */
  room(): number;
  /** Nothing that has not left leaves any more; resolves when what had left was answered. */
  dropUnsent(): Promise<void>;
}

export interface SwitchExecutorOptions {
  port: TelephonyPort;
  lines: Lines;
  agents: AgentRegistry;
  feed: Feed;
  trunk: string;
  maxLines: number;
  originatesPerSecond: number;
  /** Asked for every originate as it leaves: lease, link, clocks, emergency stop. */
  mayOriginate: () => boolean;
  /** What a person hears in the treatment of an IVR campaign. */
  mediaOf: (campaignId: string) => string | null;
  logger: Logger;
  onOriginate: (code: string) => void;
  onConnect: (code: string, tookMs: number) => void;
}

/** What an abandoned person hears; the switch's dialplan plays the same when no dialer is there. */
export const ABANDONED_MESSAGE = 'sound:outdial-abandoned';
const RESERVATION_RING_MS = 20_000;
/** A claim fills only what can leave well before its `notAfter`. */
const ROOM_MS = 1_000;
const CLOSE_RETRY_MS = 1_000;

export const createSwitchExecutor = (options: SwitchExecutorOptions): SwitchExecutor => {
  const { port, lines, agents, feed, logger } = options;
  const inFlight = new Set<Promise<void>>();
  const toClose = new Set<string>();
  /** Hang-ups that the switch did not take: a leg that the kernel has given up must not stay up, whoever is on it. */
  const toHangUp = new Map<string, HangupReason>();

  const originate = async ({ attemptId, ringLimitMs }: CommandOf<'place'>): Promise<void> => {
    const line = lines.get(attemptId);
    if (!line) return;
    const refuse = (code: string) => {
      options.onOriginate(code);
      feed({ type: 'notPlaced', attemptId, code });
    };
    if (!options.mayOriginate()) return refuse('not_allowed');
    if (monotonic() > line.notAfter || Date.now() > line.notAfterWall) return refuse('expired');
    const ack = await port.originate({
      leg: attemptId,
      campaignId: line.campaignId,
      to: line.to,
      callerId: line.callerId,
      trunk: options.trunk,
      ringTimeoutMs: ringLimitMs,
      notAfter: line.notAfter,
      notAfterWall: line.notAfterWall,
      ...(line.cpa && { cpa: line.cpa }),
      onDialerLost: { media: ABANDONED_MESSAGE },
    });
    // A duplicate is this very leg, accepted before: its end will be told.
    if (ack.ok || ack.code === 'duplicate') {
      options.onOriginate('placed');
      feed({ type: 'placed', attemptId });
    } else refuse(ack.code);
  };

  const track = (work: Promise<void>, attemptId: string): void => {
    const tracked = work
      .catch((error: unknown) => {
        logger.error({ err: error, attemptId }, 'an originate failed in an unforeseen way');
        feed({ type: 'notPlaced', attemptId, code: 'unknown_outcome' });
      })
      .finally(() => inFlight.delete(tracked));
    inFlight.add(tracked);
  };

  const queue = createOriginateQueue<CommandOf<'place'>>(options.originatesPerSecond, (command) =>
    track(originate(command), command.attemptId),
  );

  const connect = async ({ attemptId, agentId, deadlineAt }: CommandOf<'connect'>): Promise<void> => {
    const began = monotonic();
    const agent = agents.get(agentId);
    if (!agent) {
      feed({ type: 'connectFailed', attemptId, agentId, code: 'AGENT_GONE' });
      return;
    }
    // The tone starts as the customer is on the way: waiting for its end would be silence for the customer.
    port.tone(agent.sessionId).catch(() => undefined);
    const deadlineMs = Math.max(100, deadlineAt - began);
    const result = await port.connect({ leg: attemptId, agent: agent.sessionId, deadlineMs });
    options.onConnect(result.ok ? 'ok' : result.code, monotonic() - began);
    if (result.ok) feed({ type: 'connected', attemptId, agentId });
    else {
      const code = result.code === 'leg_gone' ? 'LEG_GONE' : result.code === 'agent_gone' ? 'AGENT_GONE' : 'FAILED';
      feed({ type: 'connectFailed', attemptId, agentId, code });
    }
  };

  const { mediaOf, onConnect: onTreat } = options;
  const treatments = createTreatments({ port, feed, mediaOf, logger, onTreat });

  const closeSession = (sessionId: string): void => {
    toClose.add(sessionId);
    port
      .closeAgentSession(sessionId)
      .then((ack) => {
        if (ack.ok) toClose.delete(sessionId);
        else if (ack.code !== 'link_down') setTimeout(() => retryClose(sessionId), CLOSE_RETRY_MS).unref();
      })
      .catch((error: unknown) => logger.error({ err: error }, 'an agent leg could not be closed'));
  };
  const retryClose = (sessionId: string): void => {
    if (toClose.has(sessionId)) closeSession(sessionId);
  };

  const hangUp = (leg: string, reason: HangupReason): void => {
    toHangUp.set(leg, reason);
    port
      .hangup({ leg, reason })
      .then((ack) => {
        if (ack.ok) toHangUp.delete(leg);
        else if (ack.code !== 'link_down') setTimeout(() => retryHangUp(leg), CLOSE_RETRY_MS).unref();
      })
      .catch((error: unknown) => logger.error({ err: error, attemptId: leg }, 'a hang-up failed in an unforeseen way'));
  };
  const retryHangUp = (leg: string): void => {
    const reason = toHangUp.get(leg);
    if (reason) hangUp(leg, reason);
  };

  return {
    place: (command) => queue.push(command),
    connect(command) {
      connect(command).catch((error: unknown) => {
        logger.error({ err: error, attemptId: command.attemptId }, 'a connect failed in an unforeseen way');
        feed({ type: 'connectFailed', attemptId: command.attemptId, agentId: command.agentId, code: 'FAILED' });
      });
    },
    treat: treatments.treat,
    resumeTreatment: treatments.resume,
    playAbandonedMessage({ attemptId }) {
      // The leg's end, or the kernel's guard on the message, follows.
      if (lines.get(attemptId)?.heldByDialplan) return;
      const failed = () => feed({ type: 'playFinished', attemptId });
      port
        .play({ leg: attemptId, playId: `abandoned-${attemptId}`, media: ABANDONED_MESSAGE })
        .then((ack) => {
          if (!ack.ok) failed();
        })
        .catch(failed);
    },
    heard: treatments.heard,
    playFinished(attemptId, playId, ok) {
      if (playId === `abandoned-${attemptId}`) feed({ type: 'playFinished', attemptId });
      else treatments.playFinished(attemptId, playId, ok);
    },
    hangup: ({ attemptId, reason }) => hangUp(attemptId, reason),
    ended(attemptId) {
      toHangUp.delete(attemptId);
      treatments.ended(attemptId);
    },
    openLeg(agentId) {
      const agent = agents.get(agentId);
      const failed = () => feed({ type: 'agentLeg', agentId, up: false, why: 'failed' });
      if (!agent) return failed();
      toClose.delete(agent.sessionId);
      port
        .openAgentSession({ id: agent.sessionId, endpoint: agent.endpoint, ringTimeoutMs: RESERVATION_RING_MS })
        .then((ack) => {
          if (!ack.ok) failed();
        })
        .catch(failed);
    },
    closeLeg(agentId) {
      const agent = agents.get(agentId);
      if (agent) closeSession(agent.sessionId);
    },
    linkUp() {
      for (const leg of [...toHangUp.keys()]) retryHangUp(leg);
      for (const sessionId of [...toClose]) closeSession(sessionId);
      treatments.review();
    },
    room: () => Math.min(options.maxLines - lines.size, queue.room(ROOM_MS)),
    async dropUnsent() {
      for (const { attemptId } of queue.drop()) {
        options.onOriginate('not_allowed');
        feed({ type: 'notPlaced', attemptId, code: 'not_allowed' });
      }
      await Promise.allSettled([...inFlight]);
    },
  };
};
