// How fast each camera is being analysed right now, from the agent's own metrics page: health reports over MQTT come
// only every few seconds.

export type CameraSpeed = {
  readonly framesAnalysed: number;
  readonly framesDropped: number;
  /** Undefined until two readings lie far enough apart. */
  readonly fps?: number;
};

export type Meter = {
  /** By camera; what was known before when the agent does not answer. */
  readonly speeds: ReadonlyMap<string, CameraSpeed>;
  read(): Promise<void>;
};

/** Length of the window that the rate is taken over. */
const WINDOW_MS = 3000;
const MIN_WINDOW_MS = 900;
const TIMEOUT_MS = 1000;

type Reading = { readonly atMs: number; readonly analysed: number };

/** @param now in ms, steady */
export function createMeter(agentUrl: string, now = () => performance.now(), request = fetch): Meter {
  const speeds = new Map<string, CameraSpeed>();
  const readings = new Map<string, Reading[]>();
  return {
    speeds,
    read: async () => {
      const text = await metricsPage(agentUrl, request);
      const dropped = valuesByCamera(text, 'ngatu_frames_dropped_total');
      for (const [camera, analysed] of valuesByCamera(text, 'ngatu_frames_analysed_total')) {
        const latest = { atMs: now(), analysed };
        const window = [...(readings.get(camera) ?? []), latest].filter(
          ({ atMs }) => latest.atMs - atMs <= WINDOW_MS,
        );
        readings.set(camera, window);
        const fps = rate(window[0] ?? latest, latest);
        speeds.set(camera, {
          framesAnalysed: analysed,
          framesDropped: dropped.get(camera) ?? 0,
          ...(fps !== undefined && { fps }),
        });
      }
    },
  };
}

/** Empty while the agent starts or when it has ended: then there is nothing new to show. */
async function metricsPage(agentUrl: string, request: typeof fetch): Promise<string> {
  try {
    const response = await request(`${agentUrl}/metrics`, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    return response.ok ? await response.text() : '';
  } catch {
    return '';
  }
}

/** Lines of Prometheus' text format, `name{camera="nga-tu-1"} 42`. */
function valuesByCamera(text: string, name: string): Map<string, number> {
  const lines = text.matchAll(new RegExp(`^${name}\\{[^}]*camera="([^"]+)"[^}]*\\} (\\S+)`, 'gm'));
  return new Map(Array.from(lines, ([, camera = '', value]) => [camera, Number(value)]));
}

function rate(first: Reading, last: Reading): number | undefined {
  const elapsedMs = last.atMs - first.atMs;
  return elapsedMs < MIN_WINDOW_MS ? undefined : ((last.analysed - first.analysed) * 1000) / elapsedMs;
}
