import { createHash, randomBytes } from 'node:crypto';

/** Long enough to upload the largest file over a slow line. */
export const UPLOAD_LIFE_MS = 3_600_000;

export const newUploadToken = (): string => randomBytes(32).toString('base64url');
export const hashUploadToken = (token: string): Buffer => createHash('sha256').update(token).digest();
