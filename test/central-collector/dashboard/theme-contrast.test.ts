import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const CSS = readFileSync('central-collector/dashboard/src/theme/tokens.css', 'utf8');
const THEMES = { night: tokensOf(':root,\n[data-theme="night"]'), day: tokensOf('[data-theme="day"]') };

/** WCAG 2.2, 1.4.3 for text, 1.4.11 for what is no text. */
const TEXT = 4.5;
const SHAPE = 3;

const GROUNDS = ['ground', 'surface', 'raised'];
const PAIRS: [string, string, number][] = [
  ...['text', 'text-2', 'text-3', 'accent'].flatMap((ink): [string, string, number][] =>
    GROUNDS.map((ground) => [ink, ground, TEXT]),
  ),
  ...['ok', 'warn', 'bad', 'off', 'accent'].flatMap((ink): [string, string, number][] => [
    [ink, `${ink}-soft`, TEXT],
    [ink, 'surface', TEXT],
    [ink, 'raised', TEXT],
    ['text', `${ink}-soft`, TEXT],
  ]),
  ...['informational', 'low', 'medium', 'high', 'critical'].flatMap(
    (severity): [string, string, number][] => [
      [`severity-${severity}`, 'surface', TEXT],
      [`severity-${severity}`, 'raised', TEXT],
    ],
  ),
  ...['a', 'b', 'c', 'd', 'e', 'f'].map((level): [string, string, number] => [
    'on-los',
    `los-${level}`,
    TEXT,
  ]),
  ...Array.from({ length: 7 }, (_, i): [string, string, number] => [`series-${i + 1}`, 'surface', SHAPE]),
  ...['motorcycle', 'car', 'bus', 'truck', 'bicycle', 'person', 'vehicle'].map(
    (user): [string, string, number] => [`user-${user}`, 'surface', SHAPE],
  ),
  ['on-accent', 'accent', TEXT],
  ['line-strong', 'surface', SHAPE],
  ['line-strong', 'ground', SHAPE],
  ['focus', 'ground', SHAPE],
  ['focus', 'surface', SHAPE],
  ['focus', 'raised', SHAPE],
  ['map-label', 'map-ground', TEXT],
  ['map-label', 'map-water', TEXT],
  ['ground', 'severity-critical', TEXT],
];

describe.each(['night', 'day'] as const)('the %s theme', (name) => {
  it.each(PAIRS)('shows %s on %s with a contrast of at least %d', (ink, ground, least) => {
    const theme = THEMES[name];
    expect(contrast(colour(theme, ink), colour(theme, ground))).toBeGreaterThanOrEqual(least);
  });

  it('has each token of the other', () => {
    const other = name === 'night' ? 'day' : 'night';
    const without = [...THEMES[other].keys()].filter((token) => !THEMES[name].has(token));
    expect(without.filter((token) => token !== 'shadow')).toEqual([]);
  });

  it('has levels of service that fall in lightness from A to F: order is seen without seeing colours', () => {
    const lights = ['a', 'b', 'c', 'd', 'e', 'f'].map((level) =>
      luminance(colour(THEMES[name], `los-${level}`)),
    );
    const inversions = lights.filter((light, i) => i > 0 && light > (lights[i - 1] ?? 1));
    expect(inversions).toEqual([]);
  });
});

function tokensOf(selector: string): Map<string, string> {
  const from = CSS.indexOf(`${selector} {`);
  const block = CSS.slice(from, CSS.indexOf('\n}', from));
  return new Map(
    [...block.matchAll(/--([\w-]+):\s*([^;]+);/g)].map(([, name, value]) => [name ?? '', value ?? '']),
  );
}

function colour(theme: ReadonlyMap<string, string>, token: string): number[] {
  const hex = /^#([0-9a-f]{6})$/.exec(theme.get(token) ?? '')?.[1];
  if (hex === undefined) throw new Error(`expected --${token} to be a colour such as #0b1016`);
  return [0, 2, 4].map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255);
}

/** Relative luminance of WCAG 2.2. */
function luminance(rgb: readonly number[]): number {
  const [r = 0, g = 0, b = 0] = rgb.map((part) =>
    part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4,
  );
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: readonly number[], b: readonly number[]): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}
