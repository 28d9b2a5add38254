import { createHash } from 'node:crypto';
import { chownSync, cpSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { postgresNativeDirectory } from './postgres-binaries';
import type { StorePlace } from './store';
import { canReach, type UnprivilegedUser, unprivilegedUser } from './unprivileged-user';

export interface PostgresPlace {
  native: string;
  data: string;
  user?: UnprivilegedUser;
}

/** Reachable for every user; used only when we are root and the usual place is closed to PostgreSQL's user. */
const SHARED = '/var/lib/outdial';

const copyNative = (native: string): string => {
  const key = createHash('sha256').update(native).digest('hex').slice(0, 12);
  const target = join(SHARED, `postgres-${key}`);
  if (!existsSync(target)) {
    const partial = `${target}.${process.pid}`;
    cpSync(native, partial, { recursive: true, verbatimSymlinks: true });
    try {
      renameSync(partial, target);
    } catch {
      // Another process was quicker.
      rmSync(partial, { recursive: true, force: true });
    }
  }
  return target;
};

/**
 * Where programs and data of PostgreSQL are. As root they must be reachable for the user it runs as: below a closed
 * directory, such as /root, both move to a shared place, and the person is told.
 */
export const postgresPlace = (place: StorePlace): PostgresPlace => {
  const native = postgresNativeDirectory();
  const user = unprivilegedUser();
  if (!user) return { native, data: join(place.home, 'postgres') };

  const usable = canReach(native, user) ? native : copyNative(prepareShared(native));
  let data = join(place.home, 'postgres');
  if (!canReach(place.home, user)) {
    prepareShared(native);
    const key = createHash('sha256').update(place.home).digest('hex').slice(0, 12);
    data = join(SHARED, `data-${key}`);
    place.say(`PostgreSQL runs as ${user.name}, who cannot reach ${place.home}: its data is in ${data}`);
    writeFileSync(join(place.home, 'postgres.location'), `${data}\n`);
  }
  mkdirSync(data, { recursive: true, mode: 0o700 });
  chownSync(data, user.uid, user.gid);
  return { native: usable, data, user };
};

const prepareShared = (native: string): string => {
  mkdirSync(SHARED, { recursive: true, mode: 0o755 });
  return native;
};
