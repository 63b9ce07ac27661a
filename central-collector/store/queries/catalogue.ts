// Which cameras there ever were in the history, with their lines, directions, lanes and zones, and when each was last
// heard of.

import type { Series } from '../database.ts';
import { influxql } from './influxql.ts';
import type { CameraAddress, HistoryDatabase } from './reader.ts';

export type Stream = {
  readonly line: string;
  readonly direction: string;
  readonly lane: string | undefined;
  readonly lastAtMs: number;
};

export type KnownCamera = CameraAddress & {
  readonly streams: readonly Stream[];
  readonly zones: readonly { readonly zone: string; readonly lastAtMs: number }[];
};

/** What a camera has had in the last 30 days. */
export type CameraLines = CameraAddress & {
  readonly lines: readonly { readonly line: string; readonly directions: readonly string[] }[];
  readonly zones: readonly string[];
  readonly lastAtMs: number;
};

const LINES_OF_MS = 30 * 86_400_000;
/** It takes InfluxDB about a second for 1,000 cameras; asked again after so many times as long, and no sooner than this. */
const REST = 20;
const KNOWN_FOR_MS = 60_000;
const CAMERA_TAGS = ['site', 'agent', 'camera'];

export type CatalogueOptions = {
  readonly database: HistoryDatabase;
  /** `h1`, or `raw` where there are no roll-ups. */
  readonly policy: () => Promise<'h1' | 'raw'>;
  readonly now: () => number;
};

export class Catalogue {
  readonly #options: CatalogueOptions;
  #known: { cameras: Promise<readonly KnownCamera[]>; untilMs: number } | undefined;

  constructor(options: CatalogueOptions) {
    this.#options = options;
  }

  /** Sorted by name. Throws StoreError. */
  async cameras(): Promise<readonly KnownCamera[]> {
    const startedAtMs = this.#options.now();
    if (this.#known !== undefined && startedAtMs < this.#known.untilMs) return this.#known.cameras;
    const cameras = this.#ask();
    const known = { cameras, untilMs: Number.POSITIVE_INFINITY };
    this.#known = known;
    try {
      await cameras;
      const endMs = this.#options.now();
      known.untilMs = endMs + Math.max(KNOWN_FOR_MS, REST * (endMs - startedAtMs));
    } catch (error) {
      this.#known = undefined;
      throw error;
    }
    return cameras;
  }

  async lines(): Promise<CameraLines[]> {
    const sinceMs = this.#options.now() - LINES_OF_MS;
    return (await this.cameras()).flatMap(({ streams, zones, ...camera }) => {
      const recent = streams.filter(({ lastAtMs }) => lastAtMs >= sinceMs);
      const recentZones = zones.filter(({ lastAtMs }) => lastAtMs >= sinceMs);
      if (recent.length === 0 && recentZones.length === 0) return [];
      const lines = new Map<string, Set<string>>();
      for (const { line, direction } of recent) {
        lines.set(line, (lines.get(line) ?? new Set()).add(direction));
      }
      return {
        ...camera,
        lines: [...lines].map(([line, directions]) => ({ line, directions: [...directions] })),
        zones: recentZones.map(({ zone }) => zone),
        lastAtMs: Math.max(...[...recent, ...recentZones].map(({ lastAtMs }) => lastAtMs)),
      };
    });
  }

  async #ask(): Promise<readonly KnownCamera[]> {
    const policy = await this.#options.policy();
    const last = (measurement: string, field: string, tags: readonly string[]) =>
      this.#options.database.series(
        influxql({
          select: [{ of: 'last', field, as: 'last' }],
          from: { policy, measurement },
          groupBy: { tags: [...CAMERA_TAGS, ...tags] },
        }),
      );
    const cameras = new Map<
      string,
      CameraAddress & { streams: Stream[]; zones: KnownCamera['zones'][number][] }
    >();
    const cameraOf = ({ site = '', agent = '', camera = '' }: NonNullable<Series['tags']>) => {
      const id = `${site}/${agent}/${camera}`;
      const known = cameras.get(id) ?? { site, agent, camera, streams: [], zones: [] };
      cameras.set(id, known);
      return known;
    };
    for (const { tags = {}, values } of await last('flow', 'n', ['line', 'direction', 'lane'])) {
      const { line = '', direction = '', lane } = tags;
      const lastAtMs = Number(values?.[0]?.[0]);
      cameraOf(tags).streams.push({ line, direction, lane: lane || undefined, lastAtMs });
    }
    for (const { tags = {}, values } of await last('zone', 'observed_ms', ['zone_id'])) {
      cameraOf(tags).zones.push({ zone: tags.zone_id ?? '', lastAtMs: Number(values?.[0]?.[0]) });
    }
    return [...cameras].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, camera]) => camera);
  }
}
