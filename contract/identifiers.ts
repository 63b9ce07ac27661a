// The small words every message is made of: names, times and the version of the contract.

import { z } from 'zod';

/** Major version of every message. A reader quarantines a newer one and accepts all older ones. */
export const CONTRACT_VERSION = 1;

/** `v` of a message that this build understands. */
export const versionSchema = z.literal(CONTRACT_VERSION);

/** What a name is made of: see `slugSchema`. */
export const SLUG = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** Name of a site, agent, camera, line, zone, lane or direction: part of topics, tags and file names. */
export const slugSchema = z
  .string()
  .regex(SLUG, 'expected a slug: 1 to 63 of a-z, 0-9 and "-", neither first nor last a "-"');

/** The first moment of the year 2200. */
export const MAX_EPOCH_MS = 7_258_118_400_000;

/** Milliseconds since 1970-01-01T00:00:00Z, whole; up to the year 2200, so that seconds or nanoseconds are noticed. */
export const epochMsSchema = z.int().min(0).max(MAX_EPOCH_MS);

/** A length of time in whole milliseconds. */
export const durationMsSchema = z.int().min(0);

/** How many of something. */
export const countSchema = z.int().min(0);

/** A share, probability or score between 0 and 1. */
export const shareSchema = z.number().min(0).max(1);

/** Box in pixels of the camera's own picture, `[x1, y1, x2, y2]`, origin top left, x2 > x1, y2 > y1. */
export const boxSchema = z
  .tuple([z.number(), z.number(), z.number(), z.number()])
  .refine(([x1, y1, x2, y2]) => x2 > x1 && y2 > y1, 'expected [x1, y1, x2, y2] with x2 > x1 and y2 > y1');
