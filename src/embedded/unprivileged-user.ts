import { spawnSync } from 'node:child_process';
import { readFileSync, realpathSync, statSync } from 'node:fs';
import { userInfo } from 'node:os';
import { dirname } from 'node:path';

/** PostgreSQL refuses to run as root. */
export interface UnprivilegedUser {
  name: string;
  uid: number;
  gid: number;
}

const USER = 'postgres';

const lookUp = (name: string): UnprivilegedUser | undefined => {
  for (const line of readFileSync('/etc/passwd', 'utf8').split('\n')) {
    const [user, , uid, gid] = line.split(':');
    if (user === name) return { name, uid: Number(uid), gid: Number(gid) };
  }
  return undefined;
};

/** The user PostgreSQL runs as: nobody special when we are not root, else `postgres`, made when missing. */
export const unprivilegedUser = (): UnprivilegedUser | undefined => {
  if (userInfo().uid !== 0) return undefined;
  const existing = lookUp(USER);
  if (existing) return existing;
  const made =
    spawnSync('useradd', ['--system', '--user-group', '--shell', '/usr/sbin/nologin', USER]).status === 0 ||
    spawnSync('adduser', ['-S', '-D', '-H', USER]).status === 0;
  const user = made ? lookUp(USER) : undefined;
  if (user) return user;
  const fallback = lookUp('nobody');
  if (fallback) return fallback;
  throw new Error(`PostgreSQL does not run as root, and the user ${USER} could not be made. Run: useradd -r ${USER}`);
};

/** Whether `user` may pass through every directory down to `path`; a checkout below /root usually fails this. */
export const canReach = (path: string, user: UnprivilegedUser): boolean => {
  let current = realpathSync(path);
  for (;;) {
    const stat = statSync(current);
    if (stat.isDirectory()) {
      const bit = stat.uid === user.uid ? 0o100 : stat.gid === user.gid ? 0o010 : 0o001;
      if ((stat.mode & bit) === 0) return false;
    }
    const parent = dirname(current);
    if (parent === current) return true;
    current = parent;
  }
};
