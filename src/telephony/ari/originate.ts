import type { OriginateAck, OriginateCommand } from '../port';
import { amdArguments, totalAnalysisMs } from './cpa';
import type { Leg } from './leg';
import type { LegBook } from './leg-book';
import type { Link } from './link';
import type { AriSettings } from './options';
import type { RestClient, RestResult } from './rest-client';
import { stasisArgs } from './switch-view';
import type { WireChannel } from './wire';

/** Beyond the switch's own ring timeout: then the adapter hangs up by itself. */
const RING_GUARD_MS = 2000;
const CPA_GUARD_MS = 1000;
const DOUBT_PROBE_MS = 400;

/** `unknown` = the switch has no such trunk. */
export type Subscription = 'done' | 'unknown' | 'unreachable';

export interface OriginateHost {
  settings: AriSettings;
  rest: RestClient;
  legs: LegBook;
  link: Link;
  /** Makes sure that the trunk's channels are heard of. */
  subscribe(trunk: string): Promise<Subscription>;
  stopped(): boolean;
  /** Names the run of the switch that the link leads to. */
  switchStart(): string | undefined;
  /** The switch does not show it any more: tells its end. */
  endVanished(leg: Leg): Promise<void>;
}

const refuse = (code: Exclude<OriginateAck, { ok: true }>['code'], retryable: boolean): OriginateAck => ({
  ok: false,
  code,
  retryable,
});

/** Places customer legs. The id is registered before anything is sent, for events may overtake the answer. */
export class Originator {
  constructor(private readonly host: OriginateHost) {}

  async originate(command: OriginateCommand): Promise<OriginateAck> {
    const { settings, legs } = this.host;
    if (legs.live.has(command.leg) || legs.isOver(command.leg)) return refuse('duplicate', false);
    if (this.expired(command)) return refuse('expired', false);
    const analysis = command.cpa?.amd ? totalAnalysisMs(command.cpa) + CPA_GUARD_MS : undefined;
    const leg = legs.create(command.leg, analysis);
    const heard = this.host.link.isUp() ? await this.host.subscribe(command.trunk) : 'unreachable';
    if (heard !== 'done') {
      legs.forget(leg);
      leg.placement = 'accepted';
      leg.wake();
      return heard === 'unknown' ? refuse('bad_destination', false) : refuse('link_down', true);
    }
    const seconds = Math.max(1, Math.ceil(command.ringTimeoutMs / 1000));
    const result = await this.host.link.send(
      this.host.rest,
      {
        method: 'POST',
        path: `/channels/${encodeURIComponent(command.leg)}`,
        background: true,
        body: this.body(command, seconds),
      },
      command.notAfter,
      () => {
        if (!settings.mayOriginate() || this.expired(command)) return false;
        leg.ringEndsAt = settings.monotonic() + seconds * 1000;
        leg.placedUnder = this.host.switchStart();
        return true;
      },
    );
    return this.settle(command, leg, result, seconds);
  }

  private expired(command: OriginateCommand): boolean {
    const { settings } = this.host;
    return (
      settings.monotonic() > command.notAfter ||
      (command.notAfterWall !== undefined && settings.wall() > command.notAfterWall)
    );
  }

  private body(command: OriginateCommand, timeout: number): object {
    const { settings } = this.host;
    const endpoint = settings.endpointTemplate.replaceAll('{number}', command.to).replaceAll('{trunk}', command.trunk);
    const variables: Record<string, string> = {
      // Seen on the channel ever after: a snapshot tells our legs from others by it.
      'CHANNEL(accountcode)': settings.app,
      OUTDIAL_APP: settings.app,
      OUTDIAL_MESSAGE: command.onDialerLost.media,
    };
    if (command.cpa?.amd) variables.OUTDIAL_AMD = amdArguments(command.cpa);
    if (command.cpa?.terminatingTone) variables.OUTDIAL_TONE = '1';
    return {
      endpoint,
      context: settings.context,
      extension: 's',
      priority: 1,
      callerId: command.callerId,
      timeout,
      variables,
    };
  }

  private settle(command: OriginateCommand, leg: Leg, result: RestResult, seconds: number): OriginateAck {
    const { settings, legs } = this.host;
    if (result.kind === 'notSent') {
      legs.forget(leg);
      leg.placement = 'accepted';
      leg.wake();
      return this.expired(command) ? refuse('expired', false) : refuse('link_down', true);
    }
    if (result.kind === 'lost') {
      this.guardRinging(leg, seconds);
      // Events that came meanwhile are proof enough.
      if (leg.seen) return this.accept(leg);
      leg.placement = 'unknown';
      leg.wake();
      void this.resolveDoubt(command, leg);
      return refuse('unknown_outcome', false);
    }
    if (result.status < 300 || result.status === 409) {
      this.guardRinging(leg, seconds);
      this.accept(leg);
      if (result.status < 300) return { ok: true };
      // Live already: it was accepted before, and what was missed of it is read from the switch.
      leg.placement = 'unknown';
      void this.resolveDoubt(command, leg);
      return refuse('duplicate', false);
    }
    legs.forget(leg);
    leg.placement = 'accepted';
    leg.wake();
    if (result.status === 429 || result.status === 503) return refuse('rate_limited', true);
    if (result.status >= 500) {
      // Also what a switch answers that shuts down: the number is not to blame.
      settings.logger.warn({ status: result.status }, 'the switch did not take an originate');
      return refuse('no_capacity', true);
    }
    settings.logger.error({ status: result.status }, 'the switch refused an originate');
    return refuse('bad_destination', false);
  }

  private accept(leg: Leg): OriginateAck {
    leg.placement = 'accepted';
    leg.wake();
    return { ok: true };
  }

  /** The switch's own timeout is the first line; this one is ours. */
  private guardRinging(leg: Leg, seconds: number): void {
    if (leg.ended || leg.answeredAt !== undefined) return;
    leg.guard = setTimeout(
      () => {
        if (leg.ended || leg.answeredAt !== undefined) return;
        leg.guardFired = true;
        void this.host.rest.request({
          method: 'DELETE',
          path: `/channels/${encodeURIComponent(leg.id)}`,
          query: { reason: 'normal' },
          permit: () => this.host.link.fresh(),
        });
      },
      seconds * 1000 + RING_GUARD_MS,
    );
  }

  /**
   * Nobody knows whether the leg exists. It counts as absent only when two looks, the second after the request can no
   * longer take effect, do not show it; it then ends as any other leg does.
   */
  private async resolveDoubt(command: OriginateCommand, leg: Leg): Promise<void> {
    const { settings, rest, legs } = this.host;
    let absent = 0;
    while (!leg.ended && !this.host.stopped()) {
      await new Promise((resolve) => setTimeout(resolve, DOUBT_PROBE_MS));
      if (leg.ended || legs.live.get(leg.id) !== leg) return;
      const result = await rest.request({ method: 'GET', path: `/channels/${encodeURIComponent(leg.id)}` });
      if (leg.ended || result.kind !== 'reply') continue;
      const moment = { at: settings.wall(), receivedAt: settings.monotonic() };
      if (result.status === 200) {
        const channel = result.body as WireChannel;
        leg.placement = 'accepted';
        leg.state(channel.state, moment);
        const args = stasisArgs(channel);
        if (args && !leg.inStasis) leg.stasisStart(args, moment);
        leg.wake();
        return;
      }
      if (result.status !== 404) continue;
      absent += 1;
      if (absent < 2 || settings.monotonic() <= command.notAfter) continue;
      await this.host.endVanished(leg);
      return;
    }
  }
}
