export {
  type ApiClient as TestClient,
  createClient,
  GraphqlFailure,
  type GraphqlFault,
  type Variables,
} from '../../src/api-client/graphql-client';

/** The next `count` messages of a subscription. */
export const take = async <T>(stream: AsyncIterator<T>, count: number): Promise<T[]> => {
  const taken: T[] = [];
  while (taken.length < count) {
    const { done, value } = await stream.next();
    if (done) break;
    taken.push(value);
  }
  return taken;
};
