import { newId } from '../../src/infra/ids';

it('makes ids that are distinct, each after the one before, of version 7 and of now', () => {
  const began = Date.now();
  const ids = Array.from({ length: 20_000 }, newId);
  expect(new Set(ids).size).toBe(ids.length);
  expect([...ids].sort()).toEqual(ids);
  const form = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
  expect(ids.filter((id) => !form.test(id))).toEqual([]);
  const moment = Number.parseInt((ids[0] as string).replace('-', '').slice(0, 12), 16);
  expect(moment).toBeGreaterThanOrEqual(began);
  expect(moment).toBeLessThanOrEqual(Date.now());
});
