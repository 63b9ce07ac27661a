// Where sites and cameras are and how they fare, below /api/v1.

import type { FastifyInstance } from 'fastify';
import type { Gate } from '../accounts/gate.ts';
import { addRoute, type RouteDescription } from '../route.ts';
import { type CentreAnswer, centreAnswer } from '../schemas/places.ts';

export type PlacesSource = {
  centre(): CentreAnswer;
};

export const PLACE_ROUTES = {
  centre: {
    method: 'GET',
    path: '/centre',
    // The page shows its name in its language before anybody signs in; there is nothing else in it.
    access: 'anyone',
    summary: 'Name, time zone and language of the centre',
    status: 200,
    answer: centreAnswer,
  },
} as const satisfies Record<string, RouteDescription>;

export function addPlaceRoutes(server: FastifyInstance, gate: Gate, source: PlacesSource): void {
  addRoute(server, gate, PLACE_ROUTES.centre, async () => source.centre());
}
