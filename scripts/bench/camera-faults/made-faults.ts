// Faults made of a good clip by ffmpeg, to be found, and changes that are none, to be left alone.

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Incident } from '../../../contract/index.ts';

/** The moment from which the picture is at fault, and the length of the clip, s. */
export const FAULT_AT_S = 22;
const LENGTH_S = 40;

const FROM = `enable='gt(t,${FAULT_AT_S})'`;
const AFTER = `gt(t,${FAULT_AT_S})`;

export type MadeFault = {
  readonly name: string;
  /** Undefined: nothing must be found. */
  readonly kind?: Incident['kind'];
  readonly filter: string;
};

export const MADE_FAULTS: readonly MadeFault[] = [
  {
    name: 'repeats one picture',
    kind: 'camera-frozen',
    filter: `select='not(between(t,${FAULT_AT_S},${LENGTH_S - 2}))',fps=10`,
  },
  { name: 'black', kind: 'camera-black', filter: `drawbox=w=iw:h=ih:color=black:t=fill:${FROM}` },
  { name: 'slightly out of focus', kind: 'camera-blurred', filter: `gblur=sigma=2:${FROM}` },
  { name: 'out of focus', kind: 'camera-blurred', filter: `gblur=sigma=6:${FROM}` },
  { name: 'a third covered', kind: 'camera-obscured', filter: cover('iw*0.35') },
  { name: 'covered', kind: 'camera-obscured', filter: cover('iw') },
  {
    name: 'shifted by 2 % of its width',
    kind: 'camera-moved',
    filter: `crop=iw*0.9:ih*0.9:x='if(${AFTER},iw*0.02,0)':y='if(${AFTER},ih*0.015,0)'`,
  },
  {
    name: 'shifted by 10 %',
    kind: 'camera-moved',
    filter: `crop=iw*0.85:ih*0.85:x='if(${AFTER},iw*0.1,0)':y='if(${AFTER},ih*0.06,0)'`,
  },
  {
    name: 'turned by 4 degrees',
    kind: 'camera-moved',
    filter: `rotate=a='if(${AFTER},0.07,0)',crop=iw*0.9:ih*0.9`,
  },
  {
    name: 'zoomed by 18 %',
    kind: 'camera-moved',
    filter: `split[a][b];[b]crop=iw*0.85:ih*0.85,scale=iw/0.85:ih/0.85[z];[a][z]overlay=${FROM}`,
  },
  { name: 'brighter at once', filter: `eq=brightness=0.25:contrast=0.8:${FROM}` },
  { name: 'darker at once', filter: `eq=brightness=-0.2:contrast=0.7:${FROM}` },
  {
    name: 'night falls in 20 s',
    filter: `eq=eval=frame:brightness='-0.25*min(1,max(0,t-15)/20)':contrast='1-0.4*min(1,max(0,t-15)/20)'`,
  },
  {
    name: 'fog comes in 20 s',
    filter: `eq=eval=frame:brightness='0.15*min(1,max(0,t-15)/20)':contrast='1-0.8*min(1,max(0,t-15)/20)'`,
  },
  { name: 'noisy', filter: `noise=alls=40:allf=t:${FROM}` },
  { name: 'sways in the wind', filter: "crop=iw-16:ih-16:x='8+3*sin(t*5)':y='8+2*sin(t*3.7)'" },
];

/** Plays `clip` round and round for 40 s through the filter; rejects when ffmpeg fails. */
export async function makeFault(clip: string, { filter }: MadeFault, directory: string): Promise<string> {
  const path = join(directory, 'fault.mp4');
  const input = ['-stream_loop', '-1', '-i', clip, '-t', String(LENGTH_S)];
  const output = ['-r', '10', '-c:v', 'libx264', '-preset', 'veryfast', '-pix_fmt', 'yuv420p', '-g', '20'];
  await promisify(execFile)('ffmpeg', [
    '-nostdin',
    '-v',
    'error',
    '-y',
    ...input,
    '-vf',
    filter,
    ...output,
    path,
  ]);
  return path;
}

function cover(width: string): string {
  return `drawbox=x=0:y=0:w=${width}:h=ih:color=0x302818:t=fill:${FROM}`;
}
