// Which verdicts an incident is open to, and what each key does. A verdict that changes nothing is not offered.

import type { IncidentAnswer, VerdictBody } from '../../../../api/schemas/incidents.ts';

export type Verdict = VerdictBody['verdict'];
export const VERDICT_ORDER = [
  'acknowledge',
  'confirm',
  'false-alarm',
  'clear',
  'note',
] as const satisfies Verdict[];

export const VERDICT_KEYS: Readonly<Record<Verdict, string>> = {
  acknowledge: 'a',
  confirm: 'c',
  'false-alarm': 'f',
  clear: 'e',
  note: 'n',
};

/** Those that end something are asked about once more, with room for a reason. */
export const ASKS: ReadonlySet<Verdict> = new Set<Verdict>(['false-alarm', 'clear', 'note']);

export function isOpenTo(
  { state, acknowledged, verdict }: Pick<IncidentAnswer, 'state' | 'acknowledged' | 'verdict'>,
  given: Verdict,
): boolean {
  switch (given) {
    case 'acknowledge':
      return acknowledged === null && state === 'active';
    case 'confirm':
      return verdict !== 'confirmed';
    case 'false-alarm':
      return verdict !== 'false-alarm';
    case 'clear':
      return state === 'active';
    case 'note':
      return true;
  }
}

export function verdictOfKey(key: string): Verdict | null {
  return VERDICT_ORDER.find((verdict) => VERDICT_KEYS[verdict] === key) ?? null;
}

/** Names one action of one person, so that sent twice it is done once. Works where pages have no HTTPS, too. */
export function actionKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Of two words on one incident the later: by the camera's version, else the one that came last. */
export function newerOf(known: IncidentAnswer, come: IncidentAnswer): IncidentAnswer {
  return known.version > come.version ? known : come;
}
