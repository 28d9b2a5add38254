import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Container } from '../../src/container';
import { invalid } from '../../src/errors';
import { evidenceCsv } from '../../src/reporting/evidence-csv';
import { EVIDENCE_UNITS } from '../../src/reporting/evidence-query';
import type { Services } from '../services';
import { begun, callerOf } from './report-routes';

const querySchema = z.strictObject({
  campaignId: z.string(),
  from: z.coerce.date(),
  to: z.coerce.date(),
  unit: z.enum(EVIDENCE_UNITS).default('DAY'),
  timeZone: z.string().default('UTC'),
});

/** `GET /reports/abandon-evidence.csv`: all rows of `abandonEvidence` as one file, with its arguments as query parameters. */
export const evidenceRoutes = (app: FastifyInstance, _container: Container, services: Services): void => {
  app.get('/reports/abandon-evidence.csv', async (request, reply) => {
    const caller = await callerOf(request, services);
    const query = querySchema.safeParse(request.query);
    if (!query.success) {
      const issue = query.error.issues[0];
      const field = issue?.path.join('.') || 'query';
      throw invalid(field, `${field}: ${issue?.message}`);
    }
    const chunks = await begun(services.abandonEvidence.stream(caller, query.data));
    return reply
      .type('text/csv; charset=utf-8')
      .header('content-disposition', 'attachment; filename="abandon-evidence.csv"')
      .send(evidenceCsv(chunks));
  });
};
