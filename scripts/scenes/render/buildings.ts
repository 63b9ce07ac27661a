// Houses: boxes with painted facades.

import * as THREE from 'three';
import type { Building } from '../layout/layout.ts';
import { pick, type Random, seededRandom } from '../random.ts';
import { buildingHeight } from '../scene/scenery.ts';
import { canvasTexture, makeCanvas, paintPixels, valueNoise } from './textures.ts';

type Style = {
  readonly wall: readonly [number, number, number];
  readonly frame: string;
  readonly brick?: boolean;
  readonly shop?: boolean;
  readonly band?: boolean;
  readonly strip?: boolean;
  readonly balcony?: boolean;
};
type Facade = {
  readonly front: HTMLCanvasElement;
  readonly rough: HTMLCanvasElement;
  readonly lit: HTMLCanvasElement;
};

const STYLES: Readonly<Record<Building['style'], readonly [Style, ...Style[]]>> = {
  european: [
    { wall: [168, 128, 104], frame: '#e2ddd2', brick: true, shop: true, band: true },
    { wall: [196, 184, 160], frame: '#efece4', shop: true, band: true },
    { wall: [206, 200, 188], frame: '#5a4638', shop: true, band: true },
    { wall: [132, 84, 66], frame: '#ddd6c8', brick: true, shop: true },
    { wall: [214, 190, 140], frame: '#f3efe6', band: true, shop: true },
  ],
  'tube-house': [
    { wall: [214, 196, 140], frame: '#6d4b32', shop: true, balcony: true },
    { wall: [168, 190, 190], frame: '#e9e6dc', shop: true, balcony: true },
    { wall: [206, 202, 192], frame: '#3d4a52', shop: true, balcony: true },
    { wall: [196, 150, 120], frame: '#efe9dc', shop: true, balcony: true },
    { wall: [170, 180, 140], frame: '#f2eee2', shop: true, balcony: true },
  ],
  office: [
    { wall: [150, 152, 152], frame: '#4a4d50', strip: true },
    { wall: [120, 126, 130], frame: '#2c2f33', strip: true, shop: true },
  ],
  shed: [{ wall: [176, 178, 176], frame: '#53595e', strip: true }],
};
const SHOPS: readonly [string, ...string[]] = [
  'MARKET',
  'CAFE 24',
  'OPTIK',
  'BAKERY',
  'PHARM',
  'HOTEL',
  'SHOES',
  'BOOKS',
  'BIKE',
  'FOTO',
];
const STALLS: readonly [string, ...string[]] = [
  'PHỞ 24',
  'CÀ PHÊ',
  'XE MÁY',
  'BÁNH MÌ',
  'TẠP HÓA',
  'NHÀ THUỐC',
  'ĐIỆN MÁY',
  'BIA HƠI',
  'SỬA XE',
];

export function buildHouses(buildings: readonly Building[], night: boolean): THREE.Group {
  const group = new THREE.Group();
  const roof = new THREE.MeshStandardMaterial({ color: 0x6e6a66, roughness: 0.95 });
  const cornice = new THREE.MeshStandardMaterial({ color: 0xb8b1a3, roughness: 0.9 });
  for (const house of buildings) {
    const random = seededRandom(house.seed);
    const style = pick(random, STYLES[house.style]);
    const height = buildingHeight(house.floors);
    const wall = (widthM: number, seed: number): THREE.MeshStandardMaterial => {
      const facade = paintFacade(widthM, house.floors, seed, style, house.style === 'tube-house');
      return new THREE.MeshStandardMaterial({
        map: canvasTexture(facade.front),
        roughnessMap: canvasTexture(facade.rough, { srgb: false }),
        envMapIntensity: 0.9,
        ...(night
          ? { emissiveMap: canvasTexture(facade.lit), emissive: 0xffffff, emissiveIntensity: 0.8 }
          : {}),
      });
    };
    // Opposite walls share a facade: nobody sees both.
    const side = wall(house.depthM, house.seed);
    const front = wall(house.widthM, house.seed + 1);
    const body = new THREE.Mesh(new THREE.BoxGeometry(house.widthM, height, house.depthM), [
      side,
      side,
      roof,
      roof,
      front,
      front,
    ]);
    body.position.set(house.x, height / 2, -house.y);
    body.castShadow = body.receiveShadow = true;
    const top = new THREE.Mesh(new THREE.BoxGeometry(house.widthM + 0.5, 0.4, house.depthM + 0.02), cornice);
    top.position.set(house.x, height, -house.y);
    top.castShadow = top.receiveShadow = true;
    group.add(body, top);
  }
  return group;
}

function paintFacade(widthM: number, floors: number, seed: number, style: Style, narrow: boolean): Facade {
  const random = seededRandom(seed * 3 + 1);
  const bays = Math.max(narrow ? 1 : 2, Math.round(widthM / (narrow ? 2.6 : 3)));
  const bayPx = 72;
  const floorPx = 76;
  const width = bays * bayPx;
  const height = floors * floorPx + 16;
  const { canvas: front, context } = makeCanvas(width, height);
  const { canvas: rough, context: roughContext } = makeCanvas(width, height);
  const { canvas: lit, context: litContext } = makeCanvas(width, height);
  litContext.fillStyle = '#000';
  litContext.fillRect(0, 0, width, height);
  roughContext.fillStyle = '#ddd';
  roughContext.fillRect(0, 0, width, height);
  paintWall(context, width, height, seed, style, random);
  for (let floor = 0; floor < floors; floor++) {
    for (let bay = 0; bay < bays; bay++) {
      const shop = floor === 0 && style.shop === true;
      const inset = shop ? 4 : style.strip ? 2 : 16;
      const x = bay * bayPx + inset;
      const y = height - (floor + 1) * floorPx + (shop ? 14 : style.strip ? 18 : 15);
      const w = bayPx - 2 * inset;
      const h = shop ? floorPx - 15 : style.strip ? 44 : 47;
      paintWindow(context, x, y, w, h, style, shop, random);
      roughContext.fillStyle = '#202020';
      roughContext.fillRect(x, y, w, h);
      if (random() < (floor === 0 ? 0.7 : 0.33)) {
        litContext.fillStyle = pick(random, ['#ffcf8a', '#ffe2b4', '#e8efff', '#ffb866']);
        litContext.globalAlpha = 0.35 + 0.65 * random();
        litContext.fillRect(x, y, w, h);
        litContext.globalAlpha = 1;
      }
      if (style.balcony && floor > 0) {
        context.fillStyle = style.frame;
        context.fillRect(bay * bayPx + 4, y + h - 8, bayPx - 8, 4);
        for (let bar = 0; bar < 12; bar++) context.fillRect(bay * bayPx + 6 + bar * 5.2, y + h - 8, 1.5, 18);
        context.fillRect(bay * bayPx + 2, y + h + 9, bayPx - 4, 4);
      }
      if (shop && bay % 2 === 0)
        paintSign(
          context,
          bay * bayPx,
          height - floorPx - 6,
          Math.min(bayPx * 2, width - bay * bayPx),
          narrow,
          random,
        );
    }
  }
  return { front, rough, lit };
}

function paintWall(
  context: CanvasRenderingContext2D,
  width: number,
  height: number,
  seed: number,
  style: Style,
  random: Random,
): void {
  const noise = valueNoise(seed);
  const [r, g, b] = style.wall;
  paintPixels(context, width, height, (x, y) => {
    const brick = style.brick
      ? y % 7 < 1 || (x + ((y / 7) & 1) * 8) % 15 < 1
        ? -14
        : ((((x / 15) | 0) * 31 + ((y / 7) | 0) * 17) % 7) * 3 - 9
      : 0;
    const stain =
      (noise.octaves(x / 45, y / 85, 4) - 0.5) * 34 +
      (random() - 0.5) * 10 +
      brick -
      14 * Math.max(0, 1 - (height - y) / 45);
    return [r + stain, g + stain, b + stain];
  });
  if (!style.band) return;
  for (let y = height - 76; y > 0; y -= 76) {
    context.fillStyle = 'rgba(235,230,220,.5)';
    context.fillRect(0, y - 4, width, 4);
    context.fillStyle = 'rgba(0,0,0,.3)';
    context.fillRect(0, y, width, 2);
  }
}

function paintWindow(
  context: CanvasRenderingContext2D,
  x: number,
  y: number,
  w: number,
  h: number,
  style: Style,
  shop: boolean,
  random: Random,
): void {
  context.fillStyle = style.frame;
  context.fillRect(x - 3, y - 3, w + 6, h + 6);
  const glass = context.createLinearGradient(0, y, 0, y + h);
  glass.addColorStop(0, random() < 0.5 ? '#55667a' : '#39434e');
  glass.addColorStop(0.5, '#27303a');
  glass.addColorStop(1, '#171b20');
  context.fillStyle = glass;
  context.fillRect(x, y, w, h);
  if (shop) return;
  if (random() < 0.45) {
    context.fillStyle = pick(random, [
      'rgba(215,205,188,.8)',
      'rgba(180,180,178,.75)',
      'rgba(150,120,95,.7)',
    ]);
    if (random() < 0.5) context.fillRect(x, y, w, h * random());
    else {
      context.fillRect(x, y, w * 0.25, h);
      context.fillRect(x + w * 0.78, y, w * 0.22, h);
    }
  }
  context.fillStyle = style.frame;
  context.fillRect(x + w / 2 - 1.2, y, 2.4, h);
  context.fillStyle = 'rgba(0,0,0,.35)';
  context.fillRect(x, y, w, 3);
}

function paintSign(
  context: CanvasRenderingContext2D,
  x: number,
  y: number,
  w: number,
  vietnamese: boolean,
  random: Random,
): void {
  const colour = pick(random, [
    '#8b1d1d',
    '#1d3f6e',
    '#26543a',
    '#d9d4c8',
    '#222222',
    '#b5761c',
    '#503060',
    '#c8b018',
  ]);
  const tall = vietnamese ? 24 : 17;
  context.fillStyle = colour;
  context.fillRect(x, y, w, tall);
  context.fillStyle = colour === '#d9d4c8' || colour === '#c8b018' ? '#8b1d1d' : '#eee';
  context.font = `bold ${tall - 6}px DejaVu Sans, sans-serif`;
  context.fillText(pick(random, vietnamese ? STALLS : SHOPS), x + 10, y + tall - 5);
}
