// An incident in few words: what it is, where, and who has said what.

import type { IncidentAnswer } from '../../../../api/schemas/incidents.ts';
import { nowMs } from '../../live/stream.ts';
import { incidentKindWord } from '../../words/common.ts';
import { formatMoment } from '../../words/formats.ts';
import { oneRoadUser } from '../camera/words.ts';
import { t } from './words.ts';

export function incidentTitle({ kind }: Pick<IncidentAnswer, 'kind'>): string {
  return incidentKindWord(kind);
}

/** The camera's name, and the lane where there is one. */
export function whereOf({ camera, cameraName, lane }: IncidentAnswer): string {
  const name = cameraName ?? camera;
  if (lane === null) return name;
  // Lanes are often named `lan-2` or `lane-2` already.
  return `${name}, ${/^lan(e|$|-|_)/.test(lane) ? lane : `${t('lane').toLowerCase()} ${lane}`}`;
}

export function stateWord({ state, verdict }: Pick<IncidentAnswer, 'state' | 'verdict'>): string {
  if (verdict === 'false-alarm') return t('falseAlarmed');
  return t(state);
}

export function verdictWord({ verdict }: Pick<IncidentAnswer, 'verdict'>): string {
  return t(verdict === 'confirmed' ? 'confirmed' : verdict === 'false-alarm' ? 'falseAlarmed' : 'undecided');
}

export function endWord({ clearedAt, clearedBy }: IncidentAnswer): string | null {
  if (clearedAt === null) return null;
  const at = formatMoment(clearedAt, nowMs.value, true);
  return clearedBy === null ? t('clearedByCamera', { at }) : t('clearedBy', { by: clearedBy, at });
}

/** Of one that its box does not stand by: since when, and what that means. */
export function unconfirmedWords({ unconfirmed }: Pick<IncidentAnswer, 'unconfirmed'>): {
  readonly since: string;
  readonly why: string;
} | null {
  if (unconfirmed === null) return null;
  const since = t('unconfirmed', { at: formatMoment(unconfirmed.since, nowMs.value, true) });
  return { since, why: t(WHY[unconfirmed.why]) };
}

const WHY = {
  'box-offline': 'whyBoxOffline',
  'box-restarted': 'whyBoxRestarted',
  'camera-gone': 'whyCameraGone',
} as const;

export function roadUserOf({ roadUser }: IncidentAnswer): string | null {
  return roadUser === null ? null : oneRoadUser(roadUser);
}

/** `/cameras/site/agent/camera` */
export function cameraHref({ camera }: Pick<IncidentAnswer, 'camera'>): string {
  return `/cameras/${camera}`;
}
