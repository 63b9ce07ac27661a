// The sites, cameras and boxes of the city: what is live, what only the database still knows, and where people placed
// it, as one.

import type { BoxAnswer, CameraAnswer, SiteAnswer } from './api/schemas/places.ts';
import type { PlaceBook } from './place-book.ts';
import type { KnownCamera } from './store/known-cameras.ts';

type Severity = NonNullable<SiteAnswer['worstSeverity']>;

type Address = { readonly site: string; readonly agent: string; readonly camera: string };

export type KnownLines = Address & {
  readonly lines: readonly { readonly line: string; readonly directions: readonly string[] }[];
  readonly zones: readonly string[];
};

export type CityOptions = {
  readonly book: PlaceBook;
  /** What boxes have said since the centre started, and what was kept of the time before. */
  readonly live: { cameras(): readonly CameraAnswer[]; boxes(): readonly BoxAnswer[] };
  readonly activeOfSite: (site: string) => { readonly count: number; readonly worst: Severity | null };
};

/** Of a box that nobody has heard of since. */
const SILENT: Omit<BoxAnswer, 'site' | 'agent'> = {
  ...{ state: 'unknown', reason: null, since: null, version: null, problem: null },
  ...{ startedAt: null, health: null, batchesMissing: 0, lastBatchAt: null },
};

export class City {
  readonly #options: CityOptions;
  #known: readonly KnownCamera[] = [];
  #lines: ReadonlyMap<string, KnownLines> = new Map();

  constructor(options: CityOptions) {
    this.#options = options;
  }

  /** Which cameras the database has heard of. */
  learn(known: readonly KnownCamera[]): void {
    this.#known = known;
  }

  /** Which lines and zones of cameras it has counts of. */
  learnLines(lines: readonly KnownLines[]): void {
    this.#lines = new Map(lines.map((each) => [idOf(each), each]));
  }

  /** In the order of their identifiers. */
  cameras(site?: string): CameraAnswer[] {
    const { live, book } = this.#options;
    const cameras = live.cameras();
    const ids = new Set(cameras.map(({ id }) => id));
    return [...cameras, ...this.#silent().filter(({ id }) => !ids.has(id))]
      .filter((camera) => site === undefined || camera.site === site)
      .map((camera) => this.#completed(camera, book.position(camera.id) ?? null))
      .sort((a, b) => compare(a.id, b.id));
  }

  /** A camera that has not counted since the start of the centre has the lines that it had before. */
  #completed(camera: CameraAnswer, position: CameraAnswer['position']): CameraAnswer {
    const { lines = [], zones = [] } = this.#lines.get(camera.id) ?? {};
    return {
      ...camera,
      position,
      lines:
        camera.lines.length > 0
          ? camera.lines
          : lines.map((line) => ({ ...line, directions: [...line.directions] })),
      zones: camera.zones.length > 0 ? camera.zones : [...zones],
    };
  }

  camera(id: string): CameraAnswer | undefined {
    return this.cameras().find((camera) => camera.id === id);
  }

  /** In the order of site and agent. */
  boxes(site?: string): BoxAnswer[] {
    const boxes = [...this.#options.live.boxes()];
    const names = new Set(boxes.map(nameOf));
    for (const camera of this.#known) {
      if (names.has(nameOf(camera))) continue;
      names.add(nameOf(camera));
      boxes.push({ site: camera.site, agent: camera.agent, ...SILENT });
    }
    return boxes
      .filter((box) => site === undefined || box.site === site)
      .sort((a, b) => compare(nameOf(a), nameOf(b)));
  }

  sites(): SiteAnswer[] {
    const bySite = new Map<string, CameraAnswer[]>(this.#options.book.sites.map((site) => [site, []]));
    for (const { site } of this.boxes()) bySite.set(site, bySite.get(site) ?? []);
    for (const camera of this.cameras()) {
      const cameras = bySite.get(camera.site);
      if (cameras) cameras.push(camera);
      else bySite.set(camera.site, [camera]);
    }
    return [...bySite]
      .map(([site, cameras]) => this.#siteAnswer(site, cameras))
      .sort((a, b) => compare(a.site, b.site));
  }

  site(site: string): SiteAnswer {
    return this.#siteAnswer(site, this.cameras(site));
  }

  #siteAnswer(site: string, cameras: readonly CameraAnswer[]): SiteAnswer {
    const { name = site, position = null } = this.#options.book.site(site) ?? {};
    const { count, worst } = this.#options.activeOfSite(site);
    const inState = (...states: CameraAnswer['state'][]) =>
      cameras.filter(({ state }) => states.includes(state)).length;
    return {
      ...{ site, name, position },
      cameras: {
        total: cameras.length,
        live: inState('live'),
        fault: inState('fault'),
        offline: inState('offline', 'unknown'),
      },
      activeIncidents: count,
      worstSeverity: worst,
    };
  }

  /** Cameras of boxes that are not there: an online box says itself which cameras it has. */
  #silent(): CameraAnswer[] {
    const heard = new Set(
      this.#options.live
        .boxes()
        .filter(({ state }) => state !== 'unknown')
        .map(nameOf),
    );
    return this.#known.filter((camera) => !heard.has(nameOf(camera))).map(silentCamera);
  }
}

function silentCamera({ site, agent, camera, name, picture, toldAtMs }: KnownCamera): CameraAnswer {
  return {
    id: `${site}/${agent}/${camera}`,
    ...{ site, agent, camera },
    name: name ?? null,
    state: 'unknown',
    since: new Date(toldAtMs).toISOString(),
    ...{ fault: null, detail: null, coverage: null, lastEventAt: null, position: null },
    picture: picture ?? null,
    ...{ lines: [], zones: [] },
  };
}

function idOf({ site, agent, camera }: Address): string {
  return `${site}/${agent}/${camera}`;
}

function nameOf({ site, agent }: { readonly site: string; readonly agent: string }): string {
  return `${site}/${agent}`;
}

/** By code, so that the place in a list does not depend on the machine's language. */
function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
