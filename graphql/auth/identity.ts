import { isOutdialError, OutdialError } from '../../src/errors';
import { isStoreAway } from '../../src/infra/store-away';
import type { Authenticator } from '../../src/organisations/authentication';
import type { Identity } from '../context';

/** A faulty token is no fault of a field that needs none: it is kept and thrown where a caller is asked for. */
export const identify = async (authenticator: Authenticator, authorization: unknown): Promise<Identity> => {
  if (typeof authorization !== 'string' || authorization.trim() === '') return {};
  try {
    return { caller: await authenticator.authenticate(authorization) };
  } catch (error) {
    if (isOutdialError(error)) return { authError: error };
    if (isStoreAway(error)) {
      return {
        authError: new OutdialError('STORE_UNAVAILABLE', 'the database cannot be reached at the moment; try again'),
      };
    }
    throw error;
  }
};
