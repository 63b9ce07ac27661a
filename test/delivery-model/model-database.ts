// What InfluxDB does, as far as delivery depends on it: points are identified by series and timestamp, a request may be
// stored and its answer lost, and every request may be slow.

import type { Row } from '../../central-collector/store/database.ts';
import { StoreError } from '../../central-collector/store/store-error.ts';
import type { Write } from '../../central-collector/store/write-request.ts';

type Request = {
  readonly owner: string;
  readonly body: string;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
};

export type RequestFate = 'stored' | 'answer-lost' | 'refused';

export class ModelDatabase {
  /** Fields as text, by series and timestamp. */
  readonly points = new Map<string, string>();
  onPoint: (point: string, fields: string) => void = () => undefined;
  #requests: Request[] = [];

  get waiting(): number {
    return this.#requests.length;
  }

  /** The write of a collector's BatchWriter. */
  writeOf(owner: string): Write {
    return (body) =>
      new Promise((resolve, reject) => {
        this.#requests.push({ owner, body: body.toString(), resolve, reject });
      });
  }

  /** What becomes of one of the requests that wait. */
  answer(which: number, fate: RequestFate): void {
    const [request] = this.#requests.splice(which % Math.max(1, this.#requests.length), 1);
    if (!request) return;
    if (fate !== 'refused') this.#store(request.body);
    if (fate === 'stored') request.resolve();
    else request.reject(new StoreError('unavailable', 'the connection is gone'));
  }

  /** A collector dies: its requests are answered to nobody, and some have been stored. */
  forget(owner: string, isStored: boolean): void {
    for (const request of this.#requests.filter((each) => each.owner === owner)) {
      if (isStored) this.#store(request.body);
    }
    this.#requests = this.#requests.filter((request) => request.owner !== owner);
  }

  /** Points of one measurement as rows: tags and fields by name, numbers as numbers. */
  rows(measurement: string): Row[] {
    return [...this.points]
      .filter(([point]) => point.startsWith(`${measurement},`))
      .map(([point, fields]) => rowOf(point, fields));
  }

  #store(body: string): void {
    for (const line of body.split('\n')) {
      const first = line.indexOf(' ');
      const last = line.lastIndexOf(' ');
      const point = line.slice(0, first) + line.slice(last);
      const fields = line.slice(first + 1, last);
      this.points.set(point, fields);
      this.onPoint(point, fields);
    }
  }
}

export function rowOf(point: string, fields: string): Row {
  const [series = '', timeNs = ''] = point.split(' ');
  const row: Record<string, unknown> = { time: Number(timeNs.slice(0, -6)) };
  for (const [, name = '', value = ''] of series.matchAll(/,(\w+)=([^,]+)/g)) row[name] = value;
  for (const [, name = '', value = ''] of fields.matchAll(/(\w+)=("[^"]*"|[^,]+)/g)) {
    row[name] = value.startsWith('"') ? value.slice(1, -1) : Number.parseFloat(value);
  }
  return row;
}
