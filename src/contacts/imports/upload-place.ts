import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { FileFault } from '../files/file-fault';

/** Where uploads lie. The api writes them, the worker reads them: both need the same `OUTDIAL_HOME`. */
export const uploadDirectory = (home: string): string => join(resolve(home), 'uploads');

/** `importId` is a uuid of ours, never text of a caller. */
export const uploadPath = (home: string, importId: string): string => join(uploadDirectory(home), importId);

/** The worker of another machine, or a home that was emptied, has nothing to read. */
export const requireUpload = async (path: string): Promise<void> => {
  await stat(path).catch(() => {
    throw new FileFault('FILE_LOST', 'the uploaded file is no longer there; upload it again in a new import');
  });
};
