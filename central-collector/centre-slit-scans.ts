// From the slit scans of boxes and the passages in the database to what the routes answer: each passage that the city counts
// with its place in the picture, and what the box has counted that did not arrive yet.

import type { SlitScanMark } from '../contract/index.ts';
import type { SlitScanPassage } from './api/schemas/slit-scan.ts';
import type { SlitScanSource } from './api/slit-scans/slit-scan-source.ts';
import type { SlitScans } from './commands/slit-scans.ts';
import { localIso } from './local-time.ts';
import type { Row } from './store/database.ts';
import { readPassages, type StoredPassage } from './store/queries/passages.ts';

export type CentreSlitScanOptions = {
  readonly slitScans: Pick<SlitScans, 'read' | 'picture'>;
  readonly query: (influxql: string) => Promise<readonly Row[]>;
  readonly timeZone: string;
};

export type JoinedPassage = StoredPassage & {
  readonly along: number | null;
  readonly stored: boolean | null;
};

/** Ids of tracks begin again with the agent: the same id at another time is somebody else. */
const SAME_MOMENT_MS = 1000;

export function slitScanSource({ slitScans, query, timeZone }: CentreSlitScanOptions): SlitScanSource {
  const iso = (atMs: number) => localIso(atMs, timeZone);
  return {
    timeZone,
    read: async (line, fromMs, toMs) => {
      const passages = readPassages(query, { ...line, fromMs, toMs }).catch((error: Error) => error);
      const { pieces, oldestMs, newestMs, columns, directions, lanes } = await slitScans.read(
        line,
        fromMs,
        toMs,
      );
      const marks = pieces
        .flatMap((piece) => piece.marks)
        .filter(({ atMs }) => atMs >= fromMs && atMs < toMs);
      const found = await passages;
      const joined = join(found instanceof Error ? null : found, marks);
      return {
        camera: `${line.site}/${line.agent}/${line.camera}`,
        line: line.line,
        ...{ from: iso(fromMs), to: iso(toMs), columns, directions },
        lanes: lanes.map(({ direction = null, ...lane }) => ({ ...lane, direction })),
        pieces: pieces.map(({ fromMs: first, toMs: last, width, height, frames, sha256 }) => ({
          ...{ from: iso(first), to: iso(last), width, height, frames, sha256 },
        })),
        passages: joined.map(({ atMs, ...passage }): SlitScanPassage => ({ at: iso(atMs), ...passage })),
        held: oldestMs === null || newestMs === null ? null : { from: iso(oldestMs), to: iso(newestMs) },
        problem: found instanceof Error ? `what is stored is not known: ${found.message}` : null,
      };
    },
    picture: (line, piece) => slitScans.picture(line, piece),
  };
}

/**
 * Oldest first. A mark belongs to the stored passage of the same track and direction that is nearest in time.
 * @param stored null when the database could not be asked
 */
export function join(
  stored: readonly StoredPassage[] | null,
  marks: readonly SlitScanMark[],
): JoinedPassage[] {
  const byTrack = new Map<string, SlitScanMark[]>();
  for (const mark of marks) {
    const key = `${mark.track} ${mark.direction}`;
    const others = byTrack.get(key);
    if (others === undefined) byTrack.set(key, [mark]);
    else others.push(mark);
  }
  const joined = (stored ?? []).map((passage): JoinedPassage => {
    const candidates = byTrack.get(`${passage.track} ${passage.direction}`) ?? [];
    const mark = takeNearest(candidates, passage.atMs);
    return { ...passage, along: mark?.along ?? null, stored: true };
  });
  const left = [...byTrack.values()].flat().map(
    ({ lane = null, ...mark }): JoinedPassage => ({
      ...mark,
      lane,
      speedKmh: null,
      stored: stored === null ? null : false,
    }),
  );
  return [...joined, ...left].sort((a, b) => a.atMs - b.atMs || a.track - b.track);
}

/** Takes it out of the list: it belongs to one passage. */
function takeNearest(marks: SlitScanMark[], atMs: number): SlitScanMark | undefined {
  let nearest = -1;
  for (const [index, mark] of marks.entries()) {
    const distance = Math.abs(mark.atMs - atMs);
    const least = marks[nearest];
    if (distance <= SAME_MOMENT_MS && (least === undefined || distance < Math.abs(least.atMs - atMs)))
      nearest = index;
  }
  return nearest === -1 ? undefined : marks.splice(nearest, 1)[0];
}
