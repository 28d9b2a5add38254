#!/usr/bin/env node
/**
 * What `npm start`, `npm test` and their like run: on a bare machine it brings the checkout into shape (packages, build,
 * redis-server), then hands over. Plain Node only: nothing is installed yet when it begins.
 */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const NODE_NEEDED = [20, 19];
const SOURCES = ['src', 'graphql', 'jobs', 'migrations', 'bench'];

const say = (line) => process.stderr.write(`${line}\n`);
const fail = (message) => {
  say(message);
  process.exit(1);
};
const read = (file) => (existsSync(file) ? readFileSync(file, 'utf8') : '');
const hashOf = (parts) => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part).update('\0');
  return hash.digest('hex');
};

const checkNode = () => {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < NODE_NEEDED[0] || (major === NODE_NEEDED[0] && minor < NODE_NEEDED[1])) {
    fail(`Outdial needs Node ${NODE_NEEDED.join('.')} or newer; this is ${process.versions.node}.`);
  }
};

const npm = (command, output, ...options) => {
  // A machine set up for production would leave out what builds the project.
  const flags = ['--include=dev', '--include=optional', '--no-audit', '--no-fund', '--loglevel=error'];
  return (
    spawnSync('npm', [command, ...flags, ...options], { cwd: ROOT, stdio: ['ignore', output, output] }).status === 0
  );
};

const ensurePackages = () => {
  const stampFile = join(ROOT, 'node_modules', '.outdial-packages');
  const wanted = hashOf([
    read(join(ROOT, 'package-lock.json')),
    process.platform,
    process.arch,
    process.versions.modules,
  ]);
  if (read(stampFile) === wanted) return;
  // A tree that npm itself wrote after the lock file's last change is as good: somebody ran npm.
  const npmStamp = join(ROOT, 'node_modules', '.package-lock.json');
  const lock = join(ROOT, 'package-lock.json');
  const current =
    !existsSync(stampFile) && existsSync(npmStamp) && statSync(npmStamp).mtimeMs >= statSync(lock).mtimeMs;
  if (!current) {
    say('Installing packages (npm ci)');
    // A lock file made behind a registry that lacks other platforms' packages is refused by `npm ci` as incomplete, though
    // it pins all that this platform needs: `npm install` takes it, and leaves it as it is.
    if (!npm('ci', 'ignore')) {
      say('npm ci refused; trying npm install, with the same versions');
      if (!npm('install', 2, '--no-save')) fail('The packages could not be installed: see above. Nothing was started.');
    }
  }
  writeFileSync(stampFile, wanted);
};

const filesBelow = (directory) =>
  existsSync(directory)
    ? readdirSync(directory, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && /\.(ts|json)$/.test(entry.name))
        .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    : [];

const sourceHash = () => {
  const files = SOURCES.flatMap((name) => filesBelow(join(ROOT, name))).sort();
  const settings = ['tsconfig.json', 'tsconfig.build.json', 'package-lock.json'].map((name) => join(ROOT, name));
  return hashOf([...settings, ...files].flatMap((file) => [relative(ROOT, file), read(file)]));
};

const ensureBuild = () => {
  const dist = join(ROOT, 'dist');
  const stampFile = join(dist, '.outdial-build');
  const wanted = sourceHash();
  if (read(stampFile) === wanted) return;
  say('Building');
  // Built aside and swapped in: processes that run from dist keep a whole tree under their feet for all but an instant, and
  // files whose source is gone are not found by a glob, as migrations are.
  const aside = join(ROOT, `dist.${process.pid}`);
  const old = `${aside}.old`;
  const compiler = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  const options = [
    '-p',
    'tsconfig.build.json',
    '--outDir',
    aside,
    '--incremental',
    'false',
    '--tsBuildInfoFile',
    'null',
  ];
  const tsc = spawnSync(process.execPath, [compiler, ...options], { cwd: ROOT, stdio: ['ignore', 2, 2] });
  if (tsc.status === 0) {
    writeFileSync(join(aside, '.outdial-build'), wanted);
    // `npx outdial` runs it as a program.
    chmodSync(join(aside, 'src', 'cli', 'main.js'), 0o755);
    if (existsSync(dist)) renameSync(dist, old);
    renameSync(aside, dist);
  }
  for (const directory of [aside, old]) rmSync(directory, { recursive: true, force: true });
  if (tsc.status !== 0) fail('The build failed: see above. Nothing was started.');
};

const statOf = (pid) => {
  const stat = read(`/proc/${pid}/stat`);
  const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return { alive: stat !== '' && state !== 'Z', parent: Number(parent) };
};

/** npm that is killed takes nobody with it, and what it started would run on unseen and hold the home. */
const whenNpmIsGone = (act) => {
  if (!process.env.npm_lifecycle_event || !existsSync('/proc/self/stat')) return;
  let pid = process.ppid;
  // Between npm and us there may be a shell.
  for (let step = 0; step < 3 && pid > 1 && !/\bnpm\b/.test(read(`/proc/${pid}/cmdline`)); step += 1)
    pid = statOf(pid).parent;
  if (pid <= 1 || !/\bnpm\b/.test(read(`/proc/${pid}/cmdline`))) return;
  const timer = setInterval(() => {
    if (statOf(pid).alive) return;
    clearInterval(timer);
    act();
  }, 250);
  timer.unref();
};

/** Runs the target in our place: same terminal, its exit code, and signals reach it once. */
const handOver = (file, args, extra = {}) => {
  const child = spawn(process.execPath, [...(extra.node ?? []), file, ...args], {
    cwd: extra.cwd ?? process.cwd(),
    // The pipe tells the child when we are gone, should we be killed.
    stdio: extra.pipe ? ['inherit', 'inherit', 'inherit', 'ipc'] : 'inherit',
    env: { ...process.env, ...extra.env },
  });
  whenNpmIsGone(() => child.kill('SIGTERM'));
  // At a terminal, Ctrl-C goes to the whole process group: the child has it already.
  process.on('SIGINT', () => {
    if (!process.stdin.isTTY) child.kill('SIGINT');
  });
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.once('error', (error) => fail(error.message));
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => resolve(code ?? 128 + (constants.signals[signal] ?? 0)));
  });
};

const ensureRedis = async () => {
  const { ensureRedisProgram } = await import(join(ROOT, 'dist', 'src', 'embedded', 'redis-program.js'));
  try {
    ensureRedisProgram(say);
  } catch (error) {
    fail(error.message);
  }
};

const JEST = join(ROOT, 'node_modules', 'jest', 'bin', 'jest.js');
// A worker more than the two cores that are counted on: the longest tests wait for calls to be over.
const jest = (args, env) => handOver(JEST, ['--maxWorkers=3', ...args], { cwd: ROOT, env });

const TARGETS = {
  start: (args) => handOver(join(ROOT, 'dist', 'src', 'cli', 'main.js'), ['start', ...args], { pipe: true }),
  test: (args) =>
    jest(
      args.some((arg) => !arg.startsWith('-'))
        ? args
        : // Given here, patterns stand in place of those in jest.config.js.
          ['--testPathIgnorePatterns=/test/contract/', '--testPathIgnorePatterns=/test/chaos/stores-crash', ...args],
    ),
  'test:long': (args) =>
    jest(args.length > 0 ? args : ['test/chaos', 'test/property', 'test/e2e'], { OUTDIAL_TEST_LONG: '1' }),
  'test:contract': (args) => jest(['test/contract', ...args]),
  /** Packages alone, for those who then run tools of their own. */
  install: () => 0,
  // As a dialer is run.
  bench: (args) => handOver(join(ROOT, 'dist', 'bench', 'main.js'), args, { node: ['--no-memory-reducer'] }),
};

const main = async () => {
  const [name = '', ...args] = process.argv.slice(2);
  const target = TARGETS[name];
  if (!target) fail(`bootstrap: one of ${Object.keys(TARGETS).join(', ')} is wanted, not '${name}'`);
  checkNode();
  ensurePackages();
  if (name !== 'install') {
    ensureBuild();
    if (!process.env.REDIS_URL) await ensureRedis();
  }
  process.exitCode = await target(args);
};

await main();
