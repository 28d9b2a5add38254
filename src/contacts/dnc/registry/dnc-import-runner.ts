import { rm } from 'node:fs/promises';
import type { Pool, PoolClient } from 'pg';
import { type Clock, monotonic } from '../../../infra/clock';
import type { Logger } from '../../../infra/logger';
import { withConnection } from '../../../infra/postgres';
import { type PubSub, topics } from '../../../infra/pubsub';
import { FileFault } from '../../files/file-fault';
import { requireUpload, uploadPath } from '../../imports/upload-place';
import { isCountry } from '../../normalise/phone-number';
import { LINE_FAULTS, type LineFault } from './number-scanner';
import { readNumbers } from './read-numbers';
import {
  advance,
  type BegunDncImport,
  beginDncImport,
  DncImportTaken,
  failDncImport,
  holdList,
  type Progress,
  putInForce,
  releaseList,
  writeFaults,
} from './run-repository';
import { PARTS, Spill } from './spill';
import { keepOthers, removeBlocks, writeBlocks } from './write-blocks';

export interface DncImportRunnerDeps {
  pool: Pool;
  pubsub: PubSub;
  clock: Clock;
  logger: Logger;
  /** `OUTDIAL_HOME`, below which uploads lie. */
  home: string;
  /** Told between any two statements of a run; where a test interrupts it. */
  onStep?: (step: 'READ' | 'STORED') => void;
}

export type DncImportEnd = 'COMPLETED' | 'FAILED' | 'TAKEN' | 'NOT_RUNNABLE' | 'HELD_ELSEWHERE';

const TELL_EVERY_MS = 500;
/** Rows of one insert into the report. */
const FAULT_ROWS = 5_000;
/** A file with more bad lines is no file of such numbers; its report would help nobody. */
const MOST_BAD_LINES = 1_000_000;

export const spillPath = (home: string, importId: string): string => `${uploadPath(home, importId)}.parts`;

/**
 * Takes a registry in, in two passes: numbers are read and divided into parts, then each part is sorted and stored as blocks
 * of a new generation, which takes the place of the one in force in a single transaction. An interrupted run leaves nothing
 * in force and begins again.
 */
export class DncImportRunner {
  constructor(private readonly deps: DncImportRunnerDeps) {}

  /** Throws only what is worth another try. */
  run(organisationId: string, importId: string, signal?: AbortSignal): Promise<DncImportEnd> {
    return withConnection(this.deps.pool, async (sql): Promise<DncImportEnd> => {
      const listId = await holdList(sql, organisationId, importId);
      if (listId === 'HELD') return 'HELD_ELSEWHERE';
      if (!listId) return 'NOT_RUNNABLE';
      // One statement may take in a whole generation that is kept.
      await sql.query("SET statement_timeout = '15min'");
      const end = await this.runHeld(sql, organisationId, importId, signal);
      await sql.query('RESET statement_timeout');
      await releaseList(sql, listId);
      return end;
    });
  }

  private async runHeld(
    sql: PoolClient,
    organisationId: string,
    importId: string,
    signal?: AbortSignal,
  ): Promise<DncImportEnd> {
    const { clock, home, logger } = this.deps;
    const begun = await beginDncImport(sql, organisationId, importId, clock.date());
    if (!begun) return 'NOT_RUNNABLE';
    const path = uploadPath(home, importId);
    let spill: Spill | undefined;
    try {
      await removeBlocks(sql, begun.generation, signal);
      await requireUpload(path);
      spill = await Spill.open(spillPath(home, importId));
      const progress = await this.readAll(sql, begun, path, spill, signal);
      await this.storeAll(sql, begun, spill, progress, signal);
      this.tell(begun, await putInForce(sql, begun, clock.date()));
    } catch (error) {
      if (error instanceof DncImportTaken) return 'TAKEN';
      if (!(error instanceof FileFault)) throw error;
      logger.warn({ importId, code: error.code }, 'DNC import failed');
      this.tell(begun, await failDncImport(sql, importId, error, clock.date()));
      await rm(path, { force: true });
      return 'FAILED';
    } finally {
      await spill?.remove();
    }
    await rm(path, { force: true });
    return 'COMPLETED';
  }

  private async readAll(
    sql: PoolClient,
    begun: BegunDncImport,
    path: string,
    spill: Spill,
    signal?: AbortSignal,
  ): Promise<Progress> {
    const { importId, country, numberColumn: column } = begun;
    if (!isCountry(country)) throw new FileFault('MALFORMED_FILE', `the list's country ${country} is not known`);
    const progress: Progress = {
      bytesRead: 0,
      linesRead: 0,
      linesRejected: 0,
      linesDuplicate: 0,
      numbers: 0,
      storedPercent: 0,
    };
    let faults: { line: number; code: string; message: string }[] = [];
    let told = monotonic();
    const onLine = (line: number, result: number): void => {
      progress.linesRead += 1;
      if (result > 0) {
        spill.add(result);
        return;
      }
      progress.linesRejected += 1;
      faults.push({ line, ...LINE_FAULTS[result as LineFault] });
    };
    const onRead = (bytes: number): void => {
      progress.bytesRead = bytes;
    };
    for await (const _piece of readNumbers({ path, country, column, onLine, onRead })) {
      if (faults.length >= FAULT_ROWS) {
        await writeFaults(sql, importId, faults);
        faults = [];
      }
      if (progress.linesRejected > MOST_BAD_LINES) {
        const message = `more than ${MOST_BAD_LINES} lines hold no number: is the format, the column or the country the right one?`;
        throw new FileFault('TOO_MANY_BAD_LINES', message);
      }
      if (monotonic() - told < TELL_EVERY_MS) continue;
      told = monotonic();
      this.tell(begun, await advance(sql, importId, progress));
      this.deps.onStep?.('READ');
      signal?.throwIfAborted();
    }
    await writeFaults(sql, importId, faults);
    if (progress.linesRead === progress.linesRejected) {
      throw new FileFault('NO_NUMBERS', 'no line of the file holds a number: what is in force stays so');
    }
    this.tell(begun, await advance(sql, importId, progress));
    this.deps.onStep?.('READ');
    return progress;
  }

  private async storeAll(
    sql: PoolClient,
    begun: BegunDncImport,
    spill: Spill,
    progress: Progress,
    signal?: AbortSignal,
  ): Promise<void> {
    const generations = { into: begun.generation, over: begun.replaces ? null : begun.before };
    for (let part = 0; part < PARTS; part += 1) {
      signal?.throwIfAborted();
      const sorted = await spill.sorted(part);
      if (sorted.length > 0) {
        const different = await writeBlocks(sql, generations, sorted);
        progress.numbers += different;
        progress.linesDuplicate += sorted.length - different;
      }
      const percent = Math.floor((part * 100) / PARTS);
      if (percent === progress.storedPercent) continue;
      progress.storedPercent = percent;
      this.tell(begun, await advance(sql, begun.importId, progress));
      this.deps.onStep?.('STORED');
    }
    await keepOthers(sql, generations);
    this.tell(begun, await advance(sql, begun.importId, progress));
  }

  private tell({ organisationId, importId }: BegunDncImport, seq: number): void {
    this.deps.pubsub.publish(topics.dncImport(organisationId, importId), { seq });
  }
}
