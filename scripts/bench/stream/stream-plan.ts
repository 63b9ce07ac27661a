// Who listens to the stream in a measurement, and to what.

export type Encoding = 'sse' | 'websocket';

export type ClientPlan = {
  readonly encoding: Encoding;
  /** Query of the stream, without the question mark. */
  readonly query: string;
  readonly token: string;
  /** Cameras whose passages it gets; `all`; or none. */
  readonly passages: 'all' | readonly string[];
  /** Stops reading after its first bytes. */
  readonly slow: boolean;
};

export type City = { readonly agents: number; readonly cameras: number };

export const SITE = 'hai-phong';

/** Of one session or token at most, by the centre's default. */
const CLIENTS_PER_TOKEN = 50;

export function tokensFor(clients: number): number {
  return Math.ceil(clients / CLIENTS_PER_TOKEN) + 1;
}

export function agentOf(index: number): string {
  return `box-${String(index + 1).padStart(4, '0')}`;
}

export function cameraIds({ agents, cameras }: City): string[] {
  return Array.from({ length: agents * cameras }, (_, at) => {
    return `${SITE}/${agentOf(Math.floor(at / cameras))}/cam-${(at % cameras) + 1}`;
  });
}

/**
 * Of 500: 300 people who look at one camera, 100 who look at the four of a crossroads, 60 desks that want incidents only,
 * 30 overviews with the tiles of all cameras, 10 systems that take everything. Half of each by WebSocket.
 */
export function realisticMix(clients: number, city: City, tokens: readonly string[]): ClientPlan[] {
  const all = cameraIds(city);
  return Array.from({ length: clients }, (_, at) => {
    const share = at % 50;
    const camera = all[(at * 7) % all.length] as string;
    const box = camera.slice(0, camera.lastIndexOf('/') + 1);
    const four = all.filter((each) => each.startsWith(box));
    const common = { encoding: encodingOf(at), token: tokenOf(at, tokens), slow: false };
    if (share < 30)
      return { ...common, query: `type=passage,tile,camera&camera=${camera}`, passages: [camera] };
    if (share < 40) return { ...common, query: `type=passage,tile&camera=${four.join(',')}`, passages: four };
    if (share < 46) return { ...common, query: 'type=incident,verdict', passages: [] };
    if (share < 49) return { ...common, query: '', passages: [] };
    return { ...common, query: EVERYTHING, passages: 'all' as const };
  });
}

/** Everybody takes every event that has an id. */
export function everythingMix(clients: number, tokens: readonly string[]): ClientPlan[] {
  return Array.from({ length: clients }, (_, at) => ({
    ...{ encoding: encodingOf(at), token: tokenOf(at, tokens), slow: false },
    ...{ query: EVERYTHING, passages: 'all' as const },
  }));
}

export function slowClients(count: number, token: string): ClientPlan[] {
  return Array.from({ length: count }, (_, at) => ({
    ...{ encoding: encodingOf(at), token, slow: true, query: EVERYTHING, passages: 'all' as const },
  }));
}

const EVERYTHING = 'type=passage,journey,flow,zone,incident,verdict,box,camera';

function encodingOf(at: number): Encoding {
  return Math.floor(at / 50) % 2 === 0
    ? at % 2 === 0
      ? 'sse'
      : 'websocket'
    : at % 2 === 0
      ? 'websocket'
      : 'sse';
}

function tokenOf(at: number, tokens: readonly string[]): string {
  return tokens[Math.floor(at / CLIENTS_PER_TOKEN)] as string;
}
