// From a frame's detections and tracks to everybody in it, in the coordinates of the camera's file.

import { ROAD_USERS } from '../../contract/index.ts';
import type { Detections } from '../detector/detections.ts';
import type { TrackedFrame } from '../tracker/track.ts';
import type { SeenFrame } from './recorder.ts';

/**
 * Unsure detections count too, and tracks that are not seen at the moment: hiding a plate too many does no harm.
 * @param picture size that the camera's file speaks of
 */
export function seenIn(
  { detections, tracked }: { readonly detections: Detections; readonly tracked: TrackedFrame },
  picture: { readonly width: number; readonly height: number },
): SeenFrame {
  const { frame, count, boxes, roadUsers } = detections;
  const scaleX = picture.width / frame.geometry.sourceWidth;
  const scaleY = picture.height / frame.geometry.sourceHeight;
  const scaled = (x1: number, y1: number, x2: number, y2: number) =>
    [x1 * scaleX, y1 * scaleY, x2 * scaleX, y2 * scaleY] as const;
  const detected = Array.from({ length: count }, (_, i) => {
    const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = boxes.subarray(i * 4, i * 4 + 4);
    return { roadUser: ROAD_USERS[roadUsers[i] ?? 0] ?? 'vehicle', box: scaled(x1, y1, x2, y2) };
  });
  const followed = tracked.tracks.map(({ id, roadUser, box }) => ({ id, roadUser, box: scaled(...box) }));
  return { frame: tracked.frame, roadUsers: [...followed, ...detected] };
}
