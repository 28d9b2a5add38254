import { Arg, Args, Ctx, ID, Query, Resolver } from 'type-graphql';
import { type AuditEntry, listAudit } from '../../src/organisations/audit';
import type { Caller } from '../../src/organisations/caller';
import { Allow, CurrentCaller } from '../auth/allow';
import type { Context } from '../context';
import { Connection, ConnectionArgs, connection } from '../relay';
import { AuditEntryType } from './types';

const AuditPage = Connection('AuditEntry', () => AuditEntryType);

const shown = (entry: AuditEntry) => ({
  ...entry,
  before: entry.before && JSON.stringify(entry.before),
  after: entry.after && JSON.stringify(entry.after),
});

@Resolver()
export class AuditResolver {
  @Allow('ADMIN')
  @Query(() => AuditPage, { description: 'Every change: who, before, after.' })
  auditEntries(
    @CurrentCaller() caller: Caller,
    @Args(() => ConnectionArgs) args: ConnectionArgs,
    @Arg('entity', () => String, { nullable: true, description: 'Kind of record, e.g. `team`.' }) entity:
      | string
      | undefined,
    @Arg('entityId', () => ID, { nullable: true, description: 'One record.' }) entityId: string | undefined,
    @Ctx() { container }: Context,
  ) {
    return connection(args, async (page) => {
      const { rows, more } = await listAudit(container.hot, caller, page, { entity, entityId });
      return { rows: rows.map(shown), more };
    });
  }
}
