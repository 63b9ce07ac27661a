// Incidents on rendered scenes: what was scripted and found, how soon, and what was reported for nothing.

import { INCIDENT_KINDS } from '../../contract/index.ts';
import type { JudgedScene } from './judge-scene.ts';
import { plural, quantile, table } from './markdown.ts';
import {
  type IncidentMatch,
  type JudgedIncident,
  matchIncidents,
  type ReportedIncident,
} from './match-incidents.ts';
import { notMeasured, type Section, type SectionResult } from './section.ts';

const MOST_DELAY_S = 10;

export const incidentsSection: Section = {
  name: 'incidents',
  heading: 'Incidents on rendered scenes',
  measure: async (context) => {
    const { judged } = await context.scenes();
    if (judged.length === 0) return notMeasured('no scene is rendered.');
    return describeIncidents(judged);
  },
};

export function describeIncidents(judged: readonly JudgedScene[]): SectionResult {
  const scenes = judged.map((scene) => ({
    scene,
    match: matchIncidents(scene.truth, scene.carriageways, scene.events),
  }));
  const asked = scenes.flatMap(({ match }) => match.scripted.filter(({ metS }) => metS !== undefined));
  const inTime = asked.filter(isInTime);
  const quiet = scenes.filter(({ scene }) => scene.truth.incidents.length === 0);
  const wrong = scenes.flatMap(({ match }) => match.wrong);
  const wrongInQuiet = quiet.flatMap(({ match }) => match.wrong);
  const delays = asked.flatMap(({ found }) => (found ? [found.delayS] : []));
  const shown = new Set(judged.flatMap(({ truth }) => truth.incidents.map(({ kind }) => kind)));
  const hours = judged.reduce(
    (sum, { truth }) => sum + truth.header.frames / truth.header.picture.fps / 3600,
    0,
  );
  return {
    text: [
      "The delay is counted from the moment at which the kind's definition is met in the truth: a vehicle that stands is an incident after ten seconds. Traffic that is held up passes through slow traffic, congestion and queue; whichever of them is reported is right from the moment at which its own definition is met.",
      table(
        ['scene', 'scripted', 'definition met at s', 'reported as', 'at s', 'delay s'],
        scenes.flatMap(({ scene, match }) => match.scripted.map((each) => rowOf(scene.name, each))),
      ),
      `Found in time: ${inTime.length} of ${asked.length}. Delay: median ${seconds(quantile(delays, 0.5))}, longest ${seconds(quantile(delays, 1))}.`,
      table(
        ['scene', 'scripted', 'false', 'repeated', 'true but not scripted'],
        scenes.map(({ scene, match }) => [
          scene.name,
          match.scripted.length,
          listed(match.wrong),
          listed(match.repeated),
          listed(match.explained),
        ]),
      ),
      `False incidents: ${wrong.length} in ${(hours * 60).toFixed(0)} minutes of ${plural(judged.length, 'scene')}, ${wrongInQuiet.length} of them in the ${quiet.length} scenes without incidents.`,
      `Kinds that no judged scene shows: ${INCIDENT_KINDS.filter((kind) => !shown.has(kind)).join(', ') || 'none'}. A camera that is offline cannot be shown in a clip.`,
    ].join('\n\n'),
    targets: [
      {
        what: `scripted incidents found within ${MOST_DELAY_S} s, with the right kind`,
        measured: `${inTime.length} of ${asked.length}`,
        met: inTime.length === asked.length,
      },
      {
        what: 'no false incident in scenes without incidents',
        measured: String(wrongInQuiet.length),
        met: wrongInQuiet.length === 0,
      },
    ],
  };
}

function seconds(value: number | undefined): string {
  return value === undefined ? 'not known' : `${value.toFixed(1)} s`;
}

function isInTime({ found }: JudgedIncident): boolean {
  return found !== undefined && found.delayS <= MOST_DELAY_S;
}

function rowOf(scene: string, { kind, metS, found }: JudgedIncident): string[] {
  return [
    scene,
    kind,
    metS === undefined ? 'never' : metS.toFixed(1),
    found?.kind ?? (metS === undefined ? 'not asked for' : 'missed'),
    found ? found.detectedS.toFixed(1) : '-',
    found ? found.delayS.toFixed(1) : '-',
  ];
}

function listed(reports: IncidentMatch['wrong']): string {
  return reports.length === 0
    ? '0'
    : `${reports.length}: ${reports.map(({ kind, detectedS }: ReportedIncident) => `${kind} at ${detectedS.toFixed(0)} s`).join(', ')}`;
}
