/** Keyset paging: `after` is the key of the last entry seen; a page never shifts when entries are added. */
export interface PageRequest {
  first: number;
  after?: string;
}

export interface Page<T> {
  rows: T[];
  more: boolean;
}

export const PAGE_SIZE = { min: 1, max: 200, default: 50 } as const;

/** Shapes `first + 1` rows that were read into a page. */
export const pageOf = <T>(rows: T[], first: number): Page<T> => ({
  rows: rows.slice(0, first),
  more: rows.length > first,
});
