import { inTurn } from '../../src/infra/postgres';

const later = <T>() => {
  let resolve: (value: T) => void = () => undefined;
  let reject: (error: Error) => void = () => undefined;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
};

/** All that can happen without anything new from outside has happened. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

test('goes on in order, and does not wait for what came of the one before', async () => {
  const [first, second] = [later<string>(), later<string>()];
  const ends = [later<string>(), later<string>()];
  const begun: string[] = [];
  const all = inTurn([first.promise, second.promise], (one) => {
    begun.push(one);
    return ends[begun.length - 1]?.promise ?? Promise.reject(new Error('more than two'));
  });
  second.resolve('b');
  await settle();
  expect(begun).toEqual([]);
  first.resolve('a');
  await settle();
  expect(begun).toEqual(['a', 'b']);
  ends[1]?.resolve('end of b');
  ends[0]?.resolve('end of a');
  expect(await all).toEqual(['end of a', 'end of b']);
});

test('ends only when all have ended, with what went wrong first in their order', async () => {
  const [first, second] = [later<string>(), later<string>()];
  let over: unknown;
  const all = inTurn([first.promise, second.promise], async () => {
    throw new Error('cannot go on');
  }).catch((error) => {
    over = error;
  });
  first.resolve('a');
  await settle();
  expect(over).toBeUndefined();
  second.reject(new Error('the transaction is aborted'));
  await all;
  expect(over).toEqual(new Error('cannot go on'));
});
