/**
 * The record's own caller ID before the entry point's before the group's, and only such as the entry point allows (its
 * own is one of them). Null: there is none, and nothing can be placed.
 */
export const callerIdOf = (
  record: string | null,
  of: { entryCallerId: string | null; groupCallerId: string | null; allowedCallerIds: readonly string[] },
): string | null => {
  const allowed = (id: string | null): id is string =>
    id !== null && (id === of.entryCallerId || of.allowedCallerIds.includes(id));
  return [record, of.entryCallerId, of.groupCallerId].find(allowed) ?? null;
};
