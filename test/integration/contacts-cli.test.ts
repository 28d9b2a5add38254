import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startWorker, type Worker } from '../../jobs/worker';
import { guessMapping } from '../../src/cli/guess-mapping';
import { type ImportOptions, runImport } from '../../src/cli/import';
import { ADMIN_TOKEN, startTestApi, type TestApi } from '../setup/api';
import { seedCampaign, seedOrganisation } from '../setup/seed';
import { until } from '../setup/until';

const EXAMPLE = join(__dirname, '..', '..', 'examples', 'contacts.csv');

describe('outdial import', () => {
  const home = mkdtempSync(join(tmpdir(), 'outdial-cli-'));
  let api: TestApi;
  let worker: Worker;
  let campaignId: string;
  let campaignName: string;

  beforeAll(async () => {
    api = await startTestApi({ OUTDIAL_HOME: home });
    const organisationId = await seedOrganisation(api.container.hot, new Date());
    ({ campaignId } = await seedCampaign(api.container.hot, { at: new Date(), organisationId }));
    campaignName = `Campaign ${campaignId}`;
    const { databaseUrl, redisUrl } = api.stores;
    worker = startWorker(api.container, { databaseUrl, redisUrl });
  });
  afterAll(async () => {
    await worker.stop(5_000);
    await api.close();
    rmSync(home, { recursive: true, force: true });
  });

  const run = async (file: string, options: Partial<ImportOptions>, signal = new AbortController().signal) => {
    const said: string[] = [];
    const progress = { phase: () => undefined, update: () => undefined, stop: () => undefined };
    const terminal = { say: (line: string) => void said.push(line), progress, signal };
    const asked = { map: [], country: 'US', ...options };
    const code = await runImport(file, asked, { url: api.url, token: ADMIN_TOKEN }, terminal);
    return { code, said: said.join('\n') };
  };

  test('takes the whole example into a campaign and reports its bad rows', async () => {
    const errors = join(home, 'errors.csv');
    const { code, said } = await run(EXAMPLE, { campaign: campaignName, list: 'Example', errors });
    expect(said).toContain('Mobile number: mobile');
    expect(said).toContain('5000 rows: 4800 imported, 17 duplicates, 183 rejected');
    expect(said).toContain(`Campaign "${campaignName}" has the list now`);
    expect(code).toBe(0);
    const lines = readFileSync(errors, 'utf8').trim().split('\n').slice(1);
    expect(lines).toHaveLength(200);
    expect(lines.every((line) => /^\d+,\d+,\w*,[A-Z_]+,"?\w/.test(line))).toBe(true);
    await until(
      'the campaign has all contacts',
      async () => {
        const { rows } = await api.container.hot.query(
          `SELECT count(*) AS contacts FROM campaign_contact c JOIN campaign_list l USING (campaign_id, list_id)
           WHERE campaign_id = $1 AND l.filled_at IS NOT NULL`,
          [campaignId],
        );
        return rows[0].contacts === 4800;
      },
      10_000,
    );
    const again = await run(EXAMPLE, { campaign: campaignId, list: 'Example', map: ['Mobile=home'] });
    expect(again.said).toContain('by its own mapping; --map is for a new list only');
    expect(again.said).toContain('5000 rows: 0 imported, 4817 duplicates, 183 rejected');
    expect(again.code).toBe(0);
  }, 60_000);

  test('fails with the reason', async () => {
    const file = join(home, 'latin.csv');
    writeFileSync(file, 'phone,name\n+12125550100,Ann\n');
    await expect(run(file, { campaign: 'nothing of the kind' })).rejects.toThrow(/no campaign "nothing of the kind"/);
    await expect(run(file, { map: ['Mobile=mobile'] })).rejects.toThrow(/no column "mobile", only phone, name/);
    expect((await run(file, { list: 'First' })).code).toBe(0);
    writeFileSync(file, 'telephone\n+12125550100\n');
    const failed = await run(file, { list: 'First' });
    expect(failed.said).toMatch(/Failed \(MISSING_COLUMN\): column "phone" is missing/);
    expect(failed.code).toBe(1);
  });

  test('is cancelled by Ctrl-C', async () => {
    const controller = new AbortController();
    controller.abort();
    const { code, said } = await run(EXAMPLE, { list: 'Cancelled' }, controller.signal);
    expect(said).toContain('Cancelled');
    expect(code).toBe(130);
    const { rows } = await api.container.hot.query(`SELECT state FROM contact_import WHERE state = 'CANCELLED'`);
    expect(rows).toHaveLength(1);
  });
});

describe('the guess at columns', () => {
  test.each([
    [
      ['Customer ID', 'Cell Phone', 'Home Phone', 'TZ', 'Name'],
      { externalId: 'Customer ID', timeZone: 'TZ', attributes: ['Name'] },
    ],
    [['id', 'tel', 'mobile_number'], { externalId: 'id', attributes: [] }],
  ])('%j', (names, expected) => {
    expect(guessMapping(names, { map: [] })).toMatchObject(expected);
    expect(guessMapping(names, { map: [] }).modes).toHaveLength(2);
  });

  test('says so when there is no number', () => {
    expect(() => guessMapping(['name', 'id'], { map: [] })).toThrow(/No column looks like a telephone number/);
  });
});
