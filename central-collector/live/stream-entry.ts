// One event of the stream: what filters look at, and its text, made once for everybody who gets it.

import { SEVERITIES } from '../api/schemas/incidents.ts';
import type { LASTING_KINDS, StreamEvent, StreamKind } from '../api/schemas/stream.ts';

export type LastingKind = (typeof LASTING_KINDS)[number];
export type EphemeralKind = Exclude<StreamKind, LastingKind>;
export type DataOf<K extends StreamKind> = StreamEvent<K>['data'];

/** As the hub tells it inside of the process. */
export type LiveEvent<K extends LastingKind = LastingKind> = {
  readonly [Kind in K]: {
    readonly id: string;
    readonly kind: Kind;
    /** `site/agent`; undefined for what the centre says of all. */
    readonly box: string | undefined;
    /** `site/agent/camera` */
    readonly camera: string | undefined;
    /** When it happened. */
    readonly atMs: number;
    readonly late: boolean;
    readonly data: DataOf<Kind>;
  };
}[K];

export type EntryFacts = {
  readonly kind: StreamKind;
  readonly box?: string | undefined;
  readonly camera?: string | undefined;
  /** Index in SEVERITIES, of incidents and verdicts. */
  readonly severity?: number | undefined;
};

export type Encoding = 'sse' | 'websocket';

export class StreamEntry {
  /** Rises from one to the next; undefined for what is of the moment. */
  readonly id: number | undefined;
  readonly kind: StreamKind;
  readonly box: string | undefined;
  readonly camera: string | undefined;
  readonly severity: number | undefined;
  /** A CloudEvent as JSON, without line ends. */
  readonly text: string;
  #sse: Buffer | undefined;
  #frame: Buffer | undefined;

  constructor(id: number | undefined, { kind, box, camera, severity }: EntryFacts, text: string) {
    this.id = id;
    this.kind = kind;
    this.box = box;
    this.camera = camera;
    this.severity = severity;
    this.text = text;
  }

  /** Bytes for the wire, made when they are wanted for the first time. */
  encoded(encoding: Encoding): Buffer {
    if (encoding === 'sse') {
      this.#sse ??= serverSentEvent(this);
      return this.#sse;
    }
    this.#frame ??= textFrame(this.text);
    return this.#frame;
  }
}

export type CloudEventParts = {
  readonly id: number | undefined;
  readonly kind: StreamKind;
  readonly source: string;
  readonly camera?: string | undefined;
  readonly atMs: number;
  readonly late?: boolean;
  /** As JSON. */
  readonly data: string;
};

/** The envelope of CloudEvents 1.0. Put together by hand: its parts are known, and this runs for every event. */
export function cloudEvent({ id, kind, source, camera, atMs, late = false, data }: CloudEventParts): string {
  const subject = camera === undefined ? '' : `"subject":"${camera}",`;
  const time = new Date(atMs).toISOString();
  return `{"specversion":"1.0","id":"${id ?? '-'}","source":"${source}","type":"ngatu.${kind}.v1",${subject}"time":"${time}","datacontenttype":"application/json",${late ? '"late":true,' : ''}"data":${data}}`;
}

/** Undefined for a word that is none. */
export function severityRank(severity: string): number | undefined {
  const rank = SEVERITIES.indexOf(severity as (typeof SEVERITIES)[number]);
  return rank < 0 ? undefined : rank;
}

/** WHATWG HTML, 9.2: named by kind, so that pages listen to what they want. */
function serverSentEvent({ id, kind, text }: StreamEntry): Buffer {
  return Buffer.from(`${id === undefined ? '' : `id: ${id}\n`}event: ${kind}\ndata: ${text}\n\n`);
}

/** RFC 6455, 5.2: one text frame, final, not masked as servers send it. */
function textFrame(text: string): Buffer {
  const length = Buffer.byteLength(text);
  const head = length < 126 ? 2 : length < 65_536 ? 4 : 10;
  const frame = Buffer.allocUnsafe(head + length);
  frame[0] = 0x81;
  if (head === 2) frame[1] = length;
  else if (head === 4) {
    frame[1] = 126;
    frame.writeUInt16BE(length, 2);
  } else {
    frame[1] = 127;
    frame.writeBigUInt64BE(BigInt(length), 2);
  }
  frame.write(text, head);
  return frame;
}
