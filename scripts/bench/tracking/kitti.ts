// KITTI tracking sequences from text files: what people labelled and what a detector found.

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Box } from '../../models/box-overlap.ts';

/** A line of a label file. Boxes are in pixels of pictures of about 1242x375, at 10 frames a second. */
export type KittiObject = {
  /** From 0. */
  readonly frame: number;
  /** Unique within the sequence; -1 for DontCare. */
  readonly id: number;
  /** Car, Van, Truck, Pedestrian, Person, Cyclist, Tram, Misc, DontCare. */
  readonly type: string;
  /** How much is outside the picture: 0 nothing, 1 part, 2 much; -1 for DontCare. */
  readonly truncation: number;
  /** 0 fully visible, 1 partly occluded, 2 largely occluded, 3 unknown; -1 for DontCare. */
  readonly occlusion: number;
  readonly box: Box;
};

export type KittiDetection = {
  readonly frame: number;
  readonly box: Box;
  /** 0..1. */
  readonly score: number;
};

export type KittiSequence = {
  /** Such as `0007`. */
  readonly name: string;
  /** Every frame of the sequence, empty ones included. */
  readonly frames: readonly {
    readonly objects: readonly KittiObject[];
    /** Cars only. */
    readonly detections: readonly KittiDetection[];
  }[];
};

export class KittiFileError extends Error {
  override readonly name = 'KittiFileError';
  readonly retryable = false;
}

const LABEL_COLUMNS = 10;
const DETECTION_COLUMNS = 7;
/** Detections carry KITTI's number of a class. */
const CAR_NUMBER = 2;

/**
 * Reads all sequences of a folder with `labels/NAME.txt` and `detections/NAME.txt`, by name.
 *
 * @throws KittiFileError when a file is missing or a line is not what the format says.
 */
export async function readKittiSequences(folder: string): Promise<KittiSequence[]> {
  const files = await reading(readdir(join(folder, 'labels')), join(folder, 'labels'));
  const sequences: KittiSequence[] = [];
  for (const file of files.filter((each) => each.endsWith('.txt')).toSorted()) {
    const [labels, detections] = [join(folder, 'labels', file), join(folder, 'detections', file)];
    sequences.push(
      kittiSequence(
        file.replace('.txt', ''),
        parseLabels(await reading(readFile(labels, 'utf8'), labels), labels),
        parseDetections(await reading(readFile(detections, 'utf8'), detections), detections),
      ),
    );
  }
  return sequences;
}

/** Sorts objects and detections into frames 0 to the last that has any. */
export function kittiSequence(
  name: string,
  objects: readonly KittiObject[],
  detections: readonly KittiDetection[],
): KittiSequence {
  const count = [...objects, ...detections].reduce((most, { frame }) => Math.max(most, frame + 1), 0);
  const frames = Array.from({ length: count }, () => ({
    objects: [] as KittiObject[],
    detections: [] as KittiDetection[],
  }));
  for (const object of objects) frames[object.frame]?.objects.push(object);
  for (const detection of detections) frames[detection.frame]?.detections.push(detection);
  return { name, frames };
}

/** Columns: frame, id, type, truncation, occlusion, angle, x1, y1, x2, y2, and 3-D values that are not read. */
export function parseLabels(text: string, file: string): KittiObject[] {
  return linesOf(text).map(([line, number]) => {
    const columns = line.split(/\s+/);
    const type = columns[2] ?? '';
    const numbers = [...columns.slice(0, 2), ...columns.slice(3, LABEL_COLUMNS)].map(Number);
    const [frame = 0, id = 0, truncation = 0, occlusion = 0, , x1 = 0, y1 = 0, x2 = 0, y2 = 0] = numbers;
    if (columns.length < LABEL_COLUMNS || !isSound(numbers, frame)) {
      throw unlike('frame, id, type, truncation, occlusion, angle, x1, y1, x2, y2', line, file, number);
    }
    return { frame, id, type, truncation, occlusion, box: [x1, y1, x2, y2] };
  });
}

/**
 * Columns: frame, class, x1, y1, x2, y2, score, and 3-D values that are not read. Other classes than cars are left
 * out. The detector (PointRCNN) writes scores as logits; they become 0..1 by the logistic function.
 */
export function parseDetections(text: string, file: string): KittiDetection[] {
  return linesOf(text).flatMap(([line, number]) => {
    const numbers = line.split(',').slice(0, DETECTION_COLUMNS).map(Number);
    const [frame = 0, type, x1 = 0, y1 = 0, x2 = 0, y2 = 0, logit = 0] = numbers;
    if (numbers.length < DETECTION_COLUMNS || !isSound(numbers, frame)) {
      throw unlike('frame, class, x1, y1, x2, y2, score', line, file, number);
    }
    const box: Box = [x1, y1, x2, y2];
    return type === CAR_NUMBER ? [{ frame, box, score: 1 / (1 + Math.exp(-logit)) }] : [];
  });
}

/** Lines that are not empty, with their number from 1. */
function linesOf(text: string): (readonly [line: string, number: number])[] {
  return text
    .split('\n')
    .map((line, index) => [line.trim(), index + 1] as const)
    .filter(([line]) => line !== '');
}

function isSound(numbers: readonly number[], frame: number): boolean {
  return numbers.every(Number.isFinite) && Number.isInteger(frame) && frame >= 0;
}

function unlike(expected: string, line: string, file: string, number: number): KittiFileError {
  return new KittiFileError(
    `Expected ${expected}, got "${line.slice(0, 80)}" in line ${number} of ${file}. Is it a file of KITTI's tracking benchmark?`,
  );
}

async function reading<T>(work: Promise<T>, path: string): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    throw new KittiFileError(
      `Expected KITTI tracking data in ${path}, which cannot be read. Name the folder that holds tracking/kitti with --data.`,
      { cause },
    );
  }
}
