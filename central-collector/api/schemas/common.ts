// The words that all answers of the API share: moments, names of cameras, intervals. Answers and requests are described
// here and nowhere else: routes check with them, the OpenAPI document is made from them, the dashboard takes their types.

import { z } from 'zod';
import { isTimeZone, ROAD_USERS, roadUserSchema, SLUG, slugSchema } from '../../../contract/index.ts';

/** `2026-11-22T07:00:00.000+07:00`: a moment with its offset. Answers give it in the time zone of the request. */
export const timeSchema = z.iso.datetime({ offset: true });

/** A moment with its offset, or a local date `2026-11-22` that stands for its first moment in the time zone asked for. */
export const momentSchema = z.union([timeSchema, z.iso.date()], {
  error: 'expected a moment with its offset, 2026-11-22T07:00:00+07:00, or a local date, 2026-11-22',
});

/** A camera of the city: `site/agent/camera`. Names of cameras are unique within a box only. */
export const cameraIdSchema = z.string().refine((text) => {
  const parts = text.split('/');
  return parts.length === 3 && parts.every((part) => SLUG.test(part));
}, 'expected site/agent/camera, such as hai-phong/box-017/nga-tu-1');

export const cameraParams = z.strictObject({ site: slugSchema, agent: slugSchema, camera: slugSchema });

/** IANA name of a time zone that this machine knows. */
export const timeZoneSchema = z.string().refine(isTimeZone, {
  error: 'expected the name of a time zone, such as Asia/Ho_Chi_Minh or UTC',
});

/** Lengths of intervals; days, weeks (from Monday) and months are those of the time zone. */
export const EVERY = ['1m', '5m', '15m', '1h', '1d', '1w', '1M'] as const;
export type Every = (typeof EVERY)[number];

/** A parameter that may be given several times, or once with commas. */
export function listOf<T extends z.ZodType>(item: T, most: number) {
  return z.preprocess(
    (value) =>
      value === undefined
        ? undefined
        : [value].flat().flatMap((one) => (typeof one === 'string' ? one.split(',') : [one])),
    z.array(item).min(1).max(most),
  );
}

export const roadUsersParameter = listOf(roadUserSchema, ROAD_USERS.length);

/** Counts by class; a class that the model cannot tell is left out. */
export const classCountsSchema = z.partialRecord(roadUserSchema, z.int().min(0));
