import { Field, Float, ID, Int, ObjectType } from 'type-graphql';
import { CAMPAIGN_STATES } from '../../src/campaigns/campaign';
import {
  CAMPAIGN_PARAMETERS,
  GROUP_PARAMETERS,
  type NumberParameter,
  PACING_MODES,
} from '../../src/campaigns/parameters';
import { DIRECTIONS } from '../../src/campaigns/queue';
import { READINESS_CODES } from '../../src/campaigns/readiness';
import { MESSAGE_ELEMENTS } from '../../src/compliance/law/law';
import { FILTER_OPERATORS, VALUE_TYPES } from '../../src/contacts/selection/contact-filter';
import { SORT_DIRECTIONS } from '../../src/contacts/selection/contact-sort';
import { enumOf } from '../enums';
import { RecordType } from '../organisations/record-type';

const Direction = enumOf('Direction', DIRECTIONS, 'Of queues and entry points.');
export const PacingMode = enumOf('PacingMode', PACING_MODES, 'How a campaign decides when to dial.');
export const ContactValueType = enumOf('ContactValueType', VALUE_TYPES, 'How values of an attribute compare.');
const ContactFilterOperator = enumOf('ContactFilterOperator', FILTER_OPERATORS, 'What a filter asks of an attribute.');
const SortDirection = enumOf('SortDirection', SORT_DIRECTIONS, 'Which end comes first.');
export const CampaignState = enumOf('CampaignState', CAMPAIGN_STATES, 'PENDING: outside its hours, back by itself.');
const MessageElement = enumOf('AbandonedMessageElement', MESSAGE_ELEMENTS, 'Values of AbandonedMessageElement.');
const ReadinessCode = enumOf('ReadinessCode', READINESS_CODES, 'What a campaign lacks to start.');

const said = ({ description, min, max, unit }: NumberParameter): string =>
  `${description} ${min}–${max}${unit ? ` ${unit}` : ''}.`;

@ObjectType('Queue', { description: 'Where agents are taken from.' })
export class QueueType extends RecordType {
  @Field({ description: 'Name of the queue.' })
  name!: string;

  @Field(() => Direction, { description: 'INBOUND or OUTDIAL.' })
  direction!: string;

  @Field({ description: 'Switch for campaigns: an outdial entry point needs it on.' })
  outboundCampaign!: boolean;

  @Field({ description: 'LONGEST_AVAILABLE_AGENT.' })
  routing!: string;

  @Field(() => Int, { description: 'A reservation older than this is renewed, 30–86400 s.' })
  maximumTimeInQueueSeconds!: number;

  @Field(() => [ID], { description: 'The call distribution group.' })
  teamIds!: string[];
}

@ObjectType('EntryPoint', { description: 'Where calls enter: queue and caller IDs.' })
export class EntryPointType extends RecordType {
  @Field({ description: 'Name of the entry point.' })
  name!: string;

  @Field(() => Direction, { description: 'INBOUND or OUTDIAL.' })
  direction!: string;

  @Field(() => ID, { description: 'Its one queue.' })
  queueId!: string;

  @Field(() => String, { nullable: true, description: 'Shown to called persons, E.164.' })
  callerId!: string | null;

  @Field(() => [String], { description: 'Caller IDs that may be shown, E.164.' })
  allowedCallerIds!: string[];
}

@ObjectType('Shift', { description: 'A span of one day.' })
export class ShiftType {
  @Field({ description: 'HH:MM.' })
  start!: string;

  @Field({ description: 'HH:MM.' })
  end!: string;
}

@ObjectType('WeeklyShifts', { description: 'Shifts of each weekday; null: closed.' })
export class WeeklyShiftsType {
  @Field(() => [ShiftType], { nullable: true, description: 'Mondays.' })
  monday?: ShiftType[];

  @Field(() => [ShiftType], { nullable: true, description: 'Tuesdays.' })
  tuesday?: ShiftType[];

  @Field(() => [ShiftType], { nullable: true, description: 'Wednesdays.' })
  wednesday?: ShiftType[];

  @Field(() => [ShiftType], { nullable: true, description: 'Thursdays.' })
  thursday?: ShiftType[];

  @Field(() => [ShiftType], { nullable: true, description: 'Fridays.' })
  friday?: ShiftType[];

  @Field(() => [ShiftType], { nullable: true, description: 'Saturdays.' })
  saturday?: ShiftType[];

  @Field(() => [ShiftType], { nullable: true, description: 'Sundays.' })
  sunday?: ShiftType[];
}

@ObjectType('DateOverride', { description: 'One date that differs.' })
export class DateOverrideType {
  @Field({ description: 'YYYY-MM-DD.' })
  date!: string;

  @Field(() => [ShiftType], { description: 'In place of the week; none: closed.' })
  shifts!: ShiftType[];
}

@ObjectType('HolidayCalendar', { description: 'A calendar of public holidays.' })
export class HolidayCalendarType {
  @Field({ description: 'Country, ISO 3166-1.' })
  country!: string;

  @Field(() => String, {
    nullable: true,
    description: 'Region, the second part of ISO 3166-2; null: the whole country.',
  })
  region?: string | null;
}

@ObjectType('Schedule', { description: 'When a group dials.' })
export class ScheduleType {
  @Field({ description: 'IANA zone in which the times are meant.' })
  timeZone!: string;

  @Field(() => WeeklyShiftsType, { description: 'Shifts of the week.' })
  weekly!: WeeklyShiftsType;

  @Field(() => [DateOverrideType], { nullable: true, description: 'Dates that differ.' })
  dateOverrides?: DateOverrideType[];

  @Field(() => HolidayCalendarType, {
    nullable: true,
    description: 'Closed on the public holidays of this calendar, but for dates that differ.',
  })
  holidays?: HolidayCalendarType | null;

  @Field(() => String, { nullable: true, description: 'First day, YYYY-MM-DD.' })
  startDate?: string | null;

  @Field(() => String, { nullable: true, description: 'Last day, YYYY-MM-DD.' })
  endDate?: string | null;
}

@ObjectType('Cpa', { description: 'Call progress analysis: switches and timers in force.' })
export class CpaType {
  @Field({ description: 'Tells persons from machines.' })
  cpaEnabled!: boolean;

  @Field({ description: 'Answering machine detection.' })
  amdEnabled!: boolean;

  @Field({ description: "Waits for a machine's tone." })
  terminatingToneDetect!: boolean;

  @Field(() => Int, { nullable: true, description: 'Silence that ends a word, 100–1000 ms.' })
  minSilencePeriodMs?: number;

  @Field(() => Int, { nullable: true, description: 'Length of the analysis, 1000–10000 ms.' })
  analysisPeriodMs?: number;

  @Field(() => Int, { nullable: true, description: 'Shortest sound that is speech, 50–500 ms.' })
  minimumValidSpeechMs?: number;

  @Field(() => Int, { nullable: true, description: 'Longest analysis of an answer, 1000–10000 ms.' })
  maxTimeAnalysisMs?: number;

  @Field(() => Int, { nullable: true, description: "Longest wait for a machine's tone, 1000–60000 ms." })
  maxTermToneAnalysisMs?: number;
}

@ObjectType('CampaignGroup', { description: 'Dialer, teams, pacing and hours that campaigns share.' })
export class CampaignGroupType extends RecordType {
  @Field({ description: 'Name of the group.' })
  name!: string;

  @Field(() => ID, { description: 'The dialer that runs its campaigns.' })
  dialerId!: string;

  @Field(() => ID, { description: 'Outdial entry point.' })
  entryPointId!: string;

  @Field(() => [ID], { description: 'Teams whose agents it reserves.' })
  teamIds!: string[];

  @Field(() => PacingMode, { description: 'How its campaigns decide when to dial.' })
  pacingMode!: string;

  @Field(() => String, { nullable: true, description: "Shown to called persons; null: the entry point's." })
  callerId!: string | null;

  @Field(() => Int, { description: said(GROUP_PARAMETERS.noAnswerRingLimitSeconds) })
  noAnswerRingLimitSeconds!: number;

  @Field(() => Int, { description: said(GROUP_PARAMETERS.wrapUpLimitSeconds) })
  wrapUpLimitSeconds!: number;

  @Field(() => Int, { description: said(GROUP_PARAMETERS.numberLengthMin) })
  numberLengthMin!: number;

  @Field(() => Int, { description: said(GROUP_PARAMETERS.numberLengthMax) })
  numberLengthMax!: number;

  @Field(() => CpaType, { description: 'Call progress analysis.' })
  cpa!: CpaType;

  @Field(() => ScheduleType, { nullable: true, description: 'When it dials; null: always, within lawful hours.' })
  schedule!: ScheduleType | null;
}

@ObjectType('Missing', { description: 'One thing a campaign lacks to start.' })
export class MissingType {
  @Field(() => ReadinessCode, { description: 'What.' })
  code!: string;

  @Field({ description: 'In words.' })
  message!: string;
}

@ObjectType('ReadinessWarning', { description: 'What the law asks of a campaign that nobody has said it does.' })
export class ReadinessWarningType {
  @Field({ description: 'ABANDONED_MESSAGE: something the message to an abandoned person must hold.' })
  code!: string;

  @Field(() => MessageElement, { description: 'What it must hold.' })
  element!: string;

  @Field({ description: 'Profile that demands it, with its version: US@2024-10-15.' })
  profile!: string;

  @Field({ description: 'Where that comes from.' })
  source!: string;

  @Field({ description: 'In words, with what to do.' })
  message!: string;
}

@ObjectType('Readiness', { description: 'What a campaign lacks to start; nothing missing: it may start.' })
export class ReadinessType {
  @Field(() => [MissingType], { description: 'In the order to mend them.' })
  missing!: MissingType[];

  @Field(() => [ReadinessWarningType], {
    description: 'What does not keep it from starting but stands in the audit of its start.',
  })
  warnings!: ReadinessWarningType[];
}

@ObjectType('ContactCondition', { description: 'One thing that a contact must have.' })
export class ContactConditionType {
  @Field({ description: 'Column of the list.' })
  attribute!: string;

  @Field(() => ContactValueType, { description: 'How its values compare.' })
  type!: string;

  @Field(() => ContactFilterOperator, { description: 'What is asked of it.' })
  operator!: string;

  @Field(() => [String], { description: 'With what it is compared.' })
  values!: string[];
}

@ObjectType('ContactConditions', { description: 'Conditions that hold together.' })
export class ContactConditionsType {
  @Field(() => [ContactConditionType], { description: 'Every one of these.' })
  allOf!: ContactConditionType[];
}

@ObjectType('ContactFilter', { description: 'Which of the contacts a campaign dials.' })
export class ContactFilterType {
  @Field(() => [ContactConditionsType], { description: 'At least one of these.' })
  anyOf!: ContactConditionsType[];
}

@ObjectType('ContactSort', { description: 'One column by which contacts are ordered.' })
export class ContactSortType {
  @Field({ description: 'Column of the list.' })
  attribute!: string;

  @Field(() => ContactValueType, { description: 'How its values compare.' })
  type!: string;

  @Field(() => SortDirection, { description: 'Contacts without the value come last in either.' })
  direction!: string;
}

@ObjectType('CampaignRanking', { description: 'How far the contacts follow the newest filter and sort.' })
export class CampaignRankingType {
  @Field(() => ID, { description: 'The campaign.' })
  campaignId!: string;

  @Field(() => Int, { description: 'Which change of filter and sort it is, from 1.' })
  selectionVersion!: number;

  @Field(() => Float, { description: 'Contacts that follow it.' })
  contactsRanked!: number;

  @Field(() => Float, { description: 'Of these, such as changed their place or came in or out.' })
  contactsChanged!: number;

  @Field(() => Float, { description: 'Contacts of the campaign when it was asked.' })
  contacts!: number;

  @Field({ description: 'When the change was made.' })
  startedAt!: Date;

  @Field(() => Date, { nullable: true, description: 'When all followed it; null: not yet.' })
  endedAt!: Date | null;
}

@ObjectType('Campaign', { description: 'Dials contact lists for agents, by the rules of its group.' })
export class CampaignType extends RecordType {
  @Field({ description: 'Name of the campaign; agents see it.' })
  name!: string;

  @Field(() => ID, { description: 'Campaign group.' })
  groupId!: string;

  @Field({ description: 'For sorting reports.' })
  category!: string;

  @Field({ description: 'What its calls are about, for caps on calls about the same matter; empty: its own.' })
  subject!: string;

  @Field({ description: 'IANA zone of its reports.' })
  timeZone!: string;

  @Field(() => CampaignState, { description: 'Changed by its dialer alone.' })
  state!: string;

  @Field(() => String, { nullable: true, description: 'Why it is in this state, e.g. OUTSIDE_SCHEDULE.' })
  stateReason!: string | null;

  @Field({ description: 'Since when it is in this state.' })
  stateSince!: Date;

  @Field(() => ContactFilterType, { nullable: true, description: 'Which of its contacts it dials; null: all.' })
  contactFilter!: ContactFilterType | null;

  @Field(() => [ContactSortType], { description: 'In which order within a list priority; none: as they came.' })
  contactSort!: ContactSortType[];

  @Field(() => Date, { nullable: true, description: 'When it was first started.' })
  startedAt!: Date | null;

  @Field(() => Int, { description: said(CAMPAIGN_PARAMETERS.rank) })
  rank!: number;

  @Field(() => Int, { description: said(CAMPAIGN_PARAMETERS.maxAttempts) })
  maxAttempts!: number;

  @Field(() => Int, { description: said(CAMPAIGN_PARAMETERS.callingHoursStartMinute) })
  callingHoursStartMinute!: number;

  @Field(() => Int, { description: said(CAMPAIGN_PARAMETERS.callingHoursEndMinute) })
  callingHoursEndMinute!: number;

  @Field(() => ID, { nullable: true, description: 'Telephony outcome set; null: the primary set.' })
  telephonyOutcomeSetId!: string | null;

  @Field(() => ID, { nullable: true, description: 'Wrap-up code set; null: any text, which decides nothing.' })
  wrapUpCodeSetId!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'IVR modes: what a live person hears, e.g. sound:offers/spring.',
  })
  ivrMessage!: string | null;

  @Field(() => Int, { description: said(CAMPAIGN_PARAMETERS.ivrMessageLimitSeconds) })
  ivrMessageLimitSeconds!: number;

  @Field(() => [MessageElement], {
    description: 'What the message to an abandoned person holds, by its manager’s word.',
  })
  abandonedMessageElements!: string[];

  @Field(() => ID, { nullable: true, description: 'Contact strategy; null: numbers in the order of the list.' })
  contactStrategyId!: string | null;

  @Field(() => Int, { description: said(CAMPAIGN_PARAMETERS.callbackLimitPerAgent) })
  callbackLimitPerAgent!: number;
}
