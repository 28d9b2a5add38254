import type { ResolverData } from 'type-graphql';
import type { Caller } from '../../src/organisations/caller';
import { callerOf } from '../auth/allow';
import type { Context } from '../context';
import { followRow } from './follow-row';

/** A long job whose row is followed until its end. */
interface Followed {
  id: string;
  seq: number;
  endedAt: Date | null;
}

interface Source<T extends Followed> {
  get(caller: Caller, id: string): Promise<T>;
  find(caller: Caller, id: string): Promise<T | null>;
}

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
        if (!view || (view.endedAt !== null && view.seq === last)) return null;
        last = view.seq;
        return { seq: view.seq, view };
      },
    });
  };
