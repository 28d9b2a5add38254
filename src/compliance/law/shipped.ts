import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isOutdialError, OutdialError } from '../../errors';
import { PROJECT_ROOT } from '../../infra/project-root';
import { parse } from '../../infra/validate';
import { checkVersions } from './check-profile';
import { type Profile, profileFile } from './profile';

const FOLDER = join(PROJECT_ROOT, 'src', 'compliance', 'profiles');

/** A profile as a file holds it, or an error naming file, field and value. */
export const readProfile = (file: string, content: string): Profile => {
  try {
    const profile = parse(profileFile, JSON.parse(content));
    checkVersions(profile.versions);
    return profile;
  } catch (error) {
    if (isOutdialError(error)) throw new OutdialError('INVALID_INPUT', `${file}: ${error.message}`, error.field);
    throw new OutdialError('INVALID_INPUT', `${file} is not JSON`, file, { cause: error });
  }
};

const noneTwice = (profiles: readonly Profile[]): void => {
  const seen = new Set<string>();
  for (const { jurisdiction, covers } of profiles) {
    for (const one of [jurisdiction, ...covers]) {
      if (seen.has(one)) throw new OutdialError('INVALID_INPUT', `profiles: two are for ${one}`, 'jurisdiction');
      seen.add(one);
    }
  }
};

/** The profiles that come with the product, all validated. */
export const loadShippedProfiles = (folder = FOLDER): Profile[] => {
  const files = readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .sort();
  const profiles = files.map((file) => readProfile(file, readFileSync(join(folder, file), 'utf8')));
  noneTwice(profiles);
  return profiles;
};
