import { ConfigError, loadConfig } from '../../src/config';

test('everything has a default', () => {
  const config = loadConfig({});
  expect(config.home).toBe('.outdial');
  expect(config.api).toMatchObject({ host: '127.0.0.1', port: 4000 });
  expect(config.demo).toBe(true);
  expect(config.testClock).toBe(false);
  expect(config.stores).toEqual({ databaseUrl: undefined, redisUrl: undefined, clickhouseUrl: undefined });
});

test('an empty variable is as good as none', () => {
  const config = loadConfig({ PORT: '', OUTDIAL_HOME: '', OUTDIAL_DEMO: '', DATABASE_URL: '' });
  expect(config.api.port).toBe(4000);
  expect(config.home).toBe('.outdial');
  expect(config.demo).toBe(true);
  expect(config.stores.databaseUrl).toBeUndefined();
});

test('all faults are told at once, by the name of the variable', () => {
  const load = () =>
    loadConfig({ PORT: '70000', OUTDIAL_DEMO: 'maybe', OUTDIAL_ADMIN_TOKEN: 'short', OUTDIAL_LOG_LEVEL: 'loud' });
  expect(load).toThrow(ConfigError);
  for (const variable of ['PORT', 'OUTDIAL_DEMO', 'OUTDIAL_ADMIN_TOKEN', 'OUTDIAL_LOG_LEVEL']) {
    expect(load).toThrow(new RegExp(`^ {2}${variable}: `, 'm'));
  }
});

test('a fault does not repeat a secret', () => {
  const load = () => loadConfig({ OUTDIAL_JWT_SECRET: 'not-long-enough' });
  expect(load).toThrow(/OUTDIAL_JWT_SECRET/);
  expect(load).not.toThrow(/not-long-enough/);
});

test('the configuration cannot be changed', () => {
  const config = loadConfig({ PORT: '0' });
  expect(Object.isFrozen(config)).toBe(true);
  expect(Object.isFrozen(config.api)).toBe(true);
});
