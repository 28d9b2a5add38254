/** Why a whole file cannot be imported. The message is public and holds no telephone number. */
export type FileFaultCode =
  | 'WRONG_ENCODING'
  | 'EMPTY_FILE'
  | 'MISSING_COLUMN'
  | 'DOUBLE_COLUMN'
  | 'MALFORMED_FILE'
  | 'FILE_LOST'
  | 'NO_NUMBERS'
  | 'TOO_MANY_BAD_LINES';

export class FileFault extends Error {
  constructor(
    readonly code: FileFaultCode,
    message: string,
  ) {
    super(message);
    this.name = 'FileFault';
  }
}
