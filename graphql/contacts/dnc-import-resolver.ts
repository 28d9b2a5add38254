import { Arg, Args, Ctx, ID, Query, Resolver, Root, Subscription } from 'type-graphql';
import type { DncImport } from '../../src/contacts/dnc/registry/dnc-import';
import { createDncImportInput } from '../../src/contacts/dnc/registry/dnc-import-service';
import { topics } from '../../src/infra/pubsub';
import type { Caller } from '../../src/organisations/caller';
import { Allow, CurrentCaller } from '../auth/allow';
import type { Context } from '../context';
import { inputFrom } from '../inputs/from-zod';
import { shapesOf } from '../inputs/result';
import { Change, resultOf } from '../refusal';
import { Connection, ConnectionArgs, connection } from '../relay';
import { followJob } from '../subscriptions/follow-job';
import { DncImportErrorType, DncImportType, StagedDncImportType } from './dnc-types';

const { page: ImportPage, result: ImportResult } = shapesOf('DncImport', DncImportType);
const ErrorPage = Connection('DncImportError', () => DncImportErrorType);
const StagedResult = resultOf('CreateDncImportResult', () => StagedDncImportType, 'StagedDncImport');
const CreateInput = inputFrom('CreateDncImportInput', createDncImportInput, 'A file of numbers that is to come.');

@Resolver(() => DncImportType)
export class DncImportResolver {
  @Allow('CAMPAIGN_MANAGER', 'SUPERVISOR', 'ANALYST', 'INTEGRATION')
  @Query(() => DncImportType, { nullable: true, description: 'One import of numbers that must not be dialled.' })
  dncImport(@CurrentCaller() caller: Caller, @Arg('id', () => ID) id: string, @Ctx() { services }: Context) {
    return services.dncImports.find(caller, id);
  }

  @Allow('CAMPAIGN_MANAGER', 'SUPERVISOR', 'ANALYST', 'INTEGRATION')
  @Query(() => ImportPage, { description: 'Such imports of the organisation, or of one list.' })
  dncImports(
    @CurrentCaller() caller: Caller,
    @Arg('listId', () => ID, { nullable: true, description: 'Of one list.' }) listId: string | undefined,
    @Args(() => ConnectionArgs) args: ConnectionArgs,
    @Ctx() { services }: Context,
  ) {
    return connection(args, (page) => services.dncImports.list(caller, page, listId));
  }

  @Allow('CAMPAIGN_MANAGER', 'SUPERVISOR', 'INTEGRATION')
  @Query(() => ErrorPage, { description: 'Lines without a number; as CSV at /dnc-imports/<id>/errors.csv.' })
  dncImportErrors(
    @CurrentCaller() caller: Caller,
    @Arg('importId', () => ID) importId: string,
    @Args(() => ConnectionArgs) args: ConnectionArgs,
    @Ctx() { services }: Context,
  ) {
    return connection(
      args,
      (page) => services.dncImports.errors(caller, importId, page),
      ({ line }) => String(line),
    );
  }

  @Change(() => StagedResult, 'Makes an import and the address for its file.', 'CAMPAIGN_MANAGER', 'INTEGRATION')
  async createDncImport(
    @CurrentCaller() caller: Caller,
    @Arg('input', () => CreateInput) input: object,
    @Ctx() { services }: Context,
  ) {
    const { import: made, uploadToken } = await services.dncImports.create(caller, input);
    return { import: made, uploadUrl: uploadToken && `/uploads/${uploadToken}` };
  }

  @Change(() => ImportResult, 'Ends an import; what was in force stays so.', 'CAMPAIGN_MANAGER', 'INTEGRATION')
  cancelDncImport(@CurrentCaller() caller: Caller, @Arg('id', () => ID) id: string, @Ctx() { services }: Context) {
    return services.dncImports.cancel(caller, id);
  }

  @Allow('CAMPAIGN_MANAGER', 'SUPERVISOR', 'ANALYST', 'INTEGRATION')
  @Subscription(() => DncImportType, {
    name: 'dncImport',
    description: 'Progress of an import: where it stands first, then every change.',
    subscribe: followJob<DncImport>(({ services }) => services.dncImports, topics.dncImport),
  })
  dncImportProgress(@Root() view: DncImport, @Arg('id', () => ID) _id: string): DncImport {
    return view;
  }
}
