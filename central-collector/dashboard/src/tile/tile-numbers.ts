// What a tile says, computed from what the centre sent. Pure.

import type { Tile } from '../../../api/schemas/places.ts';
import {
  LEVELS_OF_SERVICE,
  type LevelOfService,
  ROAD_USERS,
  type RoadUser,
  type TileFlow,
} from '../api/types.ts';
import type { Tone } from '../parts/badge.tsx';

/**
 * Intervals are a minute by default and come some seconds after their end; without traffic nothing else tells that a
 * camera watches. After two and a half minutes something is wrong.
 */
export const FRESH_FOR_MS = 150_000;

/** How far the numbers of a tile can be taken for the present. */
export type Trust =
  | { readonly kind: 'live' }
  /** They were true so long ago. */
  | { readonly kind: 'old'; readonly ageMs: number }
  | { readonly kind: 'nothing' };

export function trustOf(tile: Tile, nowMs: number): Trust {
  if (tile.freshUntil === null) return { kind: 'nothing' };
  const ageMs = Math.max(0, nowMs - Date.parse(tile.freshUntil));
  const watched = tile.state === 'live' || tile.state === 'starting' || tile.state === 'fault';
  return watched && ageMs <= FRESH_FOR_MS ? { kind: 'live' } : { kind: 'old', ageMs };
}

export const STATE_TONES: Readonly<Record<Tile['state'], Tone>> = {
  live: 'ok',
  starting: 'off',
  fault: 'warn',
  offline: 'bad',
  unknown: 'off',
};

/** Worse is higher; what needs a look comes first. */
export function troubleOf(tile: Tile, nowMs: number): number {
  const state = { live: 0, starting: 1, unknown: 2, fault: 3, offline: 4 }[tile.state];
  const old = trustOf(tile, nowMs).kind === 'live' ? 0 : 2;
  return tile.activeIncidents * 10 + Math.max(state, old);
}

/** Road users that any direction counts, in the order of display. */
export function classesOf(flows: readonly TileFlow[]): RoadUser[] {
  return ROAD_USERS.filter((user) => flows.some(({ counts }) => counts[user] !== undefined));
}

export function countOf(flows: readonly TileFlow[], user: RoadUser): number {
  return flows.reduce((sum, { counts }) => sum + (counts[user] ?? 0), 0);
}

export function worstLevel(flows: readonly TileFlow[]): LevelOfService | null {
  const indices = flows.map(({ levelOfService }) =>
    levelOfService === null ? -1 : LEVELS_OF_SERVICE.indexOf(levelOfService),
  );
  return LEVELS_OF_SERVICE[Math.max(-1, ...indices)] ?? null;
}

/** The busiest directions, in their usual order, and how many are left out. */
export function shownFlows(
  flows: readonly TileFlow[],
  most: number,
): { readonly shown: readonly TileFlow[]; readonly hidden: number } {
  if (flows.length <= most) return { shown: flows, hidden: 0 };
  const busiest = new Set([...flows].sort((a, b) => b.total - a.total).slice(0, most));
  return { shown: flows.filter((flow) => busiest.has(flow)), hidden: flows.length - most };
}

/** Below this share, counts say more about the watching than about the traffic (thin, four fifths). */
export const THIN_COVERAGE = 0.8;
