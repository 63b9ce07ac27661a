import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { expect, it, onTestFinished } from 'vitest';
import { openSource } from '../../../edge-agent/source/open-source.ts';
import { optionsFor } from './clips.ts';

function firstLogLine(url: string): string | undefined {
  const lines: string[] = [];
  const logger = pino({ base: null }, { write: (line) => void lines.push(JSON.parse(line).msg) });
  const source = openSource(optionsFor(url, { mode: 'live', logger }));
  onTestFinished(() => source.close());
  return lines[0];
}

it('says at the start that a clip in the place of a camera is played for ever', () => {
  const clip = join(tmpdir(), 'no-such-clip.mp4');
  expect(firstLogLine(clip)).toBe(`clip ${clip}, played again and again at its own pace`);
});

it('does not call a camera a clip', () => {
  expect(firstLogLine('rtsp://127.0.0.1:1/cam')).toBeUndefined();
});
