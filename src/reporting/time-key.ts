import { invalid } from '../errors';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export const isUuid = (text: string): boolean => UUID.test(text);

/** A place in a list by time: the moment, then the id. */
export const timeKey = (at: Date, id: string): string => `${at.getTime()}/${id}`;

export const decodeTimeKey = (key: string): { ms: number; id: string } => {
  const [ms = '', id = ''] = key.split('/');
  if (!/^\d{1,16}$/.test(ms) || !isUuid(id)) throw invalid('after', 'after is not a cursor of this list');
  return { ms: Number(ms), id };
};
