import { describe, expect, it } from 'vitest';
import { EvidenceError } from '../../../edge-agent/evidence/evidence-error.ts';
import type { Still } from '../../../edge-agent/evidence/footage.ts';
import { JobLine } from '../../../edge-agent/evidence/job-line.ts';
import type { SeenFrame } from '../../../edge-agent/evidence/recorder.ts';
import { StillCamera } from '../../../edge-agent/evidence/still-camera.ts';
import type { Frame, FrameShape } from '../../../edge-agent/source/frame.ts';

const SHAPE: FrameShape = {
  width: 64,
  height: 64,
  colourOrder: 'rgb',
  fit: 'letterbox-top-left',
  padValue: 114,
};

function frame(index: number): Frame {
  return {
    ...{
      index,
      cameraTimeMs: index * 100,
      capturedAtMs: 1000 + index * 100,
      droppedBefore: 0,
      discontinuity: false,
    },
    geometry: {
      ...{ sourceWidth: 128, sourceHeight: 72, scaleX: 0.5, scaleY: 0.5 },
      ...{ offsetX: 0, offsetY: 0, originX: 0, originY: 0 },
    },
    planes: new Uint8Array(64 * 64 * 3).fill(40 + index),
  };
}

const seen = (index: number): SeenFrame => ({ frame: frame(index), roadUsers: [] });
const VIDEO: Still = { image: Buffer.from('video'), width: 1280, height: 720, atMs: 5, from: 'stream' };

function footageThat(still: () => Promise<Still>) {
  return { still, clip: () => Promise.reject(new Error('not asked for')) };
}

describe('the newest picture of a camera', () => {
  it('is the next frame that is analysed, with who was seen in it, where there is no video', async () => {
    const camera = new StillCamera({ shape: SHAPE });
    camera.keep(frame(0));
    camera.observe(0, () => seen(0));
    const asked = Promise.all([camera.take(new JobLine()), camera.take(new JobLine())]);
    camera.keep(frame(1));
    camera.observe(1, () => seen(1));
    for (const { still, seen: who } of await asked) {
      expect(still).toMatchObject({ from: 'analysed', width: 128, height: 72, atMs: 1100 });
      expect(who.frame.index).toBe(1);
    }
  });

  it('is the video of the last analysed frame, where there is some', async () => {
    const camera = new StillCamera({
      shape: SHAPE,
      video: { footage: footageThat(async () => VIDEO), hasVideo: true },
    });
    camera.observe(3, () => seen(3));
    const { still, seen: who } = await camera.take(new JobLine());
    expect([still, who.frame.index]).toEqual([VIDEO, 3]);
  });

  it('is a frame while the video has not begun', async () => {
    const none = footageThat(() => Promise.reject(new EvidenceError('no keyframe yet')));
    const camera = new StillCamera({ shape: SHAPE, video: { footage: none, hasVideo: true } });
    camera.observe(3, () => seen(3));
    const asked = camera.take(new JobLine());
    // Asked for after the video has failed.
    await new Promise((resolve) => setImmediate(resolve));
    camera.keep(frame(4));
    camera.observe(4, () => seen(4));
    expect((await asked).still.from).toBe('analysed');
  });

  it('is none when the camera closes meanwhile', async () => {
    const camera = new StillCamera({ shape: SHAPE });
    const asked = camera.take(new JobLine());
    camera.close();
    await expect(asked).rejects.toThrow('gives no picture');
  });
});
