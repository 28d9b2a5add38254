import type { ResolverData } from 'type-graphql';
import type { ContactImport } from '../../src/contacts/imports/contact-import';
import { topics } from '../../src/infra/pubsub';
import type { Caller } from '../../src/organisations/caller';
import { callerOf } from '../auth/allow';
import type { Context } from '../context';
import { followRow } from '../subscriptions/follow-row';

/** A long job whose row is followed until its end. */
interface Followed {
  id: string;
  seq: number;
  state: string;
}

interface Source<T extends Followed> {
  get(caller: Caller, id: string): Promise<T>;
  find(caller: Caller, id: string): Promise<T | null>;
}

const ENDED: ReadonlySet<string> = new Set(['COMPLETED', 'FAILED', 'CANCELLED']);

/** Ends by itself some seconds after the job has. One of another organisation is one that does not exist. */
export const followJob =
  <T extends Followed>(
    sourceOf: (context: Context) => Source<T>,
    topic: (organisationId: string, id: string) => string,
  ) =>
  async ({ args, context }: Pick<ResolverData<Context>, 'args' | 'context'>): Promise<AsyncIterable<T>> => {
    const caller = callerOf(context);
    const source = sourceOf(context);
    const { id } = await source.get(caller, String(args.id));
    let last = -1;
    return followRow<T>({
      pubsub: context.container.pubsub,
      topic: topic(caller.organisationId, id),
      read: async () => {
        const view = await source.find(caller, id);
        if (!view || (ENDED.has(view.state) && view.seq === last)) return null;
        last = view.seq;
        return { seq: view.seq, view };
      },
    });
  };

export const followImport = followJob<ContactImport>(({ services }) => services.imports, topics.contactImport);
