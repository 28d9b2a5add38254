import { createClient } from '../api-client/graphql-client';
import type { DemoAgent } from './workspace';

/** A token of the agent's user, as its desktop asks for one. */
export const logIn = async (url: string, { email, password }: DemoAgent): Promise<string> => {
  const anyone = createClient(url);
  const { logIn: answer } = await anyone.query<{ logIn: { token: string } }>(
    'mutation($email: String!, $password: String!) { logIn(email: $email, password: $password) { token } }',
    { email, password },
  );
  return answer.token;
};
