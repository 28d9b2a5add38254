import { readLawCodes } from '../../compliance/abandon/law-codes';
import { type Clock, monotonic } from '../../infra/clock';
import type { Logger } from '../../infra/logger';
import type { CampaignConfig, LedgerMinute } from '../kernel/messages';
import { type LawfulConfig, lawfulConfig } from './campaign-law';
import { ledgerSince, readLedger } from './campaign-ledger';
import type { DialerDatabase } from './dialer-transaction';
import type { Feed } from './inputs';
import type { Laws } from './laws';

/**
 * What the guard of a campaign must know from outside: whose laws its contacts are under, and its ledger. Either may be
 * unreadable for a while, and laws change with the contacts, with their profiles' dates and with the calendar.
 */
export interface Upkept {
  /** Codes of the laws of its contacts; null while nobody knows, and nothing is dialled ahead. */
  codes: string[] | null;
  /** As the kernel has it. */
  lawful: LawfulConfig;
  /** From when on the kernel has the ledger; null while that cannot be read, and nothing is dialled ahead. */
  ledgerSince: number | null;
  /** On the monotonic clock. */
  lawReadAt: number;
  reading: { law: boolean; ledger: boolean };
}

export interface UpkeepOptions {
  database: DialerDatabase;
  clock: Clock;
  logger: Logger;
  laws: Laws;
  feed: Feed;
  /** Everything written so far is committed: a ledger read after it is whole. */
  settled: () => Promise<void>;
}

/** Every change is noticed within this time; a contact of a law not known before is not dialled until it is. */
const LAW_EVERY_MS = 60_000;

export class CampaignUpkeep {
  constructor(private readonly options: UpkeepOptions) {}

  /** Reads both; what cannot be read now is read again by `follow`. */
  async begin(config: CampaignConfig): Promise<{ upkept: Upkept; ledger: LedgerMinute[] | null; since: number }> {
    const { database, clock, settled } = this.options;
    const { id } = config;
    const codes = await this.readCodes(id).catch((error) => this.unreadable(id, 'law', error));
    const lawful = this.lawful(config, codes);
    const since = ledgerSince(lawful.config.abandon, clock.now());
    await settled();
    const ledger = await readLedger(database.pool, id, since).catch((error) => this.unreadable(id, 'ledger', error));
    const reading = { law: false, ledger: false };
    const upkept = { codes, lawful, ledgerSince: ledger && since, lawReadAt: monotonic(), reading };
    return { upkept, ledger, since };
  }

  /** The stored configuration has changed: what is known of the laws holds until they are read again, at once. */
  renew(upkept: Upkept, config: CampaignConfig): void {
    upkept.lawful = this.lawful(config, upkept.codes);
    upkept.lawReadAt = Number.NEGATIVE_INFINITY;
  }

  /** A contact under a law that is not among those known: it waits until they have been read again. */
  lawMissed(upkept: Upkept): void {
    upkept.lawReadAt = Number.NEGATIVE_INFINITY;
  }

  follow(upkept: Upkept, config: CampaignConfig, isCurrent: () => boolean): void {
    // A claim may have read a newer law, a profile's date has come, or a month has begun.
    if (isCurrent()) this.applyLaw(upkept, config);
    void this.followLaw(upkept, config, isCurrent);
    void this.followLedger(upkept, isCurrent);
  }

  private lawful(config: CampaignConfig, codes: string[] | null): LawfulConfig {
    return lawfulConfig(config, codes, this.options.clock.now(), this.options.laws.lawOf);
  }

  /** Whose laws they are, with the organisation's own law as it is now. */
  private async readCodes(campaignId: string): Promise<string[]> {
    const { database, laws } = this.options;
    await laws.read(database.pool);
    return readLawCodes(database.pool, campaignId);
  }

  private applyLaw(upkept: Upkept, config: CampaignConfig): void {
    const lawful = this.lawful(config, upkept.codes);
    if (JSON.stringify(lawful) === JSON.stringify(upkept.lawful)) return;
    upkept.lawful = lawful;
    this.options.feed({ type: 'campaignChanged', campaign: lawful.config });
  }

  private async followLaw(upkept: Upkept, config: CampaignConfig, isCurrent: () => boolean): Promise<void> {
    const due = upkept.codes === null || monotonic() - upkept.lawReadAt >= LAW_EVERY_MS;
    if (upkept.reading.law || !due) return;
    upkept.reading.law = true;
    upkept.lawReadAt = monotonic();
    try {
      const codes = await this.readCodes(config.id);
      if (!isCurrent()) return;
      upkept.codes = codes;
      this.applyLaw(upkept, config);
    } catch (error) {
      this.unreadable(config.id, 'law', error);
    } finally {
      upkept.reading.law = false;
    }
  }

  /** Reads what could not be read before, or what a longer window needs. */
  private async followLedger(upkept: Upkept, isCurrent: () => boolean): Promise<void> {
    const { database, clock, feed, settled } = this.options;
    const { id, abandon } = upkept.lawful.config;
    const since = ledgerSince(abandon, clock.now());
    if (upkept.reading.ledger || (upkept.ledgerSince !== null && upkept.ledgerSince <= since)) return;
    upkept.reading.ledger = true;
    try {
      await settled();
      const ledger = await readLedger(database.pool, id, since);
      if (!isCurrent()) return;
      upkept.ledgerSince = since;
      feed({ type: 'ledgerRead', campaignId: id, ledger, since });
    } catch (error) {
      this.unreadable(id, 'ledger', error);
    } finally {
      upkept.reading.ledger = false;
    }
  }

  private unreadable(campaignId: string, what: 'law' | 'ledger', error: unknown): null {
    const { logger } = this.options;
    logger.warn({ campaignId, what, reason: String(error) }, 'the guard cannot be told: lines for waiting agents only');
    return null;
  }
}
