const SPECIAL = /[\\\n\r\t]/;
const ALL_SPECIAL = /[\\\n\r\t]/g;
const ESCAPES: Record<string, string> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** One value in the text format of COPY. */
export const copyText = (value: string | null): string => {
  if (value === null) return '\\N';
  return SPECIAL.test(value) ? value.replace(ALL_SPECIAL, (sign) => ESCAPES[sign] ?? sign) : value;
};

export const copyLine = (values: readonly (string | null)[]): string => `${values.map(copyText).join('\t')}\n`;
