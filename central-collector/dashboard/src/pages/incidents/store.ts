// The incidents that are going on, the same for all parts of the page: asked for once, then kept by the live stream.

import { computed, signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { IncidentAnswer, IncidentsAnswer } from '../../../../api/schemas/incidents.ts';
import { get } from '../../api/client.ts';
import { on, renewals } from '../../live/stream.ts';
import { newerOf } from './verdicts.ts';

type Incidents = ReadonlyMap<string, IncidentAnswer>;

/** All that this page has heard of lately, also those that are over: rows that are held still show them. */
export const latestIncidents = signal<Incidents>(new Map());
export const activeIncidents = computed<Incidents>(
  () => new Map([...latestIncidents.value].filter(([, { state }]) => state === 'active')),
);

/** `known`: there is an answer, so that an empty list means that nothing is going on. */
export const incidentsState = signal<{ readonly known: boolean; readonly problem: unknown }>({
  known: false,
  problem: undefined,
});

/** Before it may ring: what arrives late comes in a burst, and most of it is over again within the burst. */
export const quietUntilMs = new Map<string, number>();

const PAGE = 500;
const MOST_PAGES = 10;
/** Kept although they are over. */
const MOST_OVER = 300;
const LATE_SETTLES_MS = 5000;
const RETRY_MS = 3000;
/** A box that comes back tells of all its cameras, one after the other. */
const STANDING_SETTLES_MS = 500;

let holders = 0;
let release: (() => void) | undefined;
/** What the stream said while the list was on its way is newer than the list. */
let heard = new Set<string>();
let loading: AbortController | undefined;

/** Keeps the signals true while the component is shown. */
export function useActiveIncidents(): void {
  useEffect(() => {
    holders += 1;
    if (holders === 1) release = watch();
    return () => {
      holders -= 1;
      if (holders > 0) return;
      release?.();
      release = undefined;
    };
  }, []);
  const renewal = renewals.value;
  // Events were missed, so all is asked for anew.
  useEffect(() => {
    if (renewal > 0) void load();
  }, [renewal]);
}

/** What the centre has just answered on an incident. */
export function learn(incident: IncidentAnswer): void {
  heard.add(incident.id);
  put([incident], false);
}

export async function load(): Promise<void> {
  loading?.abort();
  const stop = new AbortController();
  loading = stop;
  heard = new Set();
  try {
    const found: IncidentAnswer[] = [];
    let cursor: string | undefined;
    for (let page = 0; page < MOST_PAGES; page++) {
      const answer = await get<IncidentsAnswer>(
        '/incidents',
        { state: 'active', limit: PAGE, cursor },
        stop.signal,
      );
      found.push(...answer.incidents);
      if (answer.next === null) break;
      cursor = answer.next;
    }
    put(
      found.filter(({ id }) => !heard.has(id)),
      true,
    );
    incidentsState.value = { known: true, problem: undefined };
  } catch (problem) {
    if (stop.signal.aborted) return;
    incidentsState.value = { ...incidentsState.peek(), problem };
    setTimeout(() => {
      if (holders > 0 && loading === stop) void load();
    }, RETRY_MS);
  }
}

function watch(): () => void {
  const ends = [
    on('incident', (event) => {
      const { incident } = event.data;
      if ('late' in event && !latestIncidents.peek().has(incident.id))
        quietUntilMs.set(incident.id, Date.now() + LATE_SETTLES_MS);
      heard.add(incident.id);
      put([incident], false);
    }),
    on('verdict', ({ data }) => learn(data.incident)),
    // Whether a box stands by what it told has changed with it.
    on('box', ({ data: { site, agent } }) => reconsider(`${site}/${agent}/`)),
    on('camera', ({ data: { id } }) => reconsider(id)),
  ];
  void load();
  return () => {
    loading?.abort();
    clearTimeout(reconsidering);
    for (const end of ends) end();
    latestIncidents.value = new Map();
    incidentsState.value = { known: false, problem: undefined };
    quietUntilMs.clear();
  };
}

let reconsidering: ReturnType<typeof setTimeout> | undefined;

function reconsider(place: string): void {
  const concerned = [...activeIncidents.peek().values()].some(({ camera }) => `${camera}/`.startsWith(place));
  if (!concerned) return;
  clearTimeout(reconsidering);
  reconsidering = setTimeout(() => void load(), STANDING_SETTLES_MS);
}

/** `whole`: they are all that are active; what is not among them, nor was heard of meanwhile, is over. */
function put(incidents: readonly IncidentAnswer[], whole: boolean): void {
  const before = latestIncidents.peek();
  const next = new Map<string, IncidentAnswer>();
  if (whole) {
    for (const [id, one] of before) if (heard.has(id) || one.state !== 'active') next.set(id, one);
  } else for (const [id, one] of before) next.set(id, one);
  for (const one of incidents) {
    const known = before.get(one.id);
    next.set(one.id, known === undefined ? one : newerOf(known, one));
  }
  let over = [...next.values()].filter(({ state }) => state !== 'active').length - MOST_OVER;
  for (const [id, { state }] of next) {
    if (over <= 0) break;
    if (state === 'active') continue;
    next.delete(id);
    quietUntilMs.delete(id);
    over -= 1;
  }
  latestIncidents.value = next;
}
