import type { ContactNumber } from './normalise/normaliser';

export interface Contact {
  id: number;
  organisationId: string;
  listId: string;
  importId: string | null;
  externalId: string | null;
  numbers: ContactNumber[];
  attributes: Record<string, string>;
  createdAt: Date;
  version: number;
}
