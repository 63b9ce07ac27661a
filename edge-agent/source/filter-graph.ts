// The filter graph that turns the camera's pictures into a model's input inside ffmpeg, with the same
// arithmetic as frame-geometry.ts, so that it also fits pictures whose size is only known once they come.

import type { FrameShape, Region } from './frame.ts';
import type { Size } from './frame-geometry.ts';
import type { Hardware } from './source-options.ts';

export type GraphOptions = {
  readonly shape: FrameShape;
  readonly analysisFps?: number;
  readonly region?: Region;
  readonly picture?: Size;
  readonly hardware?: Hardware;
};

/** Labels of the graph's two outputs: planes, and one small picture a frame whose byte count tells the source's size. */
export const PLANES_LABEL = '[planes]';
export const TIMES_LABEL = '[times]';

/** Height of the pictures at TIMES_LABEL; their width is the size code. */
export const TIMES_HEIGHT = 2;

/**
 * Two outputs in lock step. The first gives planes in the model's order. The second gives, with each frame's
 * time stamp, a picture whose width is a code of the source's size: a change of resolution shows in the very
 * frame in which it happens, while the log line that tells the new size comes by another pipe.
 */
export function filterGraph(options: GraphOptions): string {
  const { shape, region } = options;
  const first = [...download(options.hardware ?? 'none'), 'split'];
  if (options.analysisFps !== undefined) first.unshift(dropTo(options.analysisFps));
  const planes = [
    ...(region === undefined ? [] : [crop(region, options.picture)]),
    scale(shape),
    'format=gbrp',
    ...(shape.fit === 'stretch' ? [] : [pad(shape)]),
    // gbrp holds G, B, R. The fourth number only keeps the filter from asking for an alpha plane.
    `shuffleplanes=${shape.colourOrder === 'rgb' ? '2:0:1:0' : '1:0:2:0'}`,
  ];
  const times = [`scale=w=1024+mod(iw*7+ih*131\\,1021):h=${TIMES_HEIGHT}:flags=neighbor`, 'format=gray'];
  return [
    `[0:v:0]${first.join(',')}[picture][copy]`,
    `[picture]${planes.join(',')}${PLANES_LABEL}`,
    `[copy]${times.join(',')}${TIMES_LABEL}`,
  ].join(';');
}

/** Frames whose stamps are a little early (milliseconds, 90 kHz ticks) still count for their own slot, s. */
const SLOT_MARGIN_S = 0.004;

/**
 * The first frame of every slot of 1/fps. The `fps` filter would move frames to a grid and repeat missing
 * ones; here each frame keeps the time at which it was taken, which is what speeds are measured with.
 */
function dropTo(fps: number): string {
  const slot = (time: string) => `floor((${time}+${SLOT_MARGIN_S})*${fps})`;
  return `select=isnan(prev_selected_t)+gt(abs(${slot('t')}-${slot('prev_selected_t')})\\,0)`;
}

/** Frames of a GPU decoder come to the CPU after the drop, so that only analysed frames pay for it. */
function download(hardware: Hardware): string[] {
  switch (hardware) {
    case 'none':
    case 'v4l2m2m':
      return [];
    case 'vaapi':
    case 'qsv':
    case 'cuda':
      return ['hwdownload', 'format=nv12'];
    case 'rkmpp':
      return ['hwmap=mode=read', 'format=nv12'];
  }
}

/** See span() in frame-geometry.ts: outwards to even pixels, at least 16, inside the picture. */
function crop(region: Region, picture: Size | undefined): string {
  const [x, width] = span(region.x, region.width, 'iw', picture?.width);
  const [y, height] = span(region.y, region.height, 'ih', picture?.height);
  return `crop=w=${width}:h=${height}:x=${x}:y=${y}`.replaceAll(',', '\\,');
}

function span(start: number, length: number, limit: string, reference: number | undefined): [string, string] {
  const ratio = reference === undefined ? '1' : `(${limit}/${reference})`;
  const last = `(${limit}-mod(${limit},2))`;
  const from = `max(0,min(2*floor(${start}*${ratio}/2),${last}-16))`;
  const to = `max(${from}+16,min(2*ceil(${start + length}*${ratio}/2),${last}))`;
  return [from, `min(${to},${limit})-${from}`];
}

/**
 * Bilinear, which widens its kernel when it makes pictures smaller, so that thin things do not vanish; bicubic
 * costs more and rings at edges. The flags give the same bytes on every machine.
 */
const SCALE_FLAGS = 'flags=bilinear+accurate_rnd+full_chroma_int+bitexact';

function scale({ width, height, fit }: FrameShape): string {
  if (fit === 'stretch') return `scale=w=${width}:h=${height}:${SCALE_FLAGS}`;
  const ratio = `min(${width}/iw\\,${height}/ih)`;
  const side = (limit: number, length: string) => `max(1\\,min(${limit}\\,round(${length}*${ratio})))`;
  return `scale=w=${side(width, 'iw')}:h=${side(height, 'ih')}:${SCALE_FLAGS}`;
}

function pad({ width, height, fit, padValue }: FrameShape): string {
  const grey = Math.max(0, Math.min(255, Math.round(padValue)))
    .toString(16)
    .padStart(2, '0');
  const at = fit === 'letterbox-centre' ? 'x=floor((ow-iw)/2):y=floor((oh-ih)/2)' : 'x=0:y=0';
  return `pad=w=${width}:h=${height}:${at}:color=0x${grey}${grey}${grey}`;
}
