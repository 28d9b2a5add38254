import type { ApiClient } from './graphql-client';

export interface Named {
  id: string;
  name: string;
}

interface Page {
  edges: { node: Named }[];
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
}

/** The first record of a connection that matches, page by page. */
export const findRecord = async (
  api: ApiClient,
  connection: string,
  matches: (node: Named) => boolean,
): Promise<Named | undefined> => {
  const document = `query ($after: String) {
  page: ${connection}(first: 200, after: $after) { edges { node { id name } } pageInfo { hasNextPage endCursor } }
}`;
  let after: string | null = null;
  for (;;) {
    const { page }: { page: Page } = await api.query<{ page: Page }>(document, { after });
    const found = page.edges.find(({ node }) => matches(node));
    if (found) return found.node;
    if (!page.pageInfo.hasNextPage) return undefined;
    after = page.pageInfo.endCursor;
  }
};

/** A report of the server as CSV. */
export const readReport = async (url: string, token: string, path: string): Promise<ReadableStream> => {
  const answer = await fetch(`${url}${path}`, { headers: { authorization: `Bearer ${token}` } });
  if (!answer.ok || !answer.body) throw new Error(`The report of bad rows cannot be read: status ${answer.status}`);
  return answer.body;
};
