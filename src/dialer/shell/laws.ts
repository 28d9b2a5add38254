import { lawOf } from '../../compliance/law/law-of';
import { LawRegistry } from '../../compliance/law/registry';
import { loadShippedProfiles } from '../../compliance/law/shipped';
import type { LawOf } from './claim/read-batch';

/** The law of called persons, by the profiles that come with the product. */
export const createLaws = (): LawOf => {
  const registry = new LawRegistry(loadShippedProfiles());
  return (codes, at) => lawOf(codes, at, registry);
};
