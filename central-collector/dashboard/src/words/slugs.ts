// Lines, directions and zones have the names that people gave them in the camera's file: slugs, not sentences. The usual
// ones are told in the page's language, others as they are written.

import { words } from './words.ts';

const USUAL = {
  north: 0,
  east: 0,
  south: 0,
  west: 0,
  in: 0,
  out: 0,
  towards: 0,
  away: 0,
  left: 0,
  right: 0,
  approach: 0,
} as const;

type Usual = keyof typeof USUAL;

const usualWord = words<Usual>({
  en: {
    north: 'north',
    east: 'east',
    south: 'south',
    west: 'west',
    in: 'in',
    out: 'out',
    towards: 'towards',
    away: 'away',
    left: 'left',
    right: 'right',
    approach: 'approach',
  },
  vi: {
    north: 'bắc',
    east: 'đông',
    south: 'nam',
    west: 'tây',
    in: 'vào',
    out: 'ra',
    towards: 'lại gần',
    away: 'ra xa',
    left: 'trái',
    right: 'phải',
    approach: 'đoạn vào nút',
  },
});

/** `north` → bắc; `le-hong-phong` stays. */
export function slugText(slug: string): string {
  return Object.hasOwn(USUAL, slug) ? usualWord(slug as Usual) : slug;
}

/** A line and the way it is crossed: `bắc › vào`. */
export function flowText(line: string, direction: string): string {
  return `${slugText(line)} › ${slugText(direction)}`;
}
