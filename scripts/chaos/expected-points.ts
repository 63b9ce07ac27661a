// What has to be in InfluxDB: of every event of an agent, at the place in the agent's stream where its outbox put it.

import { lineOf, timestampNs } from '../../central-collector/store/line-protocol.ts';
import { pointsOf } from '../../central-collector/store/points.ts';
import type { Append } from './journal.ts';
import { eventAt, type Stream } from './known-events.ts';
import { agentName, SITE } from './options.ts';
import type { Value } from './stored-points.ts';

export type ExpectedPoint = {
  /** Of the event in its agent's stream. */
  readonly index: number;
  readonly measurement: string;
  readonly ns: string;
  readonly tags: Readonly<Record<string, string>>;
  /** Tags and fields. */
  readonly values: Readonly<Record<string, Value>>;
};

export function expectedPoints(stream: Stream, durable: readonly Append[]): ExpectedPoint[] {
  const address = { site: SITE, agent: agentName(stream.agent) };
  return durable.flatMap(({ epoch, batches }) =>
    batches.flatMap(({ seq, events }) =>
      events.flatMap((index, position) =>
        pointsOf(eventAt(stream, index), { ...address, epoch, seq, position }).map((point) => {
          // Throws for a point that could not be written at all.
          lineOf(point);
          const tags = known(point.tags);
          const fields = Object.entries(known(point.fields)).map(([name, text]) => [name, storedValue(text)]);
          return {
            index,
            measurement: point.measurement,
            ns: timestampNs(point.atMs, point.ns),
            tags,
            values: { ...tags, ...(Object.fromEntries(fields) as Record<string, Value>) },
          };
        }),
      ),
    ),
  );
}

function known<T extends string>(of: Readonly<Record<string, T | undefined>>): Record<string, T> {
  return Object.fromEntries(Object.entries(of).filter((entry): entry is [string, T] => Boolean(entry[1])));
}

/** A field value in line protocol as what InfluxDB gives back for it. */
export function storedValue(text: string): Value {
  if (text.startsWith('"')) return text.slice(1, -1).replace(/\\([\\"])/g, '$1');
  if (text === 'true' || text === 'false') return text === 'true';
  return Number(text.replace(/i$/, ''));
}
