// What the routes of the stream need of the live part; centre.ts hands it in.

import type { TilesAnswer } from '../schemas/places.ts';
import type { StreamQuery } from '../schemas/stream.ts';

/** A connection that bytes are written to as they are: the source has put them into the words of its encoding. */
export type StreamSink = {
  readonly encoding: 'sse' | 'websocket';
  /** False: it takes more when `drained()` was called. */
  write(bytes: Buffer): boolean;
  /** The end, after a last word where there is one. */
  end(last?: Buffer): void;
};

export type WantedEvents = Omit<StreamQuery, 'lastEventId'>;

export type StreamConnection = {
  drained(): void;
  change(wanted: WantedEvents): void;
  close(): void;
};

export type StreamSource = {
  open(stream: {
    readonly wanted: WantedEvents;
    readonly lastEventId?: string | undefined;
    readonly sink: StreamSink;
  }): StreamConnection;
  tilesAnswer(): TilesAnswer;
};
