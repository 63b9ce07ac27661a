// `ngatu calibrate`: tells how good a camera's calibration is, and shows it: the ground grid must lie on the road.

import { writeFile } from 'node:fs/promises';
import { Command } from 'commander';
import type { CameraConfig } from '../config/camera.ts';
import { loadCameraConfig } from '../config/load.ts';
import { formatProblem } from '../config/problems.ts';
import { calibrationOf } from '../edge-agent/analytics/calibration.ts';
import { calibrationPoints } from '../edge-agent/analytics/calibration-points.ts';
import { type CalibrationReport, reportCalibration } from '../edge-agent/analytics/calibration-report.ts';
import type { CameraPose } from '../edge-agent/analytics/camera-pose.ts';
import { drawGround } from './draw-ground.ts';
import { inspectCamera } from './inspect-camera.ts';
import { createPlainLogger } from './logger.ts';
import { takeStill } from './still.ts';

type CheckOptions = { readonly still?: string; readonly out?: string; readonly json?: boolean };

/** Bad usage, or a camera that has nothing to check. */
class CalibrateError extends Error {
  override readonly name = 'CalibrateError';
  readonly retryable = false;
  readonly exitCode = 2;
}

const CHECK_HELP = `
Prints what each point is off by, how exact lengths are, and where the horizon is. With --out it draws
the ground in metres over a still. The still is that of --still (a picture or a clip), else one picture
from the camera itself.

  ngatu calibrate check camera.yaml
  ngatu calibrate check camera.yaml --out grid.png --still frame.jpg
`;

export function calibrateCommand(): Command {
  const command = new Command('calibrate').description(
    "check a camera's calibration, draw its ground grid on a still",
  );
  command
    .command('check')
    .description('tell how far the calibration of a camera can be trusted')
    .argument('<camera>', 'camera file')
    .option('--still <file>', 'picture or clip to draw on; default: a picture from the camera itself')
    .option('--out <png>', 'write the still with ground grid, points and counting lines')
    .option('--json', 'print one JSON document')
    .addHelpText('after', CHECK_HELP)
    .action(check);
  return command;
}

/** @throws ConfigError, CalibrationError (both exit with 2), StillError */
async function check(file: string, { still, out, json }: CheckOptions): Promise<void> {
  if (still !== undefined && out === undefined) {
    throw new CalibrateError('--still says what to draw on; say with --out where the drawing goes.');
  }
  const camera = await loadCameraConfig(file, {
    inspectCamera,
    onWarning: (problem) => process.stderr.write(`${formatProblem(problem)}\n`),
  });
  const calibration = calibrationOf(camera.picture, camera.calibration);
  if (calibration === undefined) {
    throw new CalibrateError(
      `${file} has no calibration. Add one with points, a rectangle or a lane; config/examples/camera.yaml shows each.`,
    );
  }
  const report = reportCalibration(
    calibration,
    calibrationPoints(camera.calibration ?? {}),
    { pointErrorPx: camera.calibration?.pointErrorPx },
    camera.lines.map(({ line, from, to }) => ({
      at: `line ${line}`,
      picture: [(from[0] + to[0]) / 2, (from[1] + to[1]) / 2] as const,
    })),
  );
  if (json) process.stdout.write(`${JSON.stringify({ ...report, pose: calibration.pose }, undefined, 2)}\n`);
  else process.stdout.write(describe(camera, report, calibration.pose));
  if (out === undefined) return;
  const picture = await takeStill(still, camera, createPlainLogger());
  const drawing = await drawGround(picture, { calibration, report, lines: camera.lines });
  await writeFile(out, drawing).catch((cause: unknown) => {
    throw new CalibrateError(`${out} cannot be written.`, { cause });
  });
  if (!json) process.stdout.write(`Drawn: ${out}. The grid must lie on the road, its squares square.\n`);
}

function describe(camera: CameraConfig, report: CalibrationReport, pose: CameraPose | undefined): string {
  const { points, rms, heldOutRms, lengths, areaM2, horizon, warnings } = report;
  const rows = points.map(({ picture, ground, error, heldOut }, i) => [
    `${i + 1}`,
    picture.map((each) => each.toFixed(0)).join(', '),
    ground.map((each) => each.toFixed(2)).join(', '),
    error.px.toFixed(2),
    error.m.toFixed(3),
    heldOut === undefined ? '-' : heldOut.px.toFixed(2),
    heldOut === undefined ? '-' : heldOut.m.toFixed(3),
  ]);
  const spots = lengths.map(({ at, distanceM, metresPerPx, errorOf10M }) => [
    at,
    distanceM === undefined ? '-' : distanceM.toFixed(0),
    metresPerPx.toFixed(3),
    errorOf10M.toFixed(2),
  ]);
  const freedom =
    points.length > 4 ? '' : ' (four points always fit exactly: add more to see how good they are)';
  const text = [
    `camera ${camera.camera}: ${points.length} points over ${areaM2.toFixed(0)} m² of road`,
    '',
    table(['point', 'picture px', 'ground m', 'off px', 'off m', 'held out px', 'held out m'], rows),
    `root mean square ${rms.px.toFixed(2)} px, ${rms.m.toFixed(3)} m${freedom}`,
    ...(heldOutRms === undefined
      ? []
      : [`held out, each by the others: ${heldOutRms.px.toFixed(2)} px, ${heldOutRms.m.toFixed(3)} m`]),
    '',
    table(['where', 'm away', 'm a pixel', 'error of 10 m'], spots),
    `horizon: ${horizon.map((y) => (y === undefined ? 'above' : y.toFixed(0))).join(', ')} px from the top (left, middle, right)`,
    pose === undefined
      ? 'camera: cannot be told'
      : `camera: ${pose.position[2].toFixed(1)} m high, looks ${pose.tiltDeg.toFixed(1)}° down, focal length ${pose.focalPx.toFixed(0)} px (±${(pose.relativeError * 100).toFixed(0)} %)`,
    ...warnings.map((each) => `warning: ${each}`),
  ];
  return `${text.join('\n')}\n`;
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i]?.length ?? 0)));
  return [header, ...rows]
    .map((row) =>
      row
        .map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
        .join('  '),
    )
    .join('\n');
}
