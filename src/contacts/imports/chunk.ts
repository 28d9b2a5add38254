import type { RowPeople } from '../dnc/scrub-load';
import type { FileRow } from '../files/file-row';
import type { Normaliser } from '../normalise/normaliser';
import type { Reason } from '../normalise/reason';
import { CopyPieces } from './copy-pieces';
import { copyText } from './copy-text';

/** A row of the report. */
export interface RowFault extends Reason {
  rowNo: number;
  line: number;
}

/** What one transaction of an import writes: the rows from `from` (exclusive) to `to` (inclusive), counted from 1. */
export interface Chunk {
  from: number;
  to: number;
  /** COPY text of the staging table. */
  copy: Buffer[];
  /** Whom the lines in `copy` are about. */
  people: RowPeople[];
  /** Lines in `copy`. */
  contacts: number;
  rejected: number;
  duplicates: number;
  faults: RowFault[];
  /** Bytes of the file read so far; for progress only. */
  bytesRead: number;
}

/** Gathers rows into a chunk. Numbers that stand twice in it are told apart here, those already in the list by the database. */
export class ChunkBuilder {
  private readonly firstLine = new Map<string, number>();
  private readonly pieces = new CopyPieces();
  private readonly faults: RowFault[] = [];
  private readonly people: RowPeople[] = [];
  private rejected = 0;
  private duplicates = 0;
  private to: number;

  constructor(
    private readonly from: number,
    private readonly normaliser: Normaliser,
  ) {
    this.to = from;
  }

  get rows(): number {
    return this.to - this.from;
  }

  add(row: FileRow): void {
    this.to += 1;
    if (row.fault) {
      this.reject(row.line, { field: '', ...row.fault });
      return;
    }
    const result = this.normaliser.normalise(row.values);
    if ('reason' in result) {
      this.reject(row.line, result.reason);
      return;
    }
    const { externalId, numbers, attributes, leftOut } = result.contact;
    const { number } = numbers[0];
    const before = this.firstLine.get(number);
    if (before !== undefined) {
      this.duplicates += 1;
      const message = `the number of this row stands in line ${before} already`;
      this.faults.push({ rowNo: this.to, line: row.line, field: '', code: 'DUPLICATE', message });
      return;
    }
    this.firstLine.set(number, row.line);
    this.people.push({
      contactId: this.to,
      line: row.line,
      customerId: externalId,
      numbers: numbers.map((entry) => entry.number),
    });
    this.pieces.add(
      `${this.to}\t${row.line}\t${copyText(externalId)}\t${number}\t${copyText(JSON.stringify(numbers))}\t${copyText(JSON.stringify(attributes))}\n`,
    );
    if (leftOut) this.faults.push({ rowNo: this.to, line: row.line, ...leftOut });
  }

  build(bytesRead: number): Chunk {
    const { from, to, pieces, people, rejected, duplicates, faults } = this;
    return { from, to, copy: pieces.all(), people, contacts: pieces.lines, rejected, duplicates, faults, bytesRead };
  }

  private reject(line: number, why: Reason): void {
    this.rejected += 1;
    this.faults.push({ rowNo: this.to, line, ...why });
  }
}
