// Draws detections over a picture, for people who want to see what a model sees.

import sharp from 'sharp';
import { ROAD_USERS, type RoadUser } from '../../contract/index.ts';
import type { Detections } from '../../edge-agent/detector/detections.ts';
import type { Picture } from './picture-frame.ts';

const COLOURS: Readonly<Record<RoadUser, string>> = {
  car: '#00e676',
  motorcycle: '#ff9100',
  bus: '#2979ff',
  truck: '#ff1744',
  bicycle: '#ffea00',
  person: '#f50057',
  vehicle: '#00e5ff',
};

/** Writes the picture with its boxes, their road user and score, as PNG, enlarged for the eye. */
export async function drawBoxes(picture: Picture, detections: Detections, path: string): Promise<void> {
  const { width, height, rgb } = picture;
  const zoom = Math.max(1, Math.round(1280 / width));
  const overlay = `<svg xmlns="http://www.w3.org/2000/svg" width="${width * zoom}" height="${height * zoom}">${boxShapes(detections, zoom).join('')}</svg>`;
  await sharp(rgb, { raw: { width, height, channels: 3 } })
    .resize(width * zoom, height * zoom)
    .composite([{ input: Buffer.from(overlay) }])
    .png()
    .toFile(path);
}

/** SVG elements: each box with its road user and score, `zoom` times as large as in the picture. */
export function boxShapes(detections: Detections, zoom: number): string[] {
  return Array.from({ length: detections.count }, (_, index) => {
    const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = detections.boxes
      .subarray(index * 4, index * 4 + 4)
      .map((value) => value * zoom);
    const roadUser = ROAD_USERS[detections.roadUsers[index] ?? 0] ?? 'vehicle';
    const score = (detections.scores[index] ?? 0).toFixed(2);
    const colour = COLOURS[roadUser];
    return [
      `<rect x="${x1}" y="${y1}" width="${x2 - x1}" height="${y2 - y1}" fill="none" stroke="${colour}" stroke-width="2"/>`,
      `<text x="${x1 + 2}" y="${Math.max(12, y1 - 3)}" font-size="13" font-family="sans-serif" fill="${colour}" stroke="black" stroke-width="3" paint-order="stroke">${roadUser} ${score}</text>`,
    ];
  }).flat();
}
