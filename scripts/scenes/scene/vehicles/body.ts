// Bodywork shared by cars, buses and lorries: lofted halves, wheels and wheel arches.

import type { Colour, Finish, MeshBuilder } from '../mesh.ts';
import type { Vector } from '../vectors.ts';

export const DARK: Colour = [0.018, 0.018, 0.02];
export const GREY: Colour = [0.09, 0.09, 0.1];
export const RUBBER: Colour = [0.022, 0.022, 0.023];
export const CHROME: Colour = [0.55, 0.56, 0.58];
export const PLATE: Colour = [0.75, 0.74, 0.66];

/** A cross-section at `x`: points [half width, height] from the bottom's middle to the roof's middle. */
export type Section = { readonly x: number; readonly points: readonly (readonly [number, number])[] };
export type Skin = Finish | readonly [Finish, Colour] | undefined;

/** Skins both halves between sections, and closes rear (end 0) and front (end 1). */
export function loft(
  mesh: MeshBuilder,
  sections: readonly Section[],
  skin: (section: number, strip: number) => Skin,
  cap: (end: 0 | 1, strip: number) => Skin,
): void {
  const at = (i: number, j: number, side: number): Vector => {
    const section = sections[i];
    const [half, height] = section?.points[j] ?? [0, 0];
    return [section?.x ?? 0, height, half * side];
  };
  const strips = (sections[0]?.points.length ?? 1) - 1;
  const put = (chosen: Skin, a: Vector, b: Vector, c: Vector, d: Vector): void => {
    if (chosen === undefined) return;
    if (typeof chosen === 'string') mesh.quad(chosen, a, b, c, d);
    else mesh.quad(chosen[0], a, b, c, d, chosen[1]);
  };
  for (let i = 0; i < sections.length - 1; i++) {
    for (let j = 0; j < strips; j++) {
      const chosen = skin(i, j);
      put(chosen, at(i, j, 1), at(i + 1, j, 1), at(i + 1, j + 1, 1), at(i, j + 1, 1));
      put(chosen, at(i, j, -1), at(i, j + 1, -1), at(i + 1, j + 1, -1), at(i + 1, j, -1));
    }
  }
  const front = sections.length - 1;
  for (let j = 0; j < strips; j++) {
    put(cap(0, j), at(0, j, 1), at(0, j + 1, 1), at(0, j + 1, -1), at(0, j, -1));
    put(cap(1, j), at(front, j, -1), at(front, j + 1, -1), at(front, j + 1, 1), at(front, j, 1));
  }
}

export function wheel(
  mesh: MeshBuilder,
  x: number,
  z: number,
  radius: number,
  width: number,
  hub: Colour,
): void {
  mesh.wheel = [x, radius, radius];
  const sides = 20;
  for (let i = 0; i < sides; i++) {
    const a0 = (i * 2 * Math.PI) / sides;
    const a1 = ((i + 1) * 2 * Math.PI) / sides;
    const p = (a: number, s: number): Vector => [
      x + Math.cos(a) * radius,
      radius + Math.sin(a) * radius,
      z + (s * width) / 2,
    ];
    mesh.outward('trim', [x, radius, z], p(a0, -1), p(a1, -1), p(a1, 1), RUBBER);
    mesh.outward('trim', [x, radius, z], p(a0, -1), p(a1, 1), p(a0, 1), RUBBER);
  }
  for (const side of [1, -1] as const) {
    const face = z + (side * width) / 2;
    mesh.disc('trim', [x, radius, face], radius * 0.66, radius, side, RUBBER, sides);
    mesh.disc('trim', [x, radius, face - side * 0.012], 0, radius * 0.67, side, [0.03, 0.03, 0.032], sides);
    mesh.disc('chrome', [x, radius, face + side * 0.002], radius * 0.56, radius * 0.68, side, hub, sides);
    for (let k = 0; k < 5; k++) {
      const angle = (k * 2 * Math.PI) / 5;
      const middle: Vector = [
        x + Math.cos(angle) * radius * 0.33,
        radius + Math.sin(angle) * radius * 0.33,
        face - side * 0.004,
      ];
      mesh.box('chrome', middle, [radius * 0.62, radius * 0.17, 0.02], hub, [0, 0, angle]);
    }
  }
  mesh.wheel = [0, 0, 0];
}

/** The dark opening above a wheel, on both sides. */
export function arch(mesh: MeshBuilder, x: number, y: number, z: number, radius: number): void {
  for (const side of [1, -1] as const)
    mesh.disc('trim', [x, y, side * z], 0, radius, side, DARK, 12, -0.12, Math.PI + 0.12);
}
