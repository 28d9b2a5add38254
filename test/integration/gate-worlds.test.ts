import * as fc from 'fast-check';
import { LawBook } from '../../src/compliance/own/law-book';
import { propertyRuns } from '../setup/property-runs';
import { testPool } from '../setup/test-pool';
import { forbiddenOf, readAttempts } from './claim-oracle';
import { RandomRun } from './random-run';
import { worldOf } from './random-world';

/** The dialer's claim path over random worlds, judged by an oracle that shares nothing with the gates. */

const book = new LawBook();
const db = testPool();

test('no attempt is recorded that anything forbids at its instant, whatever the world, the clock and the crashes', async () => {
  let attempts = 0;
  await fc.assert(
    fc.asyncProperty(worldOf(50), async (spec) => {
      const run = await RandomRun.start(db.pool, db.stores.databaseUrl, book, spec);
      for (const step of spec.steps) await run.perform(step);
      await run.close();
      const all = await readAttempts(run);
      attempts += all.length;
      expect({ faults: run.faults, forbidden: forbiddenOf(run, all) }).toEqual({ faults: [], forbidden: [] });
    }),
    { numRuns: propertyRuns(8), endOnFailure: true },
  );
  expect(attempts).toBeGreaterThan(15);
}, 600_000);
