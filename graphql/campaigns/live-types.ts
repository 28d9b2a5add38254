import { Field, Float, ID, Int, ObjectType } from 'type-graphql';
import { enumOf } from '../enums';
import { PacingFigures } from '../reporting/pacing-figures';
import { CampaignState } from './types';

@ObjectType('LiveAgents', { description: "Agents of the campaign's teams by state." })
export class LiveAgentsType {
  @Field(() => Int, { description: 'Idle.', name: 'idle' })
  IDLE!: number;

  @Field(() => Int, { description: 'Available.', name: 'available' })
  AVAILABLE!: number;

  @Field(() => Int, { description: 'Reserved for this campaign.', name: 'reserved' })
  RESERVED!: number;

  @Field(() => Int, { description: 'With a customer.', name: 'connected' })
  CONNECTED!: number;

  @Field(() => Int, { description: 'In wrap-up.', name: 'wrapUp' })
  WRAP_UP!: number;

  @Field(() => Int, { description: 'Bound to another campaign.' })
  elsewhere!: number;
}

@ObjectType('LivePorts', { description: 'Ports of an IVR campaign.' })
export class LivePortsType {
  @Field(() => Int, { description: 'All; above ivrPorts while ports too many still end their calls.' })
  total!: number;

  @Field(() => Int, { description: 'With nothing to do.' })
  free!: number;

  @Field(() => Int, { description: 'Bound to a line whose person does not hear the message yet.' })
  pledged!: number;

  @Field(() => Int, { description: 'With a person who hears the message.' })
  inTreatment!: number;
}

@ObjectType('LiveLines', { description: 'Lines of the campaign by phase.' })
export class LiveLinesType {
  @Field(() => Int, { description: 'Being claimed.' })
  claiming!: number;

  @Field(() => Int, { description: 'Being placed.' })
  placing!: number;

  @Field(() => Int, { description: 'Ringing.' })
  ringing!: number;

  @Field(() => Int, { description: 'Answered, the verdict still out.' })
  analysing!: number;

  @Field(() => Int, { description: 'Live persons on the way to an agent or a port.' })
  waiting!: number;

  @Field(() => Int, { description: 'With an agent or a port.' })
  connected!: number;

  @Field(() => Int, { description: 'Hearing the message of an abandoned call.' })
  message!: number;

  @Field(() => Int, { description: 'Hung up, the end not yet told.' })
  ending!: number;
}

export const AbandonWindowKindEnum = enumOf(
  'AbandonWindowKind',
  ['ROLLING', 'CALENDAR'],
  'ROLLING: the time up to now. CALENDAR: the calendar month of a zone.',
);
export const AbandonWindowScopeEnum = enumOf(
  'AbandonWindowScope',
  ['CAMPAIGN', 'ORGANISATION'],
  'CAMPAIGN: each by itself. ORGANISATION: all campaigns that are under the same rule, together.',
);

@ObjectType('LiveWindow', { description: 'The abandon rate in one legal window.' })
export class LiveWindowType {
  @Field(() => AbandonWindowKindEnum, { description: 'Rolling, or a period of the calendar.' })
  kind!: string;

  @Field(() => Float, { description: "Length of the window in milliseconds; of a calendar's period, all of it." })
  windowMs!: number;

  @Field(() => Date, { nullable: true, description: "When the calendar's period began; null for a rolling window." })
  beganAt!: Date | null;

  @Field(() => AbandonWindowScopeEnum, { description: 'Whose calls are counted in it.' })
  scope!: string;

  @Field(() => [String], {
    description:
      'Compliance profiles it comes from, with their versions; CAMPAIGN for the limit of the campaign itself.',
  })
  profiles!: string[];

  @Field(() => Float, { nullable: true, description: 'The limit in force in percent, 0.1–100.' })
  limitPercent!: number | null;

  @Field(() => Int, {
    description: 'Live answers in it, or persons served or abandoned where the law takes the percentage of those.',
  })
  liveAnswers!: number;

  @Field(() => Int, { description: 'Abandons in it.' })
  abandons!: number;

  @Field(() => Float, { nullable: true, description: 'Percent of live answers; null without any.' })
  ratePercent!: number | null;
}

@ObjectType('LivePacing', { description: 'The last decision of predictive pacing, with its inputs.' })
export class LivePacingType extends PacingFigures {}

@ObjectType('CampaignLive', { description: 'Live figures of a campaign: each message is the full view.' })
export class CampaignLiveType {
  @Field(() => ID, { description: 'The campaign.' })
  campaignId!: string;

  @Field(() => Float, { description: 'Rises with every change; 0 before it first ran.' })
  seq!: number;

  @Field(() => Date, { nullable: true, description: 'When the figures were written.' })
  at!: Date | null;

  @Field(() => CampaignState, { description: 'State of the campaign.' })
  state!: string;

  @Field(() => LiveAgentsType, { description: 'Agents by state.' })
  agents!: LiveAgentsType;

  @Field(() => LivePortsType, { nullable: true, description: 'Of an IVR campaign its ports; else null.' })
  ports!: LivePortsType | null;

  @Field(() => LiveLinesType, { description: 'Lines by phase.' })
  lines!: LiveLinesType;

  @Field(() => Int, { description: 'Lines that no agent and no port stands behind.' })
  uncovered!: number;

  @Field(() => Int, { description: 'Lines pledged to an agent or a port.' })
  pledged!: number;

  @Field(() => Int, { description: 'Calls placed since its dialer took the campaign on.' })
  attempts!: number;

  @Field(() => Int, { description: 'Contacts its dialer holds ready.' })
  held!: number;

  @Field(() => [LiveWindowType], { description: 'Abandon rate in every window in force.' })
  windows!: LiveWindowType[];

  @Field(() => LivePacingType, { nullable: true, description: 'What predictive pacing last decided, and from what.' })
  pacing!: LivePacingType | null;

  @Field(() => [String], {
    description:
      'Why it is not dialling; empty while it dials as much as it wants. After NO_CONTACTS: ALL_ZONES_CLOSED or ALL_CONTACTS_WAIT, each with "until" and the moment, or CALLBACKS_WAIT_FOR_AGENTS, personal ones whose agents have not come to them; and ALL_REFUSED, with the gates that refused every contact since the last call and how many each: "ALL_REFUSED by DNC 12, ATTEMPT_CAPS 3".',
  })
  whyNotDialling!: string[];
}
