import type { LegId, LegMark } from '../port';
import { markVariable } from './names';
import type { AriSettings } from './options';
import type { RestClient } from './rest-client';

/** Placed so shortly before the switch's start counts as before it: the clocks may differ that much. */
const SLACK_MS = 250;

/**
 * What answered legs left behind. Marks live in the switch's memory: after a restart of it a missing mark says nothing of
 * a leg that was placed before.
 */
export class Marks {
  private startedAt: number | undefined;

  constructor(
    private readonly rest: RestClient,
    private readonly settings: AriSettings,
  ) {}

  switchStarted(at: number): void {
    this.startedAt = at;
  }

  switchStartedAt(): number | undefined {
    return this.startedAt;
  }

  async read(leg: LegId, placedAt: number | undefined): Promise<LegMark> {
    const result = await this.rest.request({
      method: 'GET',
      path: '/asterisk/variable',
      query: { variable: markVariable(leg) },
    });
    if (result.kind !== 'reply' || (result.status !== 200 && result.status !== 404)) return 'unreadable';
    const value = (result.body as { value?: string } | undefined)?.value;
    if (value === 'answered' || value === 'served') return value;
    if (placedAt === undefined) return 'none';
    return this.startedAt === undefined || placedAt < this.startedAt + SLACK_MS ? 'unreadable' : 'none';
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
