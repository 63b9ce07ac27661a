import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { inputKind, isClip } from '../../../edge-agent/source/input-kind.ts';
import { SourceError } from '../../../edge-agent/source/source-error.ts';

const folder = mkdtempSync(join(tmpdir(), 'ngatu-input-'));
afterAll(() => rmSync(folder, { recursive: true }));

test.each([
  ['rtsp://cam/x', 'rtsp'],
  ['RTSPS://cam/x', 'rtsp'],
  ['http://cam/live/index.m3u8?t=1', 'hls'],
  ['https://portal/cam.mp4', 'http-file'],
  ['http://cam/video.cgi?resolution=640x480', 'mjpeg'],
  ['/dev/video2', 'v4l2'],
  ['/dev/v4l/by-id/usb-cam', 'v4l2'],
])('%s is %s', async (url, kind) => {
  expect((await inputKind(url)).kind).toBe(kind);
  expect(isClip(url)).toBe(false);
});

test('a path or a file address is a file, and a clip', async () => {
  const path = join(folder, 'a b.mp4');
  writeFileSync(path, '');
  expect(await inputKind(path)).toEqual({ kind: 'file', path });
  expect(await inputKind(`file://${path.replace(' ', '%20')}`)).toEqual({ kind: 'file', path });
  expect(isClip(path)).toBe(true);
});

test('a folder is read by the extension that most of its pictures have', async () => {
  for (const name of ['1.png', '2.JPG', '3.JPG', 'notes.txt', 'more.txt', 'yet-more.txt']) {
    writeFileSync(join(folder, name), '');
  }
  expect(await inputKind(folder)).toEqual({ kind: 'folder', path: folder, extension: '.JPG' });
});

test.each([
  ['a file that is not there', '/nowhere/clip.mp4', /cannot be read: expected a file or a folder/],
  ['another protocol', 'ftp://host/clip.mp4', /begins with "ftp:\/\/"; expected rtsp/],
  ['a line break that could smuggle in an option', "rtsp://cam/x\noption a b'", /control characters/],
])('refuses %s', async (_, url, message) => {
  await expect(inputKind(url)).rejects.toThrow(message);
});

test('refuses a folder without pictures', async () => {
  const empty = mkdtempSync(join(folder, 'empty-'));
  await expect(inputKind(empty)).rejects.toThrow(/holds no pictures/);
});

test.each([
  'file://other-host/clip.mp4',
  'file:///a%2Fb.mp4',
  'file:///%zz.mp4',
  'http://',
  'https://[/x.m3u8',
])('refuses the address %s in words', async (url) => {
  await expect(inputKind(url)).rejects.toThrow(SourceError);
});
