// The GeoJSON under the overview map, as somebody prepared it for this city.

import { readFile } from 'node:fs/promises';
import { z } from 'zod';

/** `centre.map` names no map that can be used. */
export class MapFileError extends Error {
  override readonly name = 'MapFileError';
  readonly retryable = false;
  /** What the command ends with: bad configuration. */
  readonly exitCode = 2;
}

const EMPTY = { type: 'FeatureCollection', features: [] };

/** A browser draws it on each screen: roads and areas of a city, not every house. */
const MAX_BYTES = 8 * 1024 * 1024;

const mapSchema = z.object({
  type: z.literal('FeatureCollection'),
  features: z.array(
    z.object({ type: z.literal('Feature'), geometry: z.object({ type: z.string() }).nullable() }),
  ),
});

/** Its bytes; an empty map without a path. Throws MapFileError. */
export async function readMap(path: string | undefined): Promise<Buffer> {
  if (path === undefined) return Buffer.from(JSON.stringify(EMPTY));
  try {
    const bytes = await readFile(path);
    if (bytes.length > MAX_BYTES)
      throw new Error(`it has ${bytes.length} bytes, expected at most ${MAX_BYTES}`);
    mapSchema.parse(JSON.parse(bytes.toString('utf8')));
    return bytes;
  } catch (cause) {
    const why = cause instanceof z.ZodError ? z.prettifyError(cause) : (cause as Error).message;
    throw new MapFileError(
      `centre.map: ${path} cannot be used: ${why}; expected a GeoJSON FeatureCollection of some megabytes at most`,
      { cause },
    );
  }
}
