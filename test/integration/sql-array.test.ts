import * as fc from 'fast-check';
import { withArrays } from '../../src/infra/sql-array';
import { propertyRuns } from '../setup/property-runs';
import { testPool } from '../setup/test-pool';

const db = testPool();

const words = fc.oneof(
  fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\0')),
  fc.constantFrom('', 'NULL', 'null', '{}', '{,}', '"', '\\', '\\"', ' a ', "'", '\n\t'),
);
const orNull = <T>(values: fc.Arbitrary<T>) => fc.array(fc.option(values));

it('gives PostgreSQL every array as it is, and leaves the rest to the driver', async () => {
  await fc.assert(
    fc.asyncProperty(
      orNull(words),
      orNull(fc.integer()),
      orNull(fc.boolean()),
      orNull(fc.date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true })),
      words,
      async (texts, numbers, flags, dates, text) => {
        const { rows } = await db.pool.query(
          `SELECT $1::text[] AS texts, $2::bigint[] AS numbers, $3::boolean[] AS flags, $4::timestamptz[] AS dates, $5::text AS text`,
          withArrays([texts, numbers, flags, dates, text]),
        );
        const [row] = rows;
        expect({ ...row, numbers: row.numbers.map((of: string | null) => (of === null ? null : Number(of))) }).toEqual({
          ...{ texts, numbers, flags, dates, text },
        });
      },
    ),
    { numRuns: propertyRuns(200) },
  );
});
