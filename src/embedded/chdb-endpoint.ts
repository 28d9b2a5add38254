import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { createGzip, gunzip } from 'node:zlib';
import type { ChdbSessions } from './chdb-sessions';
import { bindingsOf, parseStatement, type Statement } from './chdb-statement';

const inflate = promisify(gunzip);

/** Formats without a frame around all rows: their chunks may simply follow each other. */
const STREAMABLE = new Set(['JSONEachRow', 'JSONCompactEachRow', 'JSONStringsEachRow', 'TabSeparated', 'TSV', 'CSV']);

const MAX_BODY_BYTES = 256 * 1024 * 1024;

class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: number,
    message: string,
  ) {
    super(`Code: ${code}. DB::Exception: ${message}`);
  }
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

const authorise = (request: IncomingMessage, parameters: URLSearchParams, expected: Buffer): void => {
  const basic = /^Basic (.+)$/.exec(request.headers.authorization ?? '')?.[1];
  const given = basic
    ? Buffer.from(basic, 'base64').toString('utf8')
    : `${request.headers['x-clickhouse-user'] ?? parameters.get('user')}:${request.headers['x-clickhouse-key'] ?? parameters.get('password')}`;
  if (!timingSafeEqual(digest(given), expected)) {
    throw new Refusal(403, 516, 'Authentication failed: password is incorrect. (AUTHENTICATION_FAILED)');
  }
};

const readBody = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES)
      throw new Refusal(413, 307, `The body is above ${MAX_BODY_BYTES} bytes. (TOO_MANY_BYTES)`);
    chunks.push(chunk);
  }
  const encoding = request.headers['content-encoding'];
  if (encoding && encoding !== 'gzip' && encoding !== 'identity') {
    throw new Refusal(501, 48, `Content-Encoding ${encoding} is not supported. (NOT_IMPLEMENTED)`);
  }
  const bytes = Buffer.concat(chunks);
  return (encoding === 'gzip' ? await inflate(bytes, { maxOutputLength: MAX_BODY_BYTES }) : bytes).toString('utf8');
};

const codeOf = (error: unknown): number => Number(/Code: (\d+)\./.exec(String(error))?.[1] ?? 1002);

const fail = (response: ServerResponse, error: unknown): void => {
  if (response.headersSent) {
    // The client has part of a result: only a broken connection tells it that the rest is missing.
    response.destroy();
    return;
  }
  response.writeHead(error instanceof Refusal ? error.status : 500, {
    'Content-Type': 'text/plain; charset=UTF-8',
    'X-ClickHouse-Exception-Code': String(codeOf(error)),
    'X-ClickHouse-Summary': '{}',
  });
  response.end(`${error instanceof Error ? error.message : String(error)}\n`);
};

const summary = (readRows: number, writtenRows: number): string =>
  JSON.stringify({
    read_rows: String(readRows),
    read_bytes: '0',
    written_rows: String(writtenRows),
    written_bytes: '0',
    total_rows_to_read: '0',
    result_rows: String(writtenRows),
    result_bytes: '0',
    elapsed_ns: '0',
  });

const lines = (text: string): number => {
  let count = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count += 1;
  return text.length > 0 && !text.endsWith('\n') ? count + 1 : count;
};

interface Work {
  statement: Statement;
  rows: string;
  database: string;
  bindings: [string, string][];
  gzip: boolean;
}

/** Serves the part of ClickHouse's HTTP interface that `@clickhouse/client` uses, with chDB behind it. */
export class ChdbEndpoint {
  readonly server: Server;
  private readonly expected: Buffer;

  constructor(
    private readonly sessions: ChdbSessions,
    credentials: { user: string; password: string },
  ) {
    this.expected = digest(`${credentials.user}:${credentials.password}`);
    // Parameters travel in the URL, and lists of ids are long.
    this.server = createServer({ maxHeaderSize: 1024 * 1024, keepAliveTimeout: 30_000 }, (request, response) => {
      this.answer(request, response).catch((error: unknown) => fail(response, error));
    });
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://localhost');
    if (url.pathname === '/ping') {
      response.end('Ok.\n');
      return;
    }
    authorise(request, url.searchParams, this.expected);
    const body = await readBody(request);
    const query = url.searchParams.get('query');
    const text = query ?? body;
    if (text.trim() === '') throw new Refusal(400, 62, 'Empty query. (SYNTAX_ERROR)');
    response.setHeader('X-ClickHouse-Query-Id', url.searchParams.get('query_id') ?? '');
    const statement = parseStatement(text, url.searchParams);
    const work: Work = {
      statement,
      rows: query === null ? '' : body,
      database: url.searchParams.get('database') ?? 'default',
      bindings: bindingsOf(url.searchParams),
      gzip:
        url.searchParams.get('enable_http_compression') === '1' &&
        /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? '')),
    };
    if (statement.kind === 'read') await this.read(work, response);
    else await this.write(work, response);
  }

  private async read({ statement, rows, database, bindings, gzip }: Work, response: ServerResponse): Promise<void> {
    const { session, release } = await this.sessions.acquire('read', database, bindings, statement.sql);
    try {
      const sql = rows ? `${statement.sql}\n${rows}` : statement.sql;
      response.setHeader('X-ClickHouse-Format', statement.format);
      response.setHeader('Content-Type', statement.format.startsWith('JSON') ? 'application/json' : 'text/plain');
      if (gzip) response.setHeader('Content-Encoding', 'gzip');
      const sink = gzip ? createGzip() : response;
      if (sink !== response) sink.pipe(response);
      // The engine streams selects only, not SHOW and its like.
      if (!STREAMABLE.has(statement.format) || !/^(SELECT|WITH)\b/i.test(statement.sql)) {
        const result = await session.queryAsync(sql, { format: statement.format });
        response.setHeader('X-ClickHouse-Summary', summary(result.rowsRead, 0));
        sink.end(result.bytes());
        return;
      }
      const stream = session.queryStream(sql, { format: statement.format });
      response.once('close', () => {
        if (!response.writableFinished) stream.cancel();
      });
      for await (const chunk of stream) {
        if (!sink.write(chunk.raw())) await drained(sink, response);
        if (response.destroyed) return;
      }
      sink.end();
    } finally {
      release();
    }
  }

  private async write({ statement, rows, database, bindings }: Work, response: ServerResponse): Promise<void> {
    // A batch that turned out empty is no fault.
    if (statement.kind === 'insert' && /\bFORMAT\s+\w+\s*$/i.test(statement.sql) && rows.trim() === '') {
      response.setHeader('X-ClickHouse-Summary', summary(0, 0));
      response.end();
      return;
    }
    const { session, release } = await this.sessions.acquire(statement.kind, database, bindings, statement.sql);
    try {
      const sql = rows ? `${statement.sql}\n${rows}` : statement.sql;
      const result = await session.queryAsync(sql, { format: statement.format });
      response.setHeader('X-ClickHouse-Summary', summary(result.rowsRead, lines(rows)));
      response.end(result.bytes());
    } finally {
      release();
    }
  }
}

const drained = (sink: NodeJS.WritableStream, response: ServerResponse): Promise<void> =>
  new Promise((resolve) => {
    const done = () => {
      sink.off('drain', done);
      response.off('close', done);
      resolve();
    };
    sink.once('drain', done);
    response.once('close', done);
  });
