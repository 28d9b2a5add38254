import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { parseSync } from '@swc/core';

const ROOT = resolve(__dirname, '..', '..');
const FOLDERS = ['src', 'graphql', 'jobs', 'migrations', 'bench', 'test'];

const filesBelow = (folder: string): string[] =>
  readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

const all = FOLDERS.flatMap(filesBelow);
const code = all.filter((file) => /\.(ts|mjs|cjs|js)$/.test(file));
const name = (file: string): string => relative(ROOT, file).split(sep).join('/');
const isUnder = (file: string, folder: string): boolean => name(file).startsWith(`${folder}/`);

interface Module {
  file: string;
  /** What it imports, as resolved paths below the root, or as package names. */
  imports: string[];
  /** The texts of its string and template literals, where SQL is. */
  texts: string[];
}

const walk = (node: unknown, visit: (node: Record<string, unknown>) => void): void => {
  if (Array.isArray(node)) for (const item of node) walk(item, visit);
  else if (node && typeof node === 'object') {
    visit(node as Record<string, unknown>);
    for (const value of Object.values(node)) walk(value, visit);
  }
};

const read = (file: string): Module => {
  const imports: string[] = [];
  const texts: string[] = [];
  const take = (specifier: unknown) => {
    if (typeof specifier !== 'string') return;
    imports.push(specifier.startsWith('.') ? name(resolve(dirname(file), specifier)) : specifier);
  };
  const tree = parseSync(readFileSync(file, 'utf8'), { syntax: 'typescript', decorators: true });
  walk(tree, (node) => {
    if (/^(Import|Export\w*)Declaration$/.test(String(node.type))) take((node.source as { value?: string })?.value);
    if (node.type === 'TsImportType') take((node.argument as { value?: string }).value);
    if (node.type === 'CallExpression') {
      const callee = node.callee as { type: string; value?: string };
      const first = (node.arguments as { expression: { value?: unknown } }[])[0];
      if (callee.type === 'Import' || callee.value === 'require') take(first?.expression.value);
    }
    if (node.type === 'StringLiteral') texts.push(String(node.value));
    if (node.type === 'TemplateElement') texts.push(String(node.raw));
  });
  return { file, imports, texts };
};

const modules = code.filter((file) => file.endsWith('.ts')).map(read);

test('files have at most 400 lines', () => {
  // The emitted schema is no source: it is written by a command and compared by a test.
  const sources = all.filter((file) => name(file) !== 'graphql/schema.graphql');
  const long = sources.filter((file) => readFileSync(file, 'utf8').split('\n').length > 401);
  expect(long.map(name)).toEqual([]);
});

test('files have kebab-case names', () => {
  const odd = all.filter((file) => !/^[a-z0-9_]+(-[a-z0-9]+)*(\.[a-z0-9]+)+$/.test(basename(file)));
  expect(odd.map(name)).toEqual([]);
});

test('only the configuration reads the environment', () => {
  const allowed = (file: string) =>
    ['src/config.ts', 'src/cli/bootstrap.mjs'].includes(name(file)) || isUnder(file, 'test');
  const readers = code.filter((file) => !allowed(file) && /\bprocess\s*\.\s*env\b/.test(readFileSync(file, 'utf8')));
  expect(readers.map(name)).toEqual([]);
});

/** Leases run in the database's real time, and a process compares its clock with it; nothing else may. */
const REAL_TIME = [
  'src/dialer/shell/lease.ts',
  'src/organisations/emergency-stop.ts',
  'src/reporting/outbox-store.ts',
  'src/cli/doctor.ts',
];

test('business time goes into SQL as a parameter', () => {
  const clock =
    /(?<![.\w])(now|clock_timestamp|statement_timestamp|transaction_timestamp|timeofday)\s*\(\s*\)|\bCURRENT_(TIMESTAMP|DATE|TIME)\b|\bLOCALTIME(STAMP)?\b/i;
  const isFree = (file: string) => REAL_TIME.includes(name(file)) || isUnder(file, 'test');
  const inCode = modules.filter(({ file, texts }) => !isFree(file) && texts.some((text) => clock.test(text)));
  const inSql = all.filter(
    (file) => file.endsWith('.sql') && clock.test(readFileSync(file, 'utf8').replace(/--[^\n]*/g, '')),
  );
  expect([...inCode.map(({ file }) => file), ...inSql].map(name)).toEqual([]);
});

test('src/ imports neither graphql/ nor jobs/', () => {
  const wrong = modules
    .filter(({ file }) => isUnder(file, 'src'))
    .flatMap(({ file, imports }) =>
      imports.filter((path) => /^(graphql|jobs)\//.test(path)).map((path) => `${name(file)} imports ${path}`),
    )
    // Packages have such names too: 'graphql' itself is no path of ours.
    .filter((line) => !/imports graphql\/(language|utilities|type|error|execution|validation)\b/.test(line));
  expect(wrong).toEqual([]);
});

test('the kernel imports nothing from outside itself', () => {
  const kernel = 'src/dialer/kernel';
  const wrong = modules
    .filter(({ file }) => isUnder(file, kernel))
    .flatMap(({ file, imports }) =>
      imports.filter((path) => !path.startsWith(`${kernel}/`)).map((path) => `${name(file)} imports ${path}`),
    );
  expect(wrong).toEqual([]);
});

test('the kernel has no clock, no chance and no I/O', () => {
  const impure =
    /\b(Date\.now|new Date\(\)|performance\.|Math\.random|setTimeout|setInterval|process\.|console\.|fetch\()/;
  const wrong = filesBelow('src/dialer/kernel').filter((file) => {
    const text = readFileSync(file, 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, '');
    return impure.test(text);
  });
  expect(wrong.map(name)).toEqual([]);
});

test('nothing is left for later, and no test is left out', () => {
  const marks = /\b(TODO|FIXME|XXX|HACK)\b|@ts-ignore|@ts-nocheck|[)\w\]] as any\b(?! \w)/;
  const leftOut = /\b(it|test|describe)\.(skip|only|todo)\b/;
  // The contract suite also runs against real servers, which cannot do all that the simulated one can.
  const mayLeaveOut = (file: string) => isUnder(file, 'test/contract');
  const wrong = code.filter((file) => {
    const text = readFileSync(file, 'utf8');
    return file !== __filename && (marks.test(text) || (leftOut.test(text) && !mayLeaveOut(file)));
  });
  expect(wrong.map(name)).toEqual([]);
});
