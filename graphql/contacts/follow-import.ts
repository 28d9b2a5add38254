import type { ResolverData } from 'type-graphql';
import { type ContactImport, isEnded } from '../../src/contacts/imports/contact-import';
import { topics } from '../../src/infra/pubsub';
import { callerOf } from '../auth/allow';
import type { Context } from '../context';
import { followRow } from '../subscriptions/follow-row';

/** Ends by itself some seconds after the import has. An import of another organisation is one that does not exist. */
export const followImport = async ({
  args,
  context,
}: Pick<ResolverData<Context>, 'args' | 'context'>): Promise<AsyncIterable<ContactImport>> => {
  const caller = callerOf(context);
  const { services, container } = context;
  const { id } = await services.imports.get(caller, String(args.id));
  let last = -1;
  return followRow<ContactImport>({
    pubsub: container.pubsub,
    topic: topics.contactImport(caller.organisationId, id),
    read: async () => {
      const view = await services.imports.find(caller, id);
      if (!view || (isEnded(view.state) && view.seq === last)) return null;
      last = view.seq;
      return { seq: view.seq, view };
    },
  });
};
