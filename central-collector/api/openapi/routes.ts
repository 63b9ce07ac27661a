// The OpenAPI document of all routes, and the page that shows it.

import type { FastifyInstance } from 'fastify';
import { ACCOUNT_ROUTES } from '../accounts/account-routes.ts';
import type { Gate } from '../accounts/gate.ts';
import { ASYNCAPI_ROUTES } from '../asyncapi/document.ts';
import { HISTORY_ROUTES } from '../history/history-routes.ts';
import { TYPICAL_DAY_ROUTE } from '../history/typical-day-route.ts';
import { INCIDENT_ROUTES } from '../incidents/incident-routes.ts';
import { PLACE_ROUTES } from '../places/place-routes.ts';
import { addRoute, type RouteDescription } from '../route.ts';
import { SETUP_ROUTES } from '../setup/setup-routes.ts';
import { SLIT_SCAN_ROUTES } from '../slit-scans/slit-scan-routes.ts';
import { STREAM_ROUTES } from '../stream/stream-routes.ts';
import { WEBHOOK_ROUTES } from '../stream/webhook-routes.ts';
import { openApiDocument, type RouteGroup } from './document.ts';

export const OPENAPI_ROUTES = {
  document: {
    method: 'GET',
    path: '/openapi.json',
    // Nothing in it is of this city, and whoever connects another system reads it before there is a token.
    access: 'anyone',
    summary: 'This document',
    status: 200,
    produces: ['application/json'],
    cache: 'private',
  },
} as const satisfies Record<string, RouteDescription>;

/** Every route below /api/v1. */
export const ROUTE_GROUPS: readonly RouteGroup[] = [
  { tag: 'places', description: 'Sites, cameras, boxes, and the collector itself', routes: PLACE_ROUTES },
  {
    tag: 'history',
    description: 'Measured traffic by interval; what was not observed is null',
    routes: byPath([...HISTORY_ROUTES, TYPICAL_DAY_ROUTE]),
  },
  {
    tag: 'incidents',
    description: 'Incidents, verdicts on them and their evidence',
    routes: INCIDENT_ROUTES,
  },
  { tag: 'stream', description: 'What happens now', routes: STREAM_ROUTES },
  { tag: 'webhooks', description: 'Events sent to other systems, signed', routes: WEBHOOK_ROUTES },
  { tag: 'set-up', description: 'Cameras as they are set up on their boxes', routes: SETUP_ROUTES },
  {
    tag: 'slit-scans',
    description: 'Counting lines over time as pictures, for checking counts by eye',
    routes: SLIT_SCAN_ROUTES,
  },
  { tag: 'accounts', description: 'Sessions, users, API tokens, the audit log', routes: ACCOUNT_ROUTES },
  {
    tag: 'documentation',
    description: 'What describes the rest',
    routes: { openapi: OPENAPI_ROUTES.document, asyncapi: ASYNCAPI_ROUTES.document },
  },
];

/** `version` of the product. */
export function addOpenApiRoutes(server: FastifyInstance, gate: Gate, version: string): void {
  // The same for as long as the process runs.
  const document = JSON.stringify(openApiDocument(ROUTE_GROUPS, version));
  addRoute(server, gate, OPENAPI_ROUTES.document, async ({ reply }) =>
    reply.type('application/json; charset=utf-8').send(document),
  );
}

/** `/turning-movements` → turning-movements */
function byPath(routes: readonly RouteDescription[]): Record<string, RouteDescription> {
  return Object.fromEntries(routes.map((route) => [route.path.slice(1), route]));
}
