import { Field, Float, ID, Int, ObjectType } from 'type-graphql';
import { CallbackKindEnum } from '../contacts/callback-types';
import { AgentState, DeviceKind } from './types';

@ObjectType('CustomerVariable', { description: 'One attribute of a contact.' })
export class CustomerVariableType {
  @Field({ description: 'Its name, as in the contact list.' })
  name!: string;

  @Field({ description: 'Its value.' })
  value!: string;
}

@ObjectType('DesktopSession', { description: 'A log-in with a device.' })
export class DesktopSessionType {
  @Field(() => ID, { description: 'The session.' })
  id!: string;

  @Field({ description: 'When the agent logged in.' })
  openedAt!: Date;

  @Field(() => ID, { description: 'The device.' })
  deviceId!: string;

  @Field(() => DeviceKind, { description: 'What the device is.' })
  deviceKind!: string;
}

@ObjectType('DesktopCampaign', { description: 'The campaign the agent is bound to.' })
export class DesktopCampaignType {
  @Field(() => ID, { description: 'The campaign.' })
  id!: string;

  @Field({ description: 'Its name.' })
  name!: string;
}

@ObjectType('DesktopReservation', { description: 'What binds the agent to the campaign.' })
export class DesktopReservationType {
  @Field(() => ID, { description: 'The reservation.' })
  id!: string;

  @Field({ description: 'Since when.' })
  openedAt!: Date;

  @Field(() => Date, { nullable: true, description: 'When the agent answered the reservation call.' })
  answeredAt!: Date | null;
}

@ObjectType('PromisedCall', { description: 'The callback that a call is to keep.' })
export class PromisedCallType {
  @Field(() => ID, { description: 'The callback.' })
  id!: string;

  @Field(() => CallbackKindEnum, { description: "PERSONAL: the agent's own." })
  kind!: string;

  @Field({ description: 'Promised not before.' })
  from!: Date;

  @Field({ description: 'Promised not after.' })
  until!: Date;

  @Field({ description: 'What whoever promised it noted.' })
  note!: string;
}

@ObjectType('PopOverCustomer', { description: 'What the pop-over tells of the customer.' })
export class PopOverCustomerType {
  @Field(() => ID, { description: 'The attempt.' })
  attemptId!: string;

  @Field(() => [CustomerVariableType], { description: 'At most 6.' })
  variables!: CustomerVariableType[];

  @Field(() => PromisedCallType, { nullable: true, description: 'When the call was promised.' })
  callback!: PromisedCallType | null;
}

@ObjectType('PopOver', { description: 'Shown from the reservation on.' })
export class PopOverType {
  @Field(() => ID, { description: 'The campaign.' })
  campaignId!: string;

  @Field({ description: 'Campaign name.' })
  campaignName!: string;

  @Field(() => PopOverCustomerType, {
    nullable: true,
    description: 'At a dialing rate of exactly 1 from the moment of dialling; above 1 only once connected.',
  })
  customer!: PopOverCustomerType | null;
}

@ObjectType('CustomerPanel', { description: 'The customer the agent is connected to, or writes up.' })
export class CustomerPanelType {
  @Field(() => ID, { description: 'The attempt: wrap-up and hang-up name it.' })
  attemptId!: string;

  @Field(() => ID, { description: 'The contact.' })
  contactId!: string;

  @Field(() => String, { nullable: true, description: "The contact's id in the list." })
  externalId!: string | null;

  @Field({ description: 'The number; masked unless the role sees numbers.' })
  number!: string;

  @Field({ description: 'Contact mode of the number, e.g. Mobile.' })
  mode!: string;

  @Field(() => Int, { description: 'Which attempt at the contact this is.' })
  attemptNo!: number;

  @Field(() => [CustomerVariableType], { description: 'Attributes of the contact, at most 30.' })
  variables!: CustomerVariableType[];

  @Field(() => PromisedCallType, { nullable: true, description: 'When the call was promised.' })
  callback!: PromisedCallType | null;

  @Field(() => Date, { nullable: true, description: 'When the call was placed.' })
  placedAt!: Date | null;

  @Field(() => Date, { nullable: true, description: 'When it began to ring.' })
  ringingAt!: Date | null;

  @Field(() => Date, { nullable: true, description: 'When it was answered.' })
  answeredAt!: Date | null;

  @Field(() => Date, { nullable: true, description: 'When both were in the bridge.' })
  connectedAt!: Date | null;

  @Field(() => Date, { nullable: true, description: 'When it ended.' })
  endedAt!: Date | null;
}

@ObjectType('AgentDesktop', { description: 'Everything a desktop shows: each message is the full view.' })
export class AgentDesktopType {
  @Field(() => ID, { description: 'The agent.' })
  agentId!: string;

  @Field(() => Float, { description: 'Rises with every change; 0 before the first log-in.' })
  seq!: number;

  @Field(() => AgentState, { description: 'The one state of the agent.' })
  state!: string;

  @Field(() => String, { nullable: true, description: 'Why, e.g. of IDLE.' })
  reason!: string | null;

  @Field(() => String, { nullable: true, description: 'IDLE or LOGGED_OUT, once the line or call in hand resolves.' })
  pending!: string | null;

  @Field(() => Date, { nullable: true, description: 'Since when the agent is in this state.' })
  since!: Date | null;

  @Field(() => DesktopSessionType, { nullable: true, description: 'The log-in.' })
  session!: DesktopSessionType | null;

  @Field(() => DesktopCampaignType, { nullable: true, description: 'The campaign the agent is bound to.' })
  campaign!: DesktopCampaignType | null;

  @Field(() => DesktopReservationType, { nullable: true, description: 'What binds the agent to it.' })
  reservation!: DesktopReservationType | null;

  @Field(() => PopOverType, { nullable: true, description: 'From the reservation on.' })
  popOver!: PopOverType | null;

  @Field(() => CustomerPanelType, { nullable: true, description: 'While connected and in wrap-up.' })
  customer!: CustomerPanelType | null;
}
