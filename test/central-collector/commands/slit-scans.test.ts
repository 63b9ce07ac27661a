import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Question } from '../../../central-collector/commands/command-sender.ts';
import { CommandsError, refusedBy } from '../../../central-collector/commands/commands-error.ts';
import { hashOf, PictureCache } from '../../../central-collector/commands/picture-cache.ts';
import { SlitScans } from '../../../central-collector/commands/slit-scans.ts';
import type { ResultOf, SlitScanPiece } from '../../../contract/index.ts';

const LINE = { site: 'hai-phong', agent: 'box-1', camera: 'north', line: 'south' };
const MINUTE = 60_000;
/** A whole minute. */
const START = 1_795_302_420_000;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ngatu-slit-scans-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

type Asked = Extract<Question, { name: 'slit-scan' }>;

/** A box that has recorded `minutes` from START, and tells `atOnce` pieces in a reply. */
async function scansOf(minutes: number, { atOnce = 2, open = 0, maxBytes = 10_000_000 } = {}) {
  const cache = new PictureCache(join(folder, 'pictures'), maxBytes, pino({ level: 'silent' }));
  await cache.open();
  const box = {
    asked: [] as Asked[],
    pieces: Array.from({ length: minutes }, (_, i) => piece(i, i < minutes - open)),
    error: undefined as CommandsError | undefined,
    /** Asks again from where it was. */
    stuck: false,
  };
  const ask = async (_: unknown, question: Question): Promise<ResultOf<'slit-scan'>> => {
    if (question.name !== 'slit-scan') throw new Error(`not asked for: ${question.name}`);
    box.asked.push(question);
    if (box.error) throw box.error;
    const { fromMs, toMs } = question;
    const within = box.pieces.filter((one) => one.toMs >= fromMs && one.fromMs < toMs);
    const next = within[atOnce];
    return {
      ...{ name: 'slit-scan', camera: 'north', line: 'south', columns: 4 },
      directions: { toLeft: 'away', toRight: 'towards' },
      lanes: [],
      pieces: within.slice(0, atOnce),
      nextMs: box.stuck ? fromMs : (next?.fromMs ?? null),
      oldestMs: box.pieces[0]?.fromMs ?? null,
      newestMs: box.pieces.at(-1)?.toMs ?? null,
    };
  };
  return { box, cache, scans: new SlitScans({ sender: { ask: ask as never }, cache }) };
}

function piece(minute: number, final = true): SlitScanPiece {
  const fromMs = START + minute * MINUTE;
  return {
    ...{ fromMs, toMs: fromMs + 59_900, width: 8, height: 4, frames: [0, 59_900], marks: [], final },
    jpeg: Buffer.from(`picture ${minute} ${final}`).toString('base64'),
  };
}

describe('slit scans of a box', () => {
  it('are put together from as many replies as it takes, whole minutes at a time', async () => {
    const { scans, box } = await scansOf(5);
    const { pieces, newestMs, directions } = await scans.read(LINE, START + 90_000, START + 250_000);
    expect(pieces.map(({ fromMs }) => (fromMs - START) / MINUTE)).toEqual([1, 2, 3, 4]);
    expect([newestMs, directions.toLeft]).toEqual([START + 4 * MINUTE + 59_900, 'away']);
    expect(box.asked.map(({ fromMs, toMs }) => [fromMs - START, toMs - START])).toEqual([
      [MINUTE, 5 * MINUTE],
      [3 * MINUTE, 5 * MINUTE],
    ]);
  });

  it('are fetched once; what may still change is asked for again', async () => {
    const { scans, box } = await scansOf(4, { atOnce: 10, open: 1 });
    await scans.read(LINE, START, START + 4 * MINUTE);
    await scans.read(LINE, START, START + 3 * MINUTE);
    expect(box.asked).toHaveLength(1);
    // Its last minute is being recorded.
    await scans.read(LINE, START, START + 4 * MINUTE);
    expect(box.asked.slice(1).map(({ fromMs }) => fromMs - START)).toEqual([3 * MINUTE]);
  });

  it('of a time when nothing was recorded are not asked for twice either', async () => {
    const { scans, box } = await scansOf(5);
    box.pieces.splice(1, 2);
    for (let time = 0; time < 2; time += 1) {
      const { pieces } = await scans.read(LINE, START + MINUTE, START + 3 * MINUTE);
      expect(pieces).toEqual([]);
    }
    expect(box.asked).toHaveLength(1);
  });

  it('are asked for once by all who want the same at the same time', async () => {
    const { scans, box } = await scansOf(2);
    const [a, b] = await Promise.all([1, 2].map(() => scans.read(LINE, START, START + MINUTE)));
    expect(a).toEqual(b);
    expect(box.asked).toHaveLength(1);
  });

  it('have pictures that are handed out without the box, and fetched again when they were thrown away', async () => {
    const { scans, box, cache } = await scansOf(2, { maxBytes: 20 });
    const { pieces } = await scans.read(LINE, START, START + 2 * MINUTE);
    expect(cache.bytes).toBeLessThanOrEqual(20);
    const pictures = await Promise.all(pieces.map((one) => scans.picture(LINE, one)));
    expect(pictures.map(String)).toEqual(['picture 0 true', 'picture 1 true']);
    expect(box.asked).toHaveLength(2);
  });

  it('do not give away other pictures that are kept, whatever hash is asked for', async () => {
    const { scans, cache } = await scansOf(1);
    const evidence = Buffer.from('of another camera');
    await cache.put(hashOf(evidence), evidence);
    await expect(scans.picture(LINE, { fromMs: START, sha256: hashOf(evidence) })).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringContaining('ask for the slit scan again'),
    });
  });

  it.each([
    ['unknown-command', 'conflict', 'too old'],
    ['not-available', 'not-found', 'said the box'],
    ['not-allowed', 'not-allowed', 'said the box'],
    ['unknown-camera', 'not-found', 'said the box'],
    ['busy', 'unavailable', 'said the box'],
  ] as const)('that are refused as %s are %s to a client', async (refusal, code, said) => {
    const { scans, box } = await scansOf(1);
    box.error = refusedBy('hai-phong/box-1', refusal, [{ path: '', message: 'said the box' }]);
    await expect(scans.read(LINE, START, START + MINUTE)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(said),
    });
    box.error = undefined;
    expect((await scans.read(LINE, START, START + MINUTE)).pieces).toHaveLength(1);
  });

  it('end also when a box never comes to an end', async () => {
    const { scans, box } = await scansOf(3);
    box.stuck = true;
    await expect(scans.read(LINE, START, START + 3 * MINUTE)).rejects.toThrow(CommandsError);
    expect(box.asked).toHaveLength(1);
  });
});
