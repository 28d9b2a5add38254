import { ArgsType, type ClassType, Field, ID, Int, ObjectType } from 'type-graphql';
import { OutdialError } from '../src/errors';
import { PAGE_SIZE, type Page, type PageRequest } from '../src/infra/page';

@ObjectType({ description: 'Where a page of a list ends.' })
export class PageInfo {
  @Field({ description: 'Whether more entries follow this page.' })
  hasNextPage!: boolean;

  @Field(() => String, { nullable: true, description: 'Pass it as `after` to get the next page.' })
  endCursor!: string | null;
}

@ArgsType()
export class ConnectionArgs implements PageRequest {
  @Field(() => Int, {
    defaultValue: PAGE_SIZE.default,
    description: `How many entries, ${PAGE_SIZE.min}–${PAGE_SIZE.max}.`,
  })
  first!: number;

  @Field(() => String, { nullable: true, description: '`endCursor` of the page before.' })
  after?: string;
}

export interface ConnectionOf<T> {
  edges: { cursor: string; node: T }[];
  pageInfo: PageInfo;
}

/** Declares `<Node>Edge` and `<Node>Connection` for an object type. Call it once per type and keep the class. */
export const Connection = <T extends object>(
  name: string,
  NodeType: () => ClassType<T>,
): ClassType<ConnectionOf<T>> => {
  @ObjectType(`${name}Edge`, { description: `One ${name} of a page.` })
  class Edge {
    @Field(() => ID, { description: 'Opaque place in the list.' })
    cursor!: string;

    @Field(NodeType, { description: `The ${name}.` })
    node!: T;
  }

  @ObjectType(`${name}Connection`, { description: `A page of ${name} entries, in the order they were made.` })
  class PageConnection {
    @Field(() => [Edge], { description: 'The entries of this page.' })
    edges!: Edge[];

    @Field({ description: 'Where the page ends.' })
    pageInfo!: PageInfo;
  }
  return PageConnection;
};

const encode = (key: string): string => Buffer.from(key).toString('base64url');

/** Turns a `first`/`after` request into a keyset request with the decoded key. */
export const decodePage = ({ first, after }: PageRequest): PageRequest => {
  if (!Number.isInteger(first) || first < PAGE_SIZE.min || first > PAGE_SIZE.max) {
    throw new OutdialError('INVALID_INPUT', `first ${first} is outside ${PAGE_SIZE.min}–${PAGE_SIZE.max}`, 'first');
  }
  if (!after) return { first };
  const key = Buffer.from(after, 'base64url').toString('utf8');
  if (encode(key) !== after || key.length > 200) {
    throw new OutdialError('INVALID_INPUT', 'after is not a cursor of this list', 'after');
  }
  return { first, after: key };
};

/** Reads one page with a service and shapes it as a connection; `keyOf` gives what the list is ordered by. */
export const connection = async <T>(
  args: PageRequest,
  read: (page: PageRequest) => Promise<Page<T>>,
  keyOf: (node: T) => string = (node) => String((node as { id: unknown }).id),
): Promise<ConnectionOf<T>> => {
  const { rows, more } = await read(decodePage(args));
  const edges = rows.map((node) => ({ cursor: encode(keyOf(node)), node }));
  return { edges, pageInfo: { hasNextPage: more, endCursor: edges.at(-1)?.cursor ?? null } };
};
