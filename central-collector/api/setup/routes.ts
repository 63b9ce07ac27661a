// Registers the routes of a camera's set-up.

import type { FastifyInstance } from 'fastify';
import type { Gate } from '../accounts/gate.ts';
import { asProblem } from '../incidents/incidents-source.ts';
import { type Asked, addRoute } from '../route.ts';
import { SETUP_ROUTES } from './setup-routes.ts';
import type { AuditChange, SetupSource } from './setup-source.ts';

export function addSetupRoutes(server: FastifyInstance, gate: Gate, source: SetupSource): void {
  addRoute(server, gate, SETUP_ROUTES.still, async ({ params, reply }) => {
    const { jpeg, sha256, atMs } = await asProblem(source.still(params));
    return reply
      .type('image/jpeg')
      .header('etag', `"${sha256}"`)
      .header('last-modified', new Date(atMs).toUTCString())
      .send(jpeg);
  });
  addRoute(server, gate, SETUP_ROUTES.configuration, ({ params }) => asProblem(source.configuration(params)));
  addRoute(server, gate, SETUP_ROUTES.check, async ({ body }) => ({
    problems: [...source.check(body.yaml)],
  }));
  addRoute(server, gate, SETUP_ROUTES.save, async ({ params, body, principal, request }) => {
    const { yaml, baseRevision, note } = body;
    const audit = auditOf(gate, request, 'camera-configured', params, note);
    const by = principal?.user ?? '';
    return { version: await asProblem(source.save(params, { yaml, baseRevision, note, by, audit })) };
  });
  addRoute(
    server,
    gate,
    SETUP_ROUTES.rollBack,
    async ({ params, body: { revision }, principal, request }) => {
      const audit = auditOf(gate, request, 'camera-rolled-back', params, `to version ${revision}`);
      const by = principal?.user ?? '';
      return { version: await asProblem(source.rollBack(params, { revision, by, audit })) };
    },
  );
  addRoute(server, gate, SETUP_ROUTES.versions, async ({ params }) => ({
    versions: await asProblem(source.versions(params)),
  }));
  addRoute(server, gate, SETUP_ROUTES.version, ({ params: { revision, ...camera } }) =>
    asProblem(source.version(camera, revision)),
  );
  addRoute(server, gate, SETUP_ROUTES.trajectories, ({ params, query }) =>
    asProblem(source.trajectories(params, query.minutes)),
  );
}

/** The text itself is in the version that its hash names. */
function auditOf(
  gate: Gate,
  request: Asked<typeof SETUP_ROUTES.save>['request'],
  action: string,
  { site, agent, camera }: { readonly site: string; readonly agent: string; readonly camera: string },
  note: string | undefined,
): AuditChange {
  const target = `${site}/${agent}/${camera}`;
  return (facts) =>
    gate.audit(request, { action, target, detail: { ...facts, ...(note !== undefined && { note }) } });
}
