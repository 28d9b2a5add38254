/** Lets plain Node run the TypeScript sources, compiled as jest compiles them: `node -r ./test/setup/register.cjs file.ts`. */
const { readFileSync } = require('node:fs');
const { extname, join } = require('node:path');
const Module = require('node:module');
const { transformSync } = require('@swc/core');

const root = join(__dirname, '..', '..');
const options = { ...JSON.parse(readFileSync(join(root, '.swcrc'), 'utf8')), swcrc: false };

require.extensions['.ts'] = (module, filename) => {
  module._compile(transformSync(readFileSync(filename, 'utf8'), { ...options, filename }).code, filename);
};

// Compiled sources ask for './x.js' in dynamic imports, where only './x.ts' exists.
const resolve = Module._resolveFilename;
Module._resolveFilename = function resolveSource(request, parent, ...rest) {
  if (extname(request) === '.js' && request.startsWith('.') && parent?.filename?.endsWith('.ts')) {
    try {
      return resolve.call(this, request.replace(/\.js$/, '.ts'), parent, ...rest);
    } catch {
      // A real .js file: the usual way.
    }
  }
  return resolve.call(this, request, parent, ...rest);
};
