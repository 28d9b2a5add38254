/** What the endpoint must know of a statement; the rest is the engine's. */
export interface Statement {
  sql: string;
  /** Reads may run side by side; everything else goes through one lane. */
  kind: 'read' | 'insert' | 'other';
  format: string;
}

/** Parameters of the HTTP interface itself: the engine knows no such settings. */
const INTERFACE_PARAMETERS = new Set([
  'query',
  'query_id',
  'database',
  'default_format',
  'user',
  'password',
  'session_id',
  'session_timeout',
  'session_check',
  'role',
  'compress',
  'decompress',
  'enable_http_compression',
  'http_zlib_compression_level',
  'http_headers_progress_interval_ms',
  'http_response_buffer_size',
  'send_progress_in_http_headers',
  'wait_end_of_query',
  'buffer_size',
  'cancel_http_readonly_queries_on_client_close',
]);

const LEADING_COMMENTS = /^(?:\s+|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)*/;
const INSERT_HEAD =
  /^(INSERT\s+INTO\s+(?:TABLE\s+)?(?:FUNCTION\s+)?[\w.`"]+(?:\s*\((?:[^()]|\([^()]*\))*\))?)(\s+SETTINGS\s)?/i;

export const quote = (value: string): string => `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

const assignments = (settings: [string, string][]): string =>
  settings.map(([name, value]) => `${name}=${/^-?\d+$/.test(value) ? value : quote(value)}`).join(', ');

/** Settings come from the URL; only names that are plain words are let into the statement. */
export const settingsOf = (parameters: URLSearchParams): [string, string][] =>
  [...parameters].filter(
    ([name]) => !INTERFACE_PARAMETERS.has(name) && !name.startsWith('param_') && /^[a-z][a-z0-9_]*$/i.test(name),
  );

export const bindingsOf = (parameters: URLSearchParams): [string, string][] =>
  [...parameters]
    .filter(([name]) => /^param_\w+$/.test(name))
    .map(([name, value]) => [name.slice('param_'.length), value]);

const withSettings = (sql: string, settings: [string, string][]): string => {
  if (settings.length === 0) return sql;
  const list = assignments(settings);
  if (/^INSERT\b/i.test(sql)) {
    const match = INSERT_HEAD.exec(sql);
    if (!match) return sql;
    const [whole, head, existing] = match;
    const rest = sql.slice(whole.length);
    if (existing) return `${head} SETTINGS ${list}, ${rest}`;
    return `${head} SETTINGS ${list}${/^\s/.test(rest) ? '' : ' '}${rest}`;
  }
  // Settings may stand before FORMAT, after it, or in both places.
  const joint = /\bSETTINGS\s+(?:(?!\bFORMAT\b)[^()])*$/i.test(sql) ? ', ' : '\nSETTINGS ';
  return sql + joint + list;
};

const kindOf = (sql: string): Statement['kind'] => {
  if (/^INSERT\b/i.test(sql)) return 'insert';
  return /^(SELECT|WITH|SHOW|DESCRIBE|DESC|EXPLAIN|EXISTS)\b/i.test(sql) ? 'read' : 'other';
};

/** `text` is the statement alone, without the rows of an insert. */
export const parseStatement = (text: string, parameters: URLSearchParams): Statement => {
  const bare = text.replace(LEADING_COMMENTS, '');
  const kind = kindOf(bare);
  const sql = kind === 'insert' ? bare : bare.replace(/[;\s]+$/, '');
  const stated = /\bFORMAT\s+(\w+)(?:\s+SETTINGS\s+[^()]*)?\s*$/i.exec(sql)?.[1];
  return {
    kind,
    format: stated ?? parameters.get('default_format') ?? 'TabSeparated',
    sql: withSettings(sql, settingsOf(parameters)),
  };
};
