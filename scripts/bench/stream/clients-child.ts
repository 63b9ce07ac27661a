// Readers of the stream, in a process of their own: each checks that it gets every passage of its filter once, and how
// old it is.

import { LatencyTally } from '../collector/latency-tally.ts';
import { RawStream } from './raw-stream.ts';
import type { ClientPlan } from './stream-plan.ts';

export type ClientsPlan = { readonly port: number };

/** Passages that were published, by camera: the last number. */
export type Published = Readonly<Record<string, number>>;

export type ToClients =
  | { readonly do: 'open'; readonly clients: readonly ClientPlan[] }
  | { readonly do: 'measure' }
  | { readonly do: 'finish'; readonly published: Published; readonly withinMs: number };

export type ClientsNews =
  | { readonly is: 'loaded' }
  | { readonly is: 'ready' }
  | {
      readonly is: 'done';
      readonly events: number;
      readonly passages: number;
      readonly bytes: number;
      readonly lost: number;
      readonly twice: number;
      /** Clients that were not to be ended and were. */
      readonly ended: number;
      readonly slowEnded: number;
      readonly latency: Readonly<Record<string, readonly number[]>>;
    }
  | { readonly is: 'failed'; readonly problem: string };

const plan: ClientsPlan = JSON.parse(process.argv[2] ?? '{}');
const send = (news: ClientsNews) => process.send?.(news);
process.on('disconnect', () => process.exit(0));

/** Connections that are made at once. */
const AT_ONCE = 10;
const SLOW_MS = 10_000;
const LAST_WORD = '"type":"ngatu.slow.v1"';
const MARKER = '"type":"ngatu.passage.v1","subject":"';

class Reader {
  readonly plan: ClientPlan;
  readonly stream: RawStream;
  /** Last number by camera. */
  readonly #last = new Map<string, number>();
  #twice = 0;
  #skipped = 0;
  ended = false;

  constructor(of: ClientPlan) {
    this.plan = of;
    this.stream = new RawStream({
      port: plan.port,
      plan: of,
      onEvent: (text) => this.#read(text),
      onEnd: () => {
        this.ended = true;
      },
    });
  }

  get twice(): number {
    return this.#twice;
  }

  lost(published: Published): number {
    const cameras = this.plan.passages === 'all' ? Object.keys(published) : this.plan.passages;
    const missing = cameras.reduce(
      (sum, camera) => sum + (published[camera] ?? 0) - (this.#last.get(camera) ?? 0),
      0,
    );
    return this.#skipped + missing;
  }

  #read(text: string): void {
    if (this.plan.slow) {
      this.ended ||= text.includes(LAST_WORD);
      return;
    }
    counts.events += 1;
    const at = text.indexOf(MARKER);
    if (at < 0) return;
    counts.passages += 1;
    const from = at + MARKER.length;
    const camera = text.slice(from, text.indexOf('"', from));
    const track = numberAfter(text, '"track":');
    const last = this.#last.get(camera) ?? 0;
    if (track <= last) {
      this.#twice += 1;
      return;
    }
    this.#skipped += track - last - 1;
    this.#last.set(camera, track);
    if (!measuring) return;
    tallies[this.plan.passages === 'all' ? 'everything' : 'filtered'].add(
      Date.now() - numberAfter(text, '"atMs":'),
    );
  }
}

const readers: Reader[] = [];
const tallies = { filtered: new LatencyTally(), everything: new LatencyTally() };
const counts = { events: 0, passages: 0 };
let measuring = false;
let bytesBefore = 0;

process.on('message', (message: ToClients) => {
  void handle(message).catch((error: Error) => send({ is: 'failed', problem: error.message }));
});
send({ is: 'loaded' });

async function handle(message: ToClients): Promise<void> {
  switch (message.do) {
    case 'open': {
      readers.push(...message.clients.map((client) => new Reader(client)));
      for (let at = 0; at < readers.length; at += AT_ONCE) {
        await Promise.all(readers.slice(at, at + AT_ONCE).map(({ stream }) => stream.ready()));
      }
      send({ is: 'ready' });
      break;
    }
    case 'measure':
      measuring = true;
      counts.events = 0;
      counts.passages = 0;
      bytesBefore = bytes();
      break;
    case 'finish':
      await finish(message.published, message.withinMs);
  }
}

async function finish(published: Published, withinMs: number): Promise<void> {
  const quick = readers.filter(({ plan: { slow } }) => !slow);
  // Who was ended would go on after its last id: it is counted as such.
  const lost = () => quick.reduce((sum, reader) => sum + (reader.ended ? 0 : reader.lost(published)), 0);
  for (const endMs = Date.now() + withinMs; lost() > 0 && Date.now() < endMs; ) {
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  // Only who reads notices that it was hung up on.
  const slow = readers.filter((reader) => reader.plan.slow);
  const told = { ...counts, bytes: bytes() - bytesBefore, lost: lost() };
  for (const { stream } of slow) stream.resume();
  for (const endMs = Date.now() + SLOW_MS; slow.some(({ ended }) => !ended) && Date.now() < endMs; ) {
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  send({
    ...{ is: 'done', ...told },
    twice: quick.reduce((sum, reader) => sum + reader.twice, 0),
    ended: quick.filter(({ ended }) => ended).length,
    slowEnded: readers.filter(({ plan: { slow }, ended }) => slow && ended).length,
    latency: { filtered: tallies.filtered.counts, everything: tallies.everything.counts },
  });
  for (const { stream } of readers) stream.leave();
}

function bytes(): number {
  return readers.reduce((sum, { stream }) => sum + stream.bytes, 0);
}

function numberAfter(text: string, words: string): number {
  const at = text.indexOf(words) + words.length;
  return Number.parseInt(text.slice(at, at + 16), 10);
}
