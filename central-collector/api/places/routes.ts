// Sites, cameras and boxes, and how the collector fares, below /api/v1.

import type { FastifyInstance } from 'fastify';
import type { Gate } from '../accounts/gate.ts';
import { ProblemError } from '../problem.ts';
import { addRoute } from '../route.ts';
import type {
  BoxAnswer,
  CameraAnswer,
  CentreAnswer,
  HealthAnswer,
  LedgerAnswer,
  Position,
  SiteAnswer,
  SiteBody,
} from '../schemas/places.ts';
import { PLACE_ROUTES } from './place-routes.ts';

export type PlacesSource = {
  centre(): CentreAnswer;
  sites(): readonly SiteAnswer[];
  site(site: string): SiteAnswer;
  /** In the order of their identifiers. */
  cameras(site?: string): readonly CameraAnswer[];
  camera(id: string): CameraAnswer | undefined;
  boxes(site?: string): readonly BoxAnswer[];
  /** GeoJSON, as bytes. */
  readonly map: Buffer;
  setSite(site: string, body: SiteBody): Promise<void>;
  setCamera(camera: string, position: Position | null): Promise<void>;
  ledger(): Promise<LedgerAnswer>;
  health(): HealthAnswer;
};

export function addPlaceRoutes(server: FastifyInstance, gate: Gate, source: PlacesSource): void {
  addRoute(server, gate, PLACE_ROUTES.centre, async () => source.centre());
  addRoute(server, gate, PLACE_ROUTES.sites, async () => ({ sites: [...source.sites()] }));
  addRoute(server, gate, PLACE_ROUTES.placeSite, async ({ params: { site }, body, request }) => {
    await gate.audit(request, { action: 'site-placed', target: site, detail: body });
    await source.setSite(site, body);
    return source.site(site);
  });
  addRoute(server, gate, PLACE_ROUTES.cameras, async ({ query: { site, ...page } }) => {
    const { items, next } = pageOf(source.cameras(site), ({ id }) => id, page);
    return { cameras: items, next };
  });
  addRoute(server, gate, PLACE_ROUTES.camera, async ({ params }) => known(idOf(params)));
  addRoute(server, gate, PLACE_ROUTES.placeCamera, async ({ params, body: { position }, request }) => {
    const id = idOf(params);
    await gate.audit(request, { action: 'camera-placed', target: id, detail: { position } });
    await source.setCamera(id, position);
    return { position };
  });
  addRoute(server, gate, PLACE_ROUTES.boxes, async ({ query: { site, ...page } }) => {
    const { items, next } = pageOf(source.boxes(site), (box) => `${box.site}/${box.agent}`, page);
    return { boxes: items, next };
  });
  addRoute(server, gate, PLACE_ROUTES.map, async ({ reply }) =>
    reply.type('application/geo+json').send(source.map),
  );
  addRoute(server, gate, PLACE_ROUTES.ledger, () => source.ledger());
  addRoute(server, gate, PLACE_ROUTES.health, async () => source.health());

  function known(id: string): CameraAnswer {
    const camera = source.camera(id);
    if (camera !== undefined) return camera;
    throw new ProblemError('not-found', `there is no camera ${id}; GET /api/v1/cameras lists all`);
  }
}

function idOf({ site, agent, camera }: { site: string; agent: string; camera: string }): string {
  return `${site}/${agent}/${camera}`;
}

/** Of a list in the order of its keys: those after the cursor, which is the last key of the page before. */
function pageOf<T>(
  all: readonly T[],
  keyOf: (item: T) => string,
  { limit, cursor }: { readonly limit: number; readonly cursor?: string | undefined },
): { items: T[]; next: string | null } {
  const rest = cursor === undefined ? all : all.filter((item) => keyOf(item) > cursor);
  const items = rest.slice(0, limit);
  const last = items.at(-1);
  return { items, next: rest.length > limit && last !== undefined ? keyOf(last) : null };
}
