import { Arg, Ctx, ID, Int, Query, Resolver, Root, Subscription } from 'type-graphql';
import { dialNextInput } from '../../src/contacts/campaign-lists/dial-next';
import type { ContactJob } from '../../src/contacts/changes/contact-job';
import { recycleContactsInput } from '../../src/contacts/changes/contact-job-service';
import { topics } from '../../src/infra/pubsub';
import { parse, whole } from '../../src/infra/validate';
import type { Caller } from '../../src/organisations/caller';
import { Allow, CurrentCaller } from '../auth/allow';
import type { Context } from '../context';
import { inputFrom } from '../inputs/from-zod';
import { Change, resultOf } from '../refusal';
import { followJob } from '../subscriptions/follow-job';
import { ContactJobType, ContactStandingType } from './strategy-types';

const JobResult = resultOf('ContactJobResult', () => ContactJobType, 'ContactJob');
const StandingResult = resultOf('ContactStandingResult', () => ContactStandingType, 'ContactStanding');
const RecycleInput = inputFrom(
  'RecycleContactsInput',
  recycleContactsInput,
  'Which closed contacts are to be called again.',
);
const DialNextInput = inputFrom('DialNextInput', dialNextInput, 'A contact for the head of the queue.');

@Resolver(() => ContactJobType)
export class ContactJobResolver {
  @Allow('CAMPAIGN_MANAGER', 'SUPERVISOR', 'INTEGRATION')
  @Query(() => ContactJobType, { nullable: true, description: 'One change of many contacts, with its progress.' })
  contactJob(@CurrentCaller() caller: Caller, @Arg('id', () => ID) id: string, @Ctx() { services }: Context) {
    return services.contactJobs.find(caller, id);
  }

  @Allow('CAMPAIGN_MANAGER', 'SUPERVISOR', 'INTEGRATION')
  @Subscription(() => ContactJobType, {
    name: 'contactJob',
    description: 'Progress of a change of many contacts: where it stands first, then every change.',
    subscribe: followJob<ContactJob>(({ services }) => services.contactJobs, topics.contactJob),
  })
  contactJobProgress(@Root() view: ContactJob, @Arg('id', () => ID) _id: string): ContactJob {
    return view;
  }

  @Allow('CAMPAIGN_MANAGER', 'SUPERVISOR', 'INTEGRATION')
  @Query(() => [ContactJobType], { description: 'Changes of many contacts, newest first.' })
  contactJobs(
    @CurrentCaller() caller: Caller,
    @Arg('first', () => Int, { defaultValue: 20, description: 'How many, 1–100.' }) first: number,
    @Ctx() { services }: Context,
  ) {
    return services.contactJobs.latest(caller, parse(whole({ min: 1, max: 100 }), first));
  }

  @Change(
    () => JobResult,
    'Closed contacts become ready again, as if they had never been called in the campaign.',
    'CAMPAIGN_MANAGER',
    'INTEGRATION',
  )
  recycleContacts(
    @CurrentCaller() caller: Caller,
    @Arg('input', () => RecycleInput) input: object,
    @Ctx() { services }: Context,
  ) {
    return services.contactJobs.recycle(caller, input);
  }

  @Change(
    () => StandingResult,
    'Puts one waiting contact at the head of the queue; every gate is asked as ever.',
    'CAMPAIGN_MANAGER',
    'SUPERVISOR',
    'INTEGRATION',
  )
  dialNext(
    @CurrentCaller() caller: Caller,
    @Arg('input', () => DialNextInput) input: object,
    @Ctx() { services }: Context,
  ) {
    return services.dialNext(caller, input);
  }
}
