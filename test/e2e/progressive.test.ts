import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { change } from '../../src/api-client/change';
import { loadContacts } from '../../src/demo/load-contacts';
import { EXAMPLE_CONTACTS } from '../../src/demo/workspace';
import { audit, comeToRest, tellFaults } from '../setup/audit';
import { type CampaignRun, campaignState, runToCompletion, startCampaignRun } from './campaign-run';
import { byOutcome, countAttempts, sumsByLevel, totals } from './report-sums';

/** A contact list goes in, agents talk, the report fills: over HTTP and WebSocket only, until the last retry. */

const ROWS = 300;
let run: CampaignRun;
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'outdial-e2e-'));
});

afterEach(async () => {
  await run?.close();
  rmSync(folder, { recursive: true, force: true });
});

const firstRows = (): string => {
  const file = join(folder, 'contacts.csv');
  const lines = readFileSync(EXAMPLE_CONTACTS, 'utf8').split('\n');
  writeFileSync(file, lines.slice(0, ROWS + 1).join('\n'));
  return file;
};

const importErrors = async (id: string): Promise<{ line: number; code: string; message: string }[]> => {
  const { contactImportErrors } = await run.admin.query<{
    contactImportErrors: { edges: { node: { line: number; code: string; message: string } }[] };
  }>('query($id: ID!) { contactImportErrors(importId: $id, first: 200) { edges { node { line code message } } } }', {
    id,
  });
  return contactImportErrors.edges.map(({ node }) => node);
};

test.each([1, 2.5])(
  'a campaign at rate %p from CSV to the drill-down report',
  async (dialingRate) => {
    run = await startCampaignRun({ agents: 5, dialingRate, wrapUpLimitSeconds: 10 });
    const { admin, system, url, workspace, organisationId, dialerId } = run;

    const imported = await loadContacts(url, admin, workspace, firstRows());
    expect(imported).toMatchObject({ state: 'COMPLETED', rowsRead: ROWS });
    expect(imported.rowsImported + imported.rowsDuplicate + imported.rowsRejected).toBe(ROWS);
    const errors = await importErrors(imported.id);
    expect(errors).toHaveLength(imported.rowsRejected + imported.rowsDuplicate);
    for (const { line, code, message } of errors) {
      expect(line).toBeGreaterThan(1);
      expect(code).toMatch(/^[A-Z_]+$/);
      expect(message).not.toBe('');
    }

    const from = new Date(system.clock.now() - 3_600_000);
    for (const bot of run.bots) bot.start();
    await change(admin, 'Campaign', 'startCampaign(id: $id)', 'state', {
      id: { type: 'ID!', value: workspace.campaignId },
    });
    await runToCompletion(run);
    expect(await campaignState(run)).toBe('COMPLETED');
    await comeToRest(system);

    const verdict = await audit({
      pool: system.pool,
      warehouse: system.warehouse,
      truth: () => system.truth(),
      seeded: { organisationId, dialerId },
    });
    expect(tellFaults(verdict.faults)).toBe('');
    const filter = {
      from: from.toISOString(),
      to: new Date(system.clock.now() + 3_600_000).toISOString(),
      campaignIds: [workspace.campaignId],
    };
    const all = await totals(admin, filter);
    expect(all.attempts).toBe(verdict.attempts);
    expect(all.attempts).toBeGreaterThanOrEqual(imported.rowsImported);
    expect(all.connected).toBeGreaterThan(0);
    expect(await byOutcome(admin, filter)).toEqual(verdict.outcomes);
    for (const [level, sum] of Object.entries(await sumsByLevel(admin, filter))) {
      expect({ level, sum }).toEqual({ level, sum: all });
    }
    expect(await countAttempts(admin, filter)).toBe(all.attempts);
    if (dialingRate === 1) expect(all.abandoned).toBe(0);
    else expect(all.abandoned).toBeLessThanOrEqual(all.liveAnswers * 0.03);
  },
  180_000,
);
