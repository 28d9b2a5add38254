import { Arg, Args, Ctx, FieldResolver, ID, Query, Resolver, Root } from 'type-graphql';
import type { Caller } from '../../src/organisations/caller';
import { attemptKey } from '../../src/reporting/attempt-report';
import { type Dimension, MAX_DIMENSIONS } from '../../src/reporting/dimensions';
import { REPORT_ROLES } from '../../src/reporting/report-roles';
import { Allow, CurrentCaller } from '../auth/allow';
import type { Context } from '../context';
import { ConnectionArgs, connection } from '../relay';
import { CallAttemptPage, CallAttemptType } from './attempt-types';
import {
  CallAttemptFilterInput,
  CampaignReportRowPage,
  CampaignReportType,
  ReportDimensionEnum,
  ReportIntervalInput,
  ReportMeasuresType,
} from './report-types';

@Resolver(() => CampaignReportType)
export class CampaignReportResolver {
  @Allow(...REPORT_ROLES)
  @Query(() => CampaignReportType, { description: 'The report of progressive and predictive campaigns.' })
  campaignReport(@Arg('filter', () => CallAttemptFilterInput) filter: CallAttemptFilterInput): CampaignReportType {
    return Object.assign(new CampaignReportType(), { filter });
  }

  @FieldResolver(() => ReportMeasuresType, { description: 'All attempts of the filter in one row.' })
  totals(
    @Root() { filter }: CampaignReportType,
    @CurrentCaller() caller: Caller,
    @Ctx() { services }: Context,
  ): Promise<ReportMeasuresType> {
    return services.campaignReport.totals(caller, filter);
  }

  @FieldResolver(() => CampaignReportRowPage, { description: 'The attempts of the filter by up to three dimensions.' })
  rows(
    @Root() { filter }: CampaignReportType,
    @Arg('groupBy', () => [ReportDimensionEnum], {
      description: `1–${MAX_DIMENSIONS} dimensions, in order of the rows.`,
    })
    groupBy: Dimension[],
    @Arg('interval', () => ReportIntervalInput, { nullable: true, description: 'Needed to group by INTERVAL.' })
    interval: ReportIntervalInput | null,
    @Args(() => ConnectionArgs) args: ConnectionArgs,
    @CurrentCaller() caller: Caller,
    @Ctx() { services }: Context,
  ) {
    const read = services.campaignReport.rows;
    return connection(
      args,
      (page) => read(caller, filter, { groupBy, interval }, page),
      ({ key }) => key,
    );
  }
}

@Resolver(() => CallAttemptType)
export class CallAttemptResolver {
  @Allow(...REPORT_ROLES)
  @Query(() => CallAttemptPage, { description: 'Single attempts, in the order they were claimed.' })
  callAttempts(
    @Arg('filter', () => CallAttemptFilterInput) filter: CallAttemptFilterInput,
    @Args(() => ConnectionArgs) args: ConnectionArgs,
    @CurrentCaller() caller: Caller,
    @Ctx() { services }: Context,
  ) {
    return connection(args, (page) => services.attemptReport.attempts(caller, filter, page), attemptKey);
  }

  @Allow(...REPORT_ROLES)
  @Query(() => CallAttemptType, { description: 'One attempt with its timeline.' })
  callAttempt(@Arg('id', () => ID) id: string, @CurrentCaller() caller: Caller, @Ctx() { services }: Context) {
    return services.attemptReport.attempt(caller, id);
  }
}
