// The groups of pictures that accuracy is told for, and what models reach in each.

import { TARGETS, type Target } from './accuracy-targets.ts';
import { averagePrecision, type Judgement, operatingPoint, truthsOf } from './average-precision.ts';
import type { LabelledPicture } from './labelled-pictures.ts';

export type PictureTags = Pick<LabelledPicture, 'kind' | 'time' | 'source' | 'scene' | 'labels'>;

/** A picture and what each model made of it, by the model's name; a target is absent where its labels lack the class. */
export type JudgedByModels = {
  readonly picture: PictureTags;
  readonly judgements: ReadonlyMap<string, Partial<Record<Target, Judgement>>>;
};

export type Accuracy = {
  /** Average precision at IoU 0.5, 0..1. */
  readonly ap: number | undefined;
  /** At the least score of the model's card. */
  readonly recall: number | undefined;
  readonly precision: number | undefined;
};

export type GroupAccuracy = {
  readonly group: string;
  readonly pictures: number;
  /** How many truths there are to find, a target; the same for all models that know the class. */
  readonly truths: Readonly<Partial<Record<Target, number>>>;
  readonly models: Readonly<Record<string, Partial<Record<Target, Accuracy>>>>;
};

/** A scene of fewer pictures says nothing by itself; collections of single photos have one a scene. */
const LEAST_PICTURES_OF_SCENE = 5;

/** Accuracy for every group that has pictures, real ones first; `minScores` are those of the cards, by model. */
export function accuracyOfGroups(
  judged: readonly JudgedByModels[],
  minScores: ReadonlyMap<string, number>,
): GroupAccuracy[] {
  return [...membersOfGroups(judged)].map(([group, members]) => groupAccuracy(group, members, minScores));
}

function membersOfGroups(judged: readonly JudgedByModels[]): ReadonlyMap<string, readonly JudgedByModels[]> {
  const groups = new Map<string, JudgedByModels[]>();
  const collect = (kind: PictureTags['kind'], nameOf: (tags: PictureTags) => string) => {
    const named = judged
      .filter(({ picture }) => picture.kind === kind)
      .map((one) => ({ name: nameOf(one.picture), one }))
      .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
    for (const { name, one } of named) groups.set(name, [...(groups.get(name) ?? []), one]);
  };
  for (const kind of ['real', 'rendered'] as const) {
    collect(kind, () => kind);
    collect(kind, ({ time }) => `${kind}, ${time}`);
    collect(kind, ({ labels }) => `${kind}, labels by ${labels}`);
    collect(kind, ({ source }) => `${kind}, source ${source}`);
    collect(kind, ({ scene }) => `${kind}, scene ${scene}`);
  }
  for (const [name, members] of groups)
    if (name.includes(', scene ') && members.length < LEAST_PICTURES_OF_SCENE) groups.delete(name);
  return groups;
}

function groupAccuracy(
  group: string,
  members: readonly JudgedByModels[],
  minScores: ReadonlyMap<string, number>,
): GroupAccuracy {
  const truths: Partial<Record<Target, number>> = {};
  const models: Record<string, Partial<Record<Target, Accuracy>>> = {};
  for (const [model, minScore] of minScores) {
    const ofModel: Partial<Record<Target, Accuracy>> = {};
    for (const target of TARGETS) {
      const judgements = members.flatMap(({ judgements }) => judgements.get(model)?.[target] ?? []);
      if (judgements.length === 0) continue;
      truths[target] = truthsOf(judgements);
      ofModel[target] = { ap: averagePrecision(judgements), ...operatingPoint(judgements, minScore) };
    }
    models[model] = ofModel;
  }
  return { group, pictures: members.length, truths, models };
}
