import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Container } from '../../src/container';
import { invalid, OutdialError } from '../../src/errors';
import type { Caller } from '../../src/organisations/caller';
import { DIMENSIONS, INTERVAL_UNITS } from '../../src/reporting/dimensions';
import { reportCsv } from '../../src/reporting/report-csv';
import type { Services } from '../services';

const list = z
  .string()
  .transform((text) => text.split(','))
  .optional();

const querySchema = z.strictObject({
  from: z.coerce.date(),
  to: z.coerce.date(),
  groupBy: z
    .string()
    .transform((text) => text.split(','))
    .pipe(z.array(z.enum(DIMENSIONS))),
  unit: z.enum(INTERVAL_UNITS).default('HOUR'),
  timeZone: z.string().default('UTC'),
  campaignIds: list,
  listIds: list,
  agentIds: list,
  modes: list,
  outcomes: list,
  wrapUpCodes: list,
});

const parse = (query: unknown) => {
  const parsed = querySchema.safeParse(query);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const field = issue?.path.join('.') || 'query';
  throw invalid(field, `${field}: ${issue?.message}`);
};

/** Reads the first chunk before the answer begins: what goes wrong up to then is answered as an error. */
export const begun = async <T>(chunks: AsyncGenerator<T>): Promise<AsyncGenerator<T>> => {
  const first = await chunks.next();
  return (async function* () {
    if (!first.done) yield first.value;
    yield* chunks;
  })();
};

export const callerOf = async ({ headers }: FastifyRequest, services: Services): Promise<Caller> => {
  const { authorization } = headers;
  if (!authorization) throw new OutdialError('UNAUTHENTICATED', 'a token is needed: authorization: Bearer <token>');
  return services.authenticator.authenticate(authorization);
};

/** `GET /reports/campaign.csv`: the rows of `campaignReport` as one file, with its filter as query parameters. */
export const reportRoutes = (app: FastifyInstance, _container: Container, services: Services): void => {
  app.get('/reports/campaign.csv', async (request, reply) => {
    const caller = await callerOf(request, services);
    const { groupBy, unit, timeZone, agentIds, ...rest } = parse(request.query);
    // As in GraphQL, an agent of none stands for attempts without one.
    const filter = { ...rest, agentIds: agentIds?.map((id) => id || null) };
    const chunks = await begun(
      services.campaignReport.stream(caller, filter, { groupBy, interval: { unit, timeZone } }),
    );
    return reply
      .type('text/csv; charset=utf-8')
      .header('content-disposition', 'attachment; filename="campaign-report.csv"')
      .send(reportCsv(groupBy, chunks));
  });
};
