import { basename, join } from 'node:path';

const above = join(__dirname, '..', '..');

/** Where package.json, migrations and examples are, whether this runs as source or compiled below dist/. */
export const PROJECT_ROOT: string = basename(above) === 'dist' ? join(above, '..') : above;
