const PIECE_BYTES = 64 * 1024;

/**
 * COPY text as bytes outside the heap. Strings of a whole chunk would outlive young collections, and the heap grows by
 * hundreds of megabytes before the old ones are looked at.
 */
export class CopyPieces {
  private readonly full: Buffer[] = [];
  private piece = Buffer.allocUnsafe(PIECE_BYTES);
  private used = 0;
  lines = 0;

  add(line: string): void {
    this.lines += 1;
    // A sign has at most three bytes for each unit of the string.
    const most = line.length * 3;
    if (this.used + most > this.piece.length) {
      this.full.push(this.piece.subarray(0, this.used));
      this.piece = Buffer.allocUnsafe(Math.max(PIECE_BYTES, most));
      this.used = 0;
    }
    this.used += this.piece.write(line, this.used, 'utf8');
  }

  all(): Buffer[] {
    return [...this.full, this.piece.subarray(0, this.used)].filter(({ length }) => length > 0);
  }
}
