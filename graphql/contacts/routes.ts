import type { Readable } from 'node:stream';
import type { FastifyRequest } from 'fastify';
import { errorReport, type ReportShape } from '../../src/contacts/imports/error-report';
import { MOST_UPLOAD_BYTES } from '../../src/contacts/imports/upload-target';
import { invalid, OutdialError } from '../../src/errors';
import { requireRole } from '../../src/organisations/caller';
import { identify } from '../auth/identity';
import type { Routes } from '../http/routes';

const declaredBytes = (request: FastifyRequest): number | undefined => {
  const length = Number(request.headers['content-length']);
  return Number.isSafeInteger(length) ? length : undefined;
};

/** Staged uploads and the error report: both are streamed, so neither goes through GraphQL. */
export const contactRoutes: Routes = (app, _container, services) => {
  app.register(async (scope) => {
    // The body is a stream here, whatever its type says it is.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
    scope.route<{ Params: { token: string } }>({
      method: ['PUT', 'POST'],
      url: '/uploads/:token',
      bodyLimit: MOST_UPLOAD_BYTES,
      handler: async (request, reply) => {
        const encoding = request.headers['content-encoding'];
        if (encoding && encoding !== 'identity') {
          throw invalid('content-encoding', `content-encoding ${encoding} is not taken: send the file as it is`);
        }
        const body = request.body as Readable | undefined;
        if (!body) throw invalid('body', 'the body is empty: it must be the file');
        const { importId, bytes } = await services.uploads.receive(request.params.token, body, declaredBytes(request));
        return reply.code(202).send({ importId, bytes });
      },
    });
  });

  const report = <E>(path: string, imports: Parameters<typeof errorReport<E>>[0], shape: ReportShape<E>): void => {
    app.get<{ Params: { id: string } }>(`/${path}/:id/errors.csv`, async (request, reply) => {
      const { caller, authError } = await identify(services.authenticator, request.headers.authorization);
      if (!caller)
        throw authError ?? new OutdialError('UNAUTHENTICATED', 'a token is needed: authorization: Bearer <token>');
      requireRole(caller, 'CAMPAIGN_MANAGER', 'SUPERVISOR', 'INTEGRATION');
      const { id } = request.params;
      const rows = await errorReport(imports, shape, caller, id);
      return reply
        .header('content-type', 'text/csv; charset=utf-8')
        .header('content-disposition', `attachment; filename="import-${id}-errors.csv"`)
        .send(rows);
    });
  };
  report('imports', services.imports, {
    columns: ['line', 'row', 'field', 'code', 'message'],
    cells: ({ line, rowNo, field, code, message }) => [line, rowNo, field, code, message],
    key: ({ rowNo }) => String(rowNo),
  });
  report('dnc-imports', services.dncImports, {
    columns: ['line', 'code', 'message'],
    cells: ({ line, code, message }) => [line, code, message],
    key: ({ line }) => String(line),
  });
};
