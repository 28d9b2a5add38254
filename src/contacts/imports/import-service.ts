import { z } from 'zod';
import type { JobClient } from '../../infra/job-client';
import { type Page, type PageRequest, pageOf } from '../../infra/page';
import { id, parse } from '../../infra/validate';
import type { Caller } from '../../organisations/caller';
import { idempotencyKey } from '../../organisations/idempotency';
import { attachedCampaigns } from '../campaign-lists/attached-campaigns';
import { type ContactImport, type ContactImportError, IMPORT_COLUMNS, IMPORT_FORMATS } from './contact-import';
import { type FileImportDeps, type FileImportKind, FileImports, type Staged } from './file-imports';

export const createContactImportInput = z.object({
  listId: id().describe('The list the rows go into.'),
  format: z
    .enum(IMPORT_FORMATS)
    .meta({ typeName: 'ContactImportFormat' })
    .describe('CSV with a header line; or JSON, one array of objects or one object a line.'),
  idempotencyKey,
});

export interface ImportServiceDeps extends FileImportDeps {
  jobs: JobClient;
}

const KIND: FileImportKind = {
  name: 'import',
  table: 'contact_import',
  columns: IMPORT_COLUMNS,
  own: ['format'],
  listTable: 'contact_list',
  what: 'contact import',
  list: 'contact list',
  topic: 'contactImport',
};

const ERRORS = `/* import.errors */
SELECT row_no AS "rowNo", line, field, code, message FROM contact_import_error
WHERE import_id = $1 AND row_no > $2 ORDER BY row_no LIMIT $3`;

/** Files of contacts. A cancelled one leaves what it has taken, and takes nothing after that. */
export class ImportService extends FileImports<ContactImport, ImportServiceDeps> {
  constructor(deps: ImportServiceDeps) {
    super(deps, KIND);
  }

  create(caller: Caller, input: unknown): Promise<Staged<ContactImport>> {
    const given = parse(createContactImportInput, input);
    const { listId, format } = given;
    return this.stage(caller, given, [format], { listId, format });
  }

  /** The rows that were kept out or partly left out, in the order of the file. */
  async errors(caller: Caller, importId: string, { first, after }: PageRequest): Promise<Page<ContactImportError>> {
    await this.get(caller, importId);
    const values = [importId, Number(after ?? 0) || 0, first + 1];
    const { rows } = await this.deps.pool.query<ContactImportError>(ERRORS, values);
    return pageOf(rows, first);
  }

  /** The campaigns that have the list waited for its end to count it as filled. */
  protected override async afterCancel({ organisationId, listId }: ContactImport): Promise<void> {
    for (const campaignId of await attachedCampaigns(this.deps.pool, organisationId, listId)) {
      await this.deps.jobs.enqueue('fillCampaign', { organisationId, campaignId, listId });
    }
  }
}
