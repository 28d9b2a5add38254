import { Arg, Args, Ctx, Query, Resolver } from 'type-graphql';
import type { Caller } from '../../src/organisations/caller';
import { REPORT_ROLES } from '../../src/reporting/report-roles';
import { Allow, CurrentCaller } from '../auth/allow';
import type { Context } from '../context';
import { ConnectionArgs, connection } from '../relay';
import { AbandonEvidenceFilterInput, AbandonEvidencePage } from './evidence-types';

@Resolver()
export class EvidenceResolver {
  @Allow(...REPORT_ROLES)
  @Query(() => AbandonEvidencePage, {
    description:
      'The ledger of abandoned calls in every legal window of a campaign: window by window, in order of time.',
  })
  abandonEvidence(
    @Arg('filter', () => AbandonEvidenceFilterInput) filter: AbandonEvidenceFilterInput,
    @Args(() => ConnectionArgs) args: ConnectionArgs,
    @CurrentCaller() caller: Caller,
    @Ctx() { services }: Context,
  ) {
    return connection(
      args,
      (page) => services.abandonEvidence.rows(caller, { ...filter }, page),
      ({ key }) => key,
    );
  }
}
