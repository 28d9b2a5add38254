import type { Redis } from 'ioredis';
import type { Pool } from 'pg';
import { LawBook } from '../../compliance/own/law-book';
import { type Clock, monotonic } from '../../infra/clock';
import type { Checks } from '../../infra/health';
import type { JobClient } from '../../infra/job-client';
import type { Logger } from '../../infra/logger';
import { type PubSub, topics } from '../../infra/pubsub';
import type { TelephonyEvent, TelephonyPort } from '../../telephony/port';
import { businessTime } from '../kernel/clocks';
import { campaignView, createState } from '../kernel/kernel';
import { AgentRegistry } from './agent-registry';
import { readActiveCampaigns } from './campaign-load';
import { Campaigns } from './campaigns';
import { createChecks } from './checks';
import { createClaims } from './claims';
import { createCommands } from './commands';
import { agentHandlers } from './commands-agent';
import { campaignHandlers, type ReadinessCheck } from './commands-campaign';
import { organisationHandlers } from './commands-organisation';
import { sampleDecisions } from './decisions';
import type { DialerMetrics } from './dialer-metrics';
import type { DialerRow } from './dialer-row';
import { openDialerDatabase } from './dialer-transaction';
import { createDispatch } from './dispatch';
import { drainLines, unresolvedLines } from './drain';
import { createForgotten } from './forgotten';
import type { Feed } from './inputs';
import { createLaws } from './laws';
import type { LeaseKeeper } from './lease';
import type { Lines } from './lines';
import { createLiveFigures } from './live';
import { createMarkCleaner } from './mark-cleaner';
import { type InputLogPlace, openInputLog } from './open-input-log';
import { createOrganisationFlag } from './organisation-flag';
import { every } from './periodic';
import { createPermission } from './permission';
import { createPresenceWatch } from './presence';
import { createRunner } from './runner';
import { createSwitchSink } from './switch-events';
import { createSwitchExecutor } from './switch-executor';
import { resolveAbsent, restore, type TakeoverOptions } from './takeover';
import { closeRemains, readOpenAttempts, readOpenSessions } from './takeover-read';
import { createToldWriter } from './told-writer';
import { blankOutcome } from './write-items';

/** One dialer under one epoch: everything that acts for it, from take-over to its end. */
export interface Dialer {
  readonly dialerId: string;
  readonly epoch: number;
  /** Takes over what goes on and begins to act; resolves when commands are taken and originates may leave. */
  takeOver(): Promise<void>;
  /** Ends in good order: nothing new is dialled, lines resolve, everything is written. Talks stay up at the switch. */
  drain(deadlineMs: number): Promise<void>;
  /** Ends at once: nothing more leaves to the switch or the database. */
  halt(): Promise<void>;
  readonly checks: Checks;
}

export interface DialerOptions {
  row: DialerRow;
  epoch: number;
  fencedAt: number;
  lease: LeaseKeeper;
  databaseUrl: string;
  readPool: Pool;
  redis: Redis;
  pubsub: PubSub;
  jobs: Pick<JobClient, 'enqueue'>;
  clock: Clock;
  logger: Logger;
  metrics: DialerMetrics;
  endpointTemplate: string;
  createPort: (permits: { mayConnect: () => boolean; mayOriginate: () => boolean }) => TelephonyPort;
  readiness: ReadinessCheck;
  inputLog?: InputLogPlace;
  /** From this age on an open attempt that nobody works on is ended. */
  forgottenAfterMs?: number;
  /** The dialer must not go on: another owns it, or its own state cannot be trusted. */
  onFatal: (reason: string) => void;
}

const SECOND = 1_000;
const FORGOTTEN_MS = 120_000;
const FORGOTTEN_EVERY_MS = 10_000;

export const createDialer = (options: DialerOptions): Dialer => {
  const { row, epoch, lease, clock, logger, metrics, pubsub, redis } = options;
  const { id: dialerId, organisationId } = row;
  const { forgottenAfterMs = FORGOTTEN_MS } = options;
  let halted = false;
  const fatal = (reason: string): void => {
    if (halted) return;
    logger.error({ dialerId, epoch, reason }, 'this process stops acting for the dialer');
    void halt();
    options.onFatal(reason);
  };

  const database = openDialerDatabase({
    url: options.databaseUrl,
    dialerId,
    epoch,
    onStale: (error) => fatal(error.message),
  });
  const lines: Lines = new Map();
  const agents = new AgentRegistry();
  const answered = new Map<string, number>();
  const permission = createPermission(lease);
  const state = createState({ dialerId, epoch });
  const kernel = () => state;
  const log = openInputLog(options.inputLog, state, logger);
  const feed: Feed = (input, at) => {
    if (!halted) runner.feed(input, at);
  };
  const flag = createOrganisationFlag(options.readPool, organisationId, feed);
  const mayOriginate = () => !halted && permission.allowed() && !flag.stopped;

  const writer = createToldWriter({
    database,
    organisationId,
    clock,
    pubsub,
    metrics,
    logger,
    onEnded: (id) => hintRetries(id),
    onOutcomes: (items) => marks.done(items.flatMap((item) => (item.times.answeredAt ? [item.attemptId] : []))),
    onOutcomeDropped: (item) => forgotten.dropped(item),
  });
  const hintRetries = (campaignId: string): void => {
    options.jobs.enqueue('applyRetries', { organisationId, campaignId }).catch(() => undefined);
  };

  const laws = createLaws(new LawBook(), organisationId);
  const campaigns = new Campaigns({
    database,
    laws,
    clock,
    logger,
    feed,
    kernel,
    agents,
    settled: () => writer.settled(),
    onChanged: () => void live.write().catch(quiet('live figures')),
  });
  const quiet = (what: string) => (error: unknown) => {
    if (!halted) logger.debug({ what, reason: String(error) }, 'it is tried again in a moment');
  };
  const live = createLiveFigures({
    ...{ database, organisationId, clock, pubsub, campaigns, kernel },
    whyNotOriginating: () => permission.why(),
  });

  const port = options.createPort({ mayConnect: () => !halted && lease.live(), mayOriginate });
  const executor = createSwitchExecutor({
    port,
    lines,
    agents,
    feed,
    trunk: row.trunk,
    maxLines: row.maxLines,
    originatesPerSecond: row.originatesPerSecond,
    mayOriginate,
    mediaOf: (id) => campaigns.get(id)?.row.treatment ?? null,
    logger,
    onOriginate: (code) => metrics.originates.inc({ code }),
    onConnect: (code, tookMs) => {
      metrics.connects.inc({ code });
      if (code === 'ok') metrics.connectTime.observe(tookMs / 1000);
    },
  });
  const claims = createClaims({
    ...{ database, organisationId, clock, lines, feed },
    laws,
    guards: campaigns,
    time: () => businessTime(state),
    candidatesOf: (campaignId) => campaigns.candidatesOf(campaignId),
    budget: () => (mayOriginate() ? executor.room() : 0),
    onNotPlaced: (id) => writer.push(blankOutcome(id, 'NOT_PLACED', 'us', { at: monotonic(), wall: clock.now() })),
    onClaimed: (_placed, tookMs) => metrics.claims.observe(tookMs / 1000),
    onError: quiet('claim'),
  });

  const runner = createRunner({
    state,
    clock,
    log,
    dispatch: createDispatch({ dialerId, kernel, claims, executor, writer, agents, lines, metrics, answered }),
    beforeTick: () => {
      tellOriginating();
      campaigns.tick();
    },
    onTick: (lagMs) => metrics.tickLag.observe(lagMs / 1000),
    onFault: (error) => {
      logger.fatal({ err: error }, 'the kernel failed');
      fatal('the kernel failed');
    },
  });
  let told: boolean | undefined;
  const tellOriginating = (): void => {
    const allowed = permission.allowed();
    if (allowed === told) return;
    told = allowed;
    metrics.originating.set(allowed ? 1 : 0);
    feed({ type: 'originating', allowed });
  };

  const strayLeg = (leg: string): void => {
    metrics.strayLegs.inc();
    logger.warn({ leg }, 'a channel of a closed attempt is hung up');
    port.hangup({ leg, reason: 'cancelled' }).catch(quiet('hang-up'));
  };
  const marks = createMarkCleaner({
    clearMark: (leg) => port.clearMark(leg),
    mayClear: () => permission.linkUp && !halted,
    onError: quiet('marks'),
  });
  const forgotten = createForgotten({
    ...{ database, port, clock, lines, writer, logger },
    linkUp: () => permission.linkUp,
    onStrayLeg: strayLeg,
    onResolved: (mark) => metrics.forgotten.inc({ mark }),
    olderThanMs: forgottenAfterMs,
  });
  const linkWaiters: (() => void)[] = [];
  const onLink = (up: boolean, why: string | undefined): void => {
    permission.linkUp = up;
    if (why) logger.warn({ why }, 'the switch is away');
    tellOriginating();
    if (!up) return;
    for (const wake of linkWaiters.splice(0)) wake();
    if (permission.restored) executor.linkUp();
  };
  const sink = createSwitchSink({
    lines,
    agents,
    feed,
    onLink,
    onReplaced: () => fatal('another process has taken the event stream'),
    onAnswered: (attemptId) => answered.set(attemptId, monotonic()),
    onHeard: executor.heard,
    onPlayFinished: executor.playFinished,
    onEnded: executor.ended,
    onStrayLeg: strayLeg,
    onAgentUp: (agentId) => writer.push({ kind: 'reservationAnswered', agentId, wall: clock.now() }),
    onStraySession: (sessionId) => void port.closeAgentSession(sessionId).catch(quiet('leg')),
  });

  const commands = createCommands({
    database,
    organisationId,
    clock,
    pubsub,
    writer,
    logger,
    handlers: {
      ...campaignHandlers({ database, organisationId, clock, campaigns, readiness: options.readiness }),
      ...agentHandlers({
        dialerId,
        organisationId,
        agents,
        feed,
        kernel,
        writer,
        endpointTemplate: options.endpointTemplate,
        trunk: row.trunk,
        onWrappedUp: hintRetries,
      }),
      ...organisationHandlers({
        organisationId,
        flag,
        confirmSilence: async () => {
          // A claim begun before the flag was set may still come; what it brings is dropped by the kernel.
          await claims.idle();
          await executor.dropUnsent();
        },
      }),
    },
    onDone: (kind, ok) => metrics.commands.inc({ kind, ok: String(ok) }),
  });
  const presence = createPresenceWatch(redis, organisationId, agents, feed);
  const stops: (() => void)[] = [];

  /** Events that come before everything is restored wait, in order: the kernel would not know their legs. */
  let held: TelephonyEvent[] | undefined = [];
  const receive = (event: TelephonyEvent): void => {
    if (halted) return;
    if (held && event.type !== 'link' && event.type !== 'replaced' && event.type !== 'alive') held.push(event);
    else sink(event);
  };

  const linkUp = (): Promise<void> =>
    permission.linkUp ? Promise.resolve() : new Promise((resolve) => linkWaiters.push(resolve));

  const takeOver = async (): Promise<void> => {
    await port.start(receive);
    await linkUp();
    if (halted) return;
    const snapshot = await port.snapshot();
    const { attempts, sessions, orphans } = await database.transaction(async (sql) => ({
      attempts: await readOpenAttempts(sql, dialerId),
      sessions: await readOpenSessions(sql, dialerId),
      orphans: await closeRemains(sql, dialerId, clock.date()),
    }));
    for (const { agentId, seq } of orphans) pubsub.publish(topics.agent(organisationId, agentId), { seq });
    await flag.poll();
    for (const campaign of await readActiveCampaigns(database.pool, dialerId)) await campaigns.bring(campaign);
    const takeover: TakeoverOptions = {
      ...{ port, clock, logger, lines, agents, feed, writer, organisationId },
      resumeTreatment: executor.resumeTreatment,
      endpointTemplate: options.endpointTemplate,
      trunk: row.trunk,
      fencedAt: options.fencedAt,
      onStrayLeg: strayLeg,
      onResolved: (mark) => metrics.takeOvers.inc({ mark }),
    };
    const absent = await restore(takeover, attempts, sessions, snapshot);
    const waiting = held ?? [];
    held = undefined;
    for (const event of waiting) sink(event);
    permission.restored = true;
    tellOriginating();
    runner.start();
    commands.start();
    stops.push(
      every(SECOND, () => flag.poll(), quiet('organisation')),
      every(SECOND, () => presence.poll(), quiet('presence')),
      every(SECOND, () => campaigns.sweep(), quiet('campaigns')),
      every(SECOND, () => live.write(), quiet('live figures')),
      sampleDecisions({ kernel, campaigns, writer }, quiet('pacing decisions')),
      every(SECOND, async () => gauges(), quiet('gauges')),
      every(Math.min(FORGOTTEN_EVERY_MS, forgottenAfterMs), forgotten.sweep, quiet('forgotten')),
      marks.stop,
    );
    marks.start();
    logger.info({ dialerId, epoch, calls: attempts.length, agents: sessions.length }, 'the dialer acts');
    void resolveAbsent(takeover, absent, () => halted);
  };

  const gauges = (): void => {
    metrics.writerWaiting.set(writer.waiting);
    metrics.lines.set(lines.size);
    metrics.agents.set(agents.size);
  };

  const stopWork = (): void => {
    for (const stop of stops.splice(0)) stop();
    commands.stop();
    presence.close();
  };

  /** Lines that have not come to a talk yet: each may need an agent, a message, or its end recorded. */
  const unresolved = (): number =>
    campaigns.all().reduce((sum, { row: { id } }) => sum + unresolvedLines(campaignView(state, id)), 0);

  const drain = async (deadlineMs: number): Promise<void> => {
    permission.draining = true;
    tellOriginating();
    commands.stop();
    await executor.dropUnsent();
    await drainLines({
      deadlineMs,
      unresolved: () => (halted ? 0 : unresolved()),
      takeDownRinging: () => feed({ type: 'organisationStopped', organisationId }),
      settled: () => writer.settled(),
    });
    await halt();
  };

  let halting: Promise<void> | undefined;
  const halt = (): Promise<void> => {
    halted = true;
    for (const wake of linkWaiters.splice(0)) wake();
    halting ??= (async () => {
      runner.stop();
      stopWork();
      writer.stop();
      for (const campaign of campaigns.all()) campaign.candidates.close();
      await port.stop().catch(() => undefined);
      await database.close().catch(() => undefined);
      await log?.close();
    })();
    return halting;
  };

  return {
    dialerId,
    epoch,
    takeOver,
    drain,
    halt,
    checks: createChecks(lease, permission),
  };
};
