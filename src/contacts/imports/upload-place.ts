import { join, resolve } from 'node:path';

/** Where uploads lie. The api writes them, the worker reads them: both need the same `OUTDIAL_HOME`. */
export const uploadDirectory = (home: string): string => join(resolve(home), 'uploads');

/** `importId` is a uuid of ours, never text of a caller. */
export const uploadPath = (home: string, importId: string): string => join(uploadDirectory(home), importId);
