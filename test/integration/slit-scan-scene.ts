// A slit scan that is drawn: a grey road with lanes, a coloured vehicle for each passage, and one that nobody counted.

import sharp from 'sharp';
import { type SlitScanAnswer, slitScanAnswer } from '../../central-collector/api/schemas/slit-scan.ts';
import type { StandInCentre } from './stand-in-centre.ts';

const STEP_MS = 100;
const COLUMNS = 4;
const HEIGHT = 120;
const PIECE_MS = 20_000;

type Vehicle = {
  /** After the beginning, ms. */
  readonly atMs: number;
  readonly along: number;
  readonly roadUser: SlitScanAnswer['passages'][number]['roadUser'];
  readonly colour: string;
  readonly isCounted: boolean;
};

const USERS = ['motorcycle', 'car', 'motorcycle', 'bus', 'motorcycle', 'truck', 'car', 'bicycle'] as const;
const COLOURS = ['#b3202c', '#d8d8d8', '#1c4e80', '#d8a320', '#2b2b2b', '#6b8f5a', '#8c8c94', '#4ea0a8'];
const LENGTHS_MS = {
  motorcycle: 300,
  bicycle: 400,
  car: 600,
  vehicle: 600,
  bus: 1400,
  truck: 1300,
  person: 500,
};
const WIDTHS = {
  motorcycle: 0.07,
  bicycle: 0.06,
  car: 0.15,
  vehicle: 0.15,
  bus: 0.2,
  truck: 0.2,
  person: 0.05,
};

/** One in 3 s; the fourth was not counted, and from 26 s to 33 s nothing is recorded. */
export function vehicles(lengthMs: number): Vehicle[] {
  return Array.from({ length: Math.floor(lengthMs / 3000) }, (_, i) => ({
    atMs: 1500 + i * 3000,
    along: [0.15, 0.4, 0.62, 0.88][i % 4] ?? 0.5,
    roadUser: USERS[i % USERS.length] ?? 'car',
    colour: COLOURS[i % COLOURS.length] ?? '#fff',
    isCounted: i !== 3,
  }));
}

export const GAP = { fromMs: 26_000, toMs: 33_000 };

/** Answers what the page asks for the slit scans of a camera. */
export function slitScans(camera: string): NonNullable<StandInCentre['answer']> {
  let lengthMs = 60_000;
  return async ({ path }) => {
    const [where = '', search] = path.split('?');
    const query = new URLSearchParams(search);
    if (where === `/cameras/${camera}/slit-scan/picture`)
      return { status: 200, body: await scanPicture(query, lengthMs) };
    if (where !== `/cameras/${camera}/slit-scan`) return undefined;
    lengthMs = Date.parse(query.get('to') ?? '') - Date.parse(query.get('from') ?? '');
    return { status: 200, body: scanAnswer(query, camera) };
  };
}

/** Checked against the API's own description. */
function scanAnswer(query: URLSearchParams, camera: string): SlitScanAnswer {
  const [fromMs, toMs] = [Date.parse(query.get('from') ?? ''), Date.parse(query.get('to') ?? '')];
  const pieces: SlitScanAnswer['pieces'] = [];
  for (let at = 0; at < toMs - fromMs; at += PIECE_MS) {
    const frames = framesOf(at, Math.min(at + PIECE_MS, toMs - fromMs));
    const [first = 0] = frames;
    if (frames.length === 0) continue;
    const sha256 = String(first).padStart(64, '0');
    pieces.push({
      from: iso(fromMs + first),
      to: iso(fromMs + (frames.at(-1) ?? 0)),
      ...{ width: frames.length * COLUMNS, height: HEIGHT },
      frames: frames.map((frame) => frame - first),
      picture: `/api/v1/cameras/${camera}/slit-scan/picture?line=north&from=${first}&sha256=${sha256}&to=${frames.at(-1)}`,
    });
  }
  return slitScanAnswer.parse({
    camera,
    line: query.get('line') ?? '',
    ...{ from: iso(fromMs), to: iso(toMs), columns: COLUMNS },
    directions: { toLeft: 'away', toRight: 'towards' },
    lanes: [
      { lane: 'away-inner', until: 0.25, direction: 'away' },
      { lane: 'away-outer', until: 0.5, direction: 'away' },
      { lane: 'towards-inner', until: 0.75, direction: 'towards' },
      { lane: 'towards-outer', until: 1, direction: 'towards' },
    ],
    pieces,
    passages: vehicles(toMs - fromMs)
      .filter(({ isCounted }) => isCounted)
      .map(({ atMs, along, roadUser }, i) => ({
        at: iso(fromMs + atMs),
        direction: along < 0.5 ? 'away' : 'towards',
        lane: null,
        roadUser,
        speedKmh: 24 + i,
        track: i + 1,
        along,
        stored: i < 15,
      })),
    held: { from: iso(fromMs - 3 * 86_400_000), to: iso(toMs) },
    problem: null,
  } satisfies SlitScanAnswer);
}

/** Of a piece, by its address. */
async function scanPicture(query: URLSearchParams, lengthMs: number): Promise<Buffer> {
  const frames = framesOf(Number(query.get('from')), Number(query.get('to')) + 1);
  const width = frames.length * COLUMNS;
  // Frames that are left out leave no room: blocks stand side by side.
  const x = (ms: number) => frames.filter((at) => at < ms).length * COLUMNS;
  const road = [0.25, 0.5, 0.75]
    .map((y) => `<rect x="0" y="${y * HEIGHT - 1}" width="${width}" height="2" fill="#c8c8c0"/>`)
    .join('');
  const isInside = ({ atMs }: Vehicle) => atMs >= (frames[0] ?? 0) && atMs <= (frames.at(-1) ?? 0);
  const drawn = vehicles(lengthMs)
    .filter(isInside)
    .map(({ atMs, along, roadUser, colour }) => {
      const [w, h] = [(LENGTHS_MS[roadUser] / STEP_MS) * COLUMNS, WIDTHS[roadUser] * HEIGHT];
      const y = along * HEIGHT - h / 2;
      return (
        `<rect x="${x(atMs) - w / 2}" y="${y}" width="${w}" height="${h}" rx="3" fill="${colour}"/>` +
        `<rect x="${x(atMs) - w / 4}" y="${y + h / 4}" width="${w / 3}" height="${h / 2}" fill="#0008"/>`
      );
    });
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${HEIGHT}"><rect width="100%" height="100%" fill="#55585c"/>${road}${drawn.join('')}</svg>`;
  return sharp(Buffer.from(svg)).jpeg({ quality: 85 }).toBuffer();
}

/** From one moment to before another, without the gap and with some that the box left out. */
function framesOf(fromMs: number, toMs: number): number[] {
  const frames: number[] = [];
  for (let at = fromMs; at < toMs; at += STEP_MS) {
    if ((at < GAP.fromMs || at >= GAP.toMs) && at % 4300 !== 2100) frames.push(at);
  }
  return frames;
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
