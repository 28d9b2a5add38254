import { parseStatement } from '../../src/embedded/chdb-statement';

const parse = (text: string, parameters: Record<string, string> = {}) =>
  parseStatement(text, new URLSearchParams(parameters));

test('knows reads, inserts and the rest behind comments', () => {
  expect(parse('/* a */ -- b\n SELECT 1').kind).toBe('read');
  expect(parse('with 1 as x select x').kind).toBe('read');
  expect(parse('/* a */ INSERT INTO t FORMAT JSONEachRow').kind).toBe('insert');
  expect(parse('CREATE TABLE t (x Int8) ENGINE = Memory').kind).toBe('other');
});

test('takes the format from the statement, else the parameter', () => {
  expect(parse('SELECT 1 FORMAT JSONEachRow;').format).toBe('JSONEachRow');
  expect(parse('SELECT 1 FORMAT CSV SETTINGS max_threads = 1').format).toBe('CSV');
  expect(parse('SELECT 1', { default_format: 'JSON' }).format).toBe('JSON');
  expect(parse('SELECT 1').format).toBe('TabSeparated');
});

test('puts settings where the statement takes them', () => {
  const settings = { max_threads: '1', insert_deduplication_token: "it's" };
  expect(parse('INSERT INTO db.t (a, b) FORMAT JSONEachRow', settings).sql).toBe(
    "INSERT INTO db.t (a, b) SETTINGS max_threads=1, insert_deduplication_token='it\\'s' FORMAT JSONEachRow",
  );
  expect(parse('INSERT INTO t SETTINGS x=1 FORMAT CSV', { y: '2' }).sql).toBe(
    'INSERT INTO t SETTINGS y=2, x=1 FORMAT CSV',
  );
  expect(parse('INSERT INTO t (a)FORMAT CSV', { y: '2' }).sql).toBe('INSERT INTO t (a) SETTINGS y=2 FORMAT CSV');
  expect(parse('SELECT 1 FORMAT JSON', { y: '2' }).sql).toBe('SELECT 1 FORMAT JSON\nSETTINGS y=2');
  expect(parse('SELECT 1 SETTINGS x=1 FORMAT JSON', { y: '2' }).sql).toBe(
    'SELECT 1 SETTINGS x=1 FORMAT JSON\nSETTINGS y=2',
  );
  expect(parse('SELECT 1 SETTINGS x=1', { y: '2' }).sql).toBe('SELECT 1 SETTINGS x=1, y=2');
});

test('lets neither parameters of the interface nor odd names into the statement', () => {
  const sql = parse('SELECT 1', { query_id: 'q', database: 'd', param_x: '1', 'a; DROP TABLE t': '1' }).sql;
  expect(sql).toBe('SELECT 1');
});
