// The road users ngatu tells apart. Coarse on purpose: a camera cannot see axles, so finer classes would
// be invented.

import { z } from 'zod';

/**
 * Order is fixed: typed arrays hold an index into this list. `vehicle` is a motor vehicle whose class the
 * model cannot tell.
 */
export const ROAD_USERS = ['car', 'motorcycle', 'bus', 'truck', 'bicycle', 'person', 'vehicle'] as const;

export const roadUserSchema = z.enum(ROAD_USERS);

export type RoadUser = z.infer<typeof roadUserSchema>;

/** Four wheels or more: what detectors take for one another, unlike two-wheelers and persons. */
export function isMotorVehicle(roadUser: RoadUser): boolean {
  return roadUser !== 'person' && roadUser !== 'bicycle' && roadUser !== 'motorcycle';
}
