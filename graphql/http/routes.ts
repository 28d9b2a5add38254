import type { FastifyInstance } from 'fastify';
import type { Container } from '../../src/container';
import { contactRoutes } from '../contacts/routes';
import { evidenceRoutes } from '../reporting/evidence-routes';
import { reportRoutes } from '../reporting/report-routes';
import type { Services } from '../services';

/** Routes beside GraphQL (uploads, downloads): each context adds its own by one line. */
export type Routes = (app: FastifyInstance, container: Container, services: Services) => void;

export const ROUTES: readonly Routes[] = [contactRoutes, reportRoutes, evidenceRoutes];
