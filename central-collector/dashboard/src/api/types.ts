// Names for parts of the API's answers that pages speak of. Types only: no code of the server comes into the page.

import type { Every } from '../../../api/schemas/common.ts';
import type { IncidentAnswer } from '../../../api/schemas/incidents.ts';
import type { CameraAnswer, SiteAnswer, Tile } from '../../../api/schemas/places.ts';

export type { Every };
export type TileFlow = NonNullable<Tile['flows']>[number];
export type RoadUser = keyof TileFlow['counts'];
export type LevelOfService = NonNullable<TileFlow['levelOfService']>;
export type CameraState = CameraAnswer['state'];
export type Position = NonNullable<SiteAnswer['position']>;
export type Severity = IncidentAnswer['severity'];
export type IncidentKind = IncidentAnswer['kind'];

/** Orders of display; the type makes a forgotten one an error. */
export const ROAD_USERS = Object.keys({
  motorcycle: 0,
  car: 0,
  bus: 0,
  truck: 0,
  vehicle: 0,
  bicycle: 0,
  person: 0,
} satisfies Record<RoadUser, 0>) as RoadUser[];

/** From the least to the worst. */
export const SEVERITIES = Object.keys({
  informational: 0,
  low: 0,
  medium: 0,
  high: 0,
  critical: 0,
} satisfies Record<Severity, 0>) as Severity[];

export const LEVELS_OF_SERVICE = ['A', 'B', 'C', 'D', 'E', 'F'] as const satisfies LevelOfService[];
