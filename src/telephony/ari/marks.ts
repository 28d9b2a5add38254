import type { LegId, LegMark } from '../port';
import { markVariable } from './names';
import type { AriSettings } from './options';
import type { RestClient } from './rest-client';
import type { SwitchStart } from './switch-view';

/** Placed so shortly before the switch's start counts as before it: the clocks may differ that much. */
const SLACK_MS = 250;

/**
 * What answered legs left behind. Marks live in the switch's memory: after a restart of it a missing mark says nothing of
 * a leg that was placed before.
 */
export class Marks {
  /** When the switch was started, on our wall clock. */
  startedAt: number | undefined;
  run: string | undefined;

  constructor(
    private readonly rest: RestClient,
    private readonly settings: AriSettings,
  ) {}

  switchStarted(start: SwitchStart): void {
    this.startedAt = start.at;
    this.run = start.run;
  }

  /** By the time a leg was placed, which is all that a successor knows of it. */
  read(leg: LegId, placedAt: number | undefined): Promise<LegMark> {
    const { startedAt } = this;
    const certain = placedAt === undefined || (startedAt !== undefined && placedAt >= startedAt + SLACK_MS);
    return this.look(leg, certain);
  }

  /** By the run of the switch that a leg was placed under. */
  readAs(leg: LegId, placedUnder: string | undefined): Promise<LegMark> {
    return this.look(leg, placedUnder === this.run);
  }

  /**
   * For how long a leg of an earlier run can have been answered unheard of, at most: from the moment until which (on our
   * monotonic clock) everything was heard to the switch's start. Undefined for a leg of this run.
   */
  unheardMs(placedUnder: string | undefined, heardUntil: number | undefined): number | undefined {
    const { startedAt, run, settings } = this;
    if (placedUnder === run || startedAt === undefined || heardUntil === undefined) return undefined;
    return Math.max(0, startedAt - settings.wall() + (settings.monotonic() - heardUntil));
  }

  private async look(leg: LegId, missingIsCertain: boolean): Promise<LegMark> {
    const result = await this.rest.request({
      method: 'GET',
      path: '/asterisk/variable',
      query: { variable: markVariable(leg) },
    });
    if (result.kind !== 'reply' || (result.status !== 200 && result.status !== 404)) return 'unreadable';
    const value = (result.body as { value?: string } | undefined)?.value;
    if (value === 'answered' || value === 'served') return value;
    return missingIsCertain ? 'none' : 'unreadable';
  }

  /** Never throws: a mark that stays is harmless, it is only memory of the switch. */
  async clear(leg: LegId): Promise<void> {
    const cleared = await this.rest.succeeds({
      method: 'POST',
      path: '/asterisk/variable',
      query: { variable: markVariable(leg) },
    });
    if (!cleared) this.settings.logger.debug({ leg }, 'a mark could not be cleared');
  }
}
