// What a card asks of the source: the picture's size, plane order and fit.

import { ROAD_USERS, type RoadUser } from '../../contract/index.ts';
import { labelsOf, type ModelCard } from '../../models/card.ts';
import type { FrameShape } from '../source/frame.ts';

/** The frame a model wants to see, from its card. */
export function frameShapeOf(card: Pick<ModelCard, 'input'>): FrameShape {
  const { width, height, colourOrder, fit, padValue } = card.input;
  return { width, height, colourOrder, fit, padValue };
}

/** The road users that a model can tell, in the order of ROAD_USERS: a flow counts these, zeros included. */
export function roadUsersOf(card: Pick<ModelCard, 'labels'>): readonly RoadUser[] {
  const told = new Set(labelsOf(card));
  return ROAD_USERS.filter((roadUser) => told.has(roadUser));
}
