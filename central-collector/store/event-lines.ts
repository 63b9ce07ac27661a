// The lines of a batch's events, written as fast as they can be: for what comes thousands of times a second straight
// into text, for the rest by way of points. `points.ts` says what a line has; a test holds both to the same bytes.

import type {
  AgentAddress,
  ClassFlow,
  Flow,
  Journey,
  Passage,
  SpanSums,
  TrafficEvent,
} from '../../contract/index.ts';
import { MAX_SPEED_BINS, SPEED_BIN_KMH } from '../../contract/index.ts';
import { lineOf, timestampNs } from './line-protocol.ts';
import { type Origin, pointsOf, uniqueNs } from './points.ts';

/** What the lines of one batch have in common. */
type Common = {
  readonly origin: Omit<Origin, 'position'>;
  /** `,agent=A,camera=` */
  readonly head: string;
  /** `,site=S ` */
  readonly site: string;
  /** `,epoch=1i,seq=2i,position=` */
  readonly place: string;
};

/**
 * @param events parsed by their schema: names are slugs, which need no escapes, and numbers are such that InfluxDB has
 * @param onLines hears each event's text (lines joined by line breaks, none at the end) and how many lines it has
 */
export function writeEventLines(
  events: readonly { readonly position: number; readonly event: TrafficEvent }[],
  { site, agent, epoch, seq }: AgentAddress & { readonly epoch: number; readonly seq: number },
  onLines: (text: string, count: number, position: number) => void,
): void {
  const common: Common = {
    origin: { site, agent, epoch, seq },
    head: `,agent=${agent},camera=`,
    site: `,site=${site} `,
    place: `,epoch=${epoch}i,seq=${seq}i,position=`,
  };
  for (const { position, event } of events) {
    switch (event.type) {
      case 'passage':
        onLines(passageLine(event, common, position), 1, position);
        break;
      case 'journey':
        onLines(journeyLine(event, common, position), 1, position);
        break;
      case 'flow':
        writeFlowLines(event, common, position, onLines);
        break;
      default: {
        const points = pointsOf(event, { ...common.origin, position });
        if (points.length > 0) onLines(points.map(lineOf).join('\n'), points.length, position);
      }
    }
  }
}

function passageLine(event: Passage, { head, site, place, origin }: Common, position: number): string {
  const { camera, direction, lane, line, roadUser, speedKmh, headwayS, gapS } = event;
  return (
    `passage${head}${camera},direction=${direction}${lane === undefined ? '' : `,lane=${lane}`},line=${line}` +
    `,road_user=${roadUser}${site}track=${event.track}i,confidence=${event.confidence}` +
    `,road_user_share=${event.roadUserShare}${speedKmh === undefined ? '' : `,speed_kmh=${speedKmh}`}` +
    `${headwayS === undefined ? '' : `,headway_s=${headwayS}`}${gapS === undefined ? '' : `,gap_s=${gapS}`}` +
    `${place}${position}i ${timeOf(event.atMs, origin, position)}`
  );
}

function journeyLine(event: Journey, { head, site, place, origin }: Common, position: number): string {
  const { camera, entryLine, exitLine, entryDirection, exitDirection, enteredAtMs, exitedAtMs } = event;
  return (
    `journey${head}${camera},entry_line=${entryLine},exit_line=${exitLine},road_user=${event.roadUser}${site}` +
    `track=${event.track}i,road_user_share=${event.roadUserShare}` +
    `${entryDirection === undefined ? '' : `,entry_direction="${entryDirection}"`}` +
    `${exitDirection === undefined ? '' : `,exit_direction="${exitDirection}"`}` +
    `,entered_at_ms=${enteredAtMs}i,duration_ms=${exitedAtMs - enteredAtMs}i` +
    `${place}${position}i ${timeOf(exitedAtMs, origin, position)}`
  );
}

function writeFlowLines(
  event: Flow,
  { head, site, place, origin }: Common,
  position: number,
  onLines: (text: string, count: number, position: number) => void,
): void {
  const { camera, direction, lane, line, fromMs, toMs, occupiedMs, counts } = event;
  const tags =
    `flow${head}${camera},direction=${direction}${lane === undefined ? '' : `,lane=${lane}`}` +
    `,line=${line},road_user=`;
  const shared =
    `,interval_ms=${toMs - fromMs}i,observed_ms=${event.observedMs}i,frames_analysed=${event.framesAnalysed}i` +
    `,frames_dropped=${event.framesDropped}i${occupiedMs === undefined ? '' : `,occupied_ms=${occupiedMs}i`}` +
    `${spanFields('headway', event.headway)}${spanFields('gap', event.gap)}` +
    `${place}${position}i ${timeOf(fromMs, origin, position)}`;
  let text = '';
  let count = 0;
  for (const [roadUser, flow] of Object.entries(counts)) {
    text += `${count === 0 ? '' : '\n'}${tags}${roadUser}${site}${classFields(flow)}${shared}`;
    count += 1;
  }
  if (count > 0) onLines(text, count, position);
}

function classFields({ n, low, high, accuracy, speed }: ClassFlow): string {
  let text = `n=${n}i`;
  if (low !== undefined) text += `,n_low=${low}i`;
  if (high !== undefined) text += `,n_high=${high}i`;
  if (accuracy !== undefined) {
    text += `,accuracy_of=${accuracy.of}i,accuracy_found=${accuracy.found}i`;
    if (accuracy.counted !== undefined) text += `,accuracy_counted=${accuracy.counted}i`;
  }
  if (speed === undefined) return text;
  text += `,speed_n=${speed.n}i,speed_sum_kmh=${speed.sumKmh},speed_sum_per_kmh=${speed.sumPerKmh}`;
  const { histogram } = speed;
  for (let bin = 0; bin < histogram.length; bin += 1) {
    const n = histogram[bin] as number;
    if (n > 0) text += `${BIN_FIELDS[bin]}${n}i`;
  }
  return text;
}

const BIN_FIELDS = Array.from(
  { length: MAX_SPEED_BINS },
  (_, bin) => `,speed_h${String(bin * SPEED_BIN_KMH).padStart(3, '0')}=`,
);

function spanFields(name: 'headway' | 'gap', spans: SpanSums | undefined): string {
  return spans === undefined
    ? ''
    : `,${name}_n=${spans.n}i,${name}_sum_s=${spans.sumS},${name}_sum_sq_s2=${spans.sumSqS2}`;
}

function timeOf(atMs: number, { epoch, seq }: Common['origin'], position: number): string {
  return timestampNs(atMs, uniqueNs({ epoch, seq, position }));
}
