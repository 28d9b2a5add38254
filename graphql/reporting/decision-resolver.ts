import { Arg, Args, Ctx, Field, GraphQLISODateTime, ID, ObjectType, Query, Resolver } from 'type-graphql';
import type { Caller } from '../../src/organisations/caller';
import type { ReportedDecision } from '../../src/reporting/decision-report';
import { REPORT_ROLES } from '../../src/reporting/report-roles';
import { timeKey } from '../../src/reporting/time-key';
import { Allow, CurrentCaller } from '../auth/allow';
import type { Context } from '../context';
import { Connection, ConnectionArgs, connection } from '../relay';
import { PacingFigures } from './pacing-figures';

@ObjectType('PacingDecision', { description: 'What predictive pacing decided, and from what.' })
class PacingDecisionType extends PacingFigures implements ReportedDecision {
  @Field(() => ID, { description: 'The decision.' })
  id!: string;

  @Field(() => GraphQLISODateTime, { description: 'When.' })
  at!: Date;
}

const PacingDecisionPage = Connection('PacingDecision', () => PacingDecisionType);

@Resolver(() => PacingDecisionType)
export class PacingDecisionResolver {
  @Allow(...REPORT_ROLES)
  @Query(() => PacingDecisionPage, {
    description:
      'Pacing decisions of a predictive campaign in order of time: about one a second, and every change of the reason.',
  })
  pacingDecisions(
    @CurrentCaller() caller: Caller,
    @Arg('campaignId', () => ID, { description: 'The campaign.' }) campaignId: string,
    @Arg('from', () => GraphQLISODateTime, { description: 'Decisions of this moment or later.' }) from: Date,
    @Arg('to', () => GraphQLISODateTime, { description: 'Decisions before this moment.' }) to: Date,
    @Args(() => ConnectionArgs) args: ConnectionArgs,
    @Ctx() { services }: Context,
  ) {
    const read = services.decisionReport.decisions;
    return connection(
      args,
      (page) => read(caller, { campaignId, from, to }, page),
      ({ at, id }) => timeKey(at, id),
    );
  }
}
