import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

const KERNEL = join(__dirname, '..', 'kernel');

/**
 * What the kernel is made of, as a short hash of its files as they run here: any change of them is another version, for
 * nobody can tell from outside which changes are harmless.
 */
export function kernelVersion(directory = KERNEL): string {
  const files = readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(js|ts)$/.test(entry.name) && !entry.name.endsWith('.d.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  const hash = createHash('sha256');
  for (const file of files) hash.update(relative(directory, file)).update('\0').update(readFileSync(file)).update('\0');
  return hash.digest('hex').slice(0, 16);
}

/** Arithmetic and the order of things may differ between majors, and with them the commands. */
export function nodeMajor(): number {
  return Number(process.versions.node.split('.')[0]);
}
