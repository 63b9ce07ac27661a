// One scene through the chain, with its truth: what every part of the scorecard that speaks of scenes judges.

import type { Passage, TrafficEvent } from '../../contract/index.ts';
import type { FrameResult } from '../../edge-agent/runtime/stage-loop.ts';
import { type CarriagewayGround, carriagewaysOf } from '../scenes/layout/carriageways.ts';
import { readTruth, type Truth } from '../scenes/truth-file.ts';
import { type CountedPassage, type CrossingMatch, matchCrossings } from './match-crossings.ts';
import type { Chain } from './run-chain.ts';
import { sceneCamera } from './scene-camera.ts';
import { type Condition, conditionOf, librarySceneOf, type SceneClip } from './scene-clips.ts';
import { blindSpans, cutCrossings, trueCrossings } from './true-crossings.ts';

export type JudgedScene = {
  readonly name: string;
  readonly condition: Condition;
  readonly truth: Truth;
  /** Of the road on the ground; none for a clip whose scene is not in the library. */
  readonly carriageways: readonly CarriagewayGround[];
  readonly events: readonly TrafficEvent[];
  readonly crossings: CrossingMatch;
};

/** Rejects with a TruthFileError, and with what the chain says of the clip. */
export async function judgeScene(
  chain: Chain,
  { name, clip, truth: path }: SceneClip,
  onFrame?: (result: FrameResult) => void,
): Promise<JudgedScene> {
  const truth = await readTruth(path);
  const scene = await librarySceneOf(truth.header);
  const { events } = await chain.run(clip, sceneCamera(truth.header, clip, scene), onFrame);
  return {
    name,
    condition: conditionOf(truth.header),
    truth,
    carriageways: scene ? carriagewaysOf(scene.layout) : [],
    events,
    crossings: matchCrossings(
      trueCrossings(truth),
      events.flatMap(countedPassage),
      cutCrossings(truth),
      blindSpans(truth),
    ),
  };
}

export function countedPassage(event: TrafficEvent): CountedPassage[] {
  return event.type === 'passage' ? [{ ...pick(event), atS: event.atMs / 1000 }] : [];
}

function pick({ line, direction, roadUser, track, speedKmh }: Passage): Omit<CountedPassage, 'atS'> {
  return { line, direction, roadUser, track, ...(speedKmh === undefined ? {} : { speedKmh }) };
}
