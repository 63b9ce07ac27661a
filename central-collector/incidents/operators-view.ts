// What holds of an incident: the camera's versions and the operators' verdicts together. Pure, and the same in whatever
// order they came. docs/incidents.md tells operators these rules.

import type { IncidentVersion } from './incident-record.ts';
import { isWorse, type Verdict } from './verdict.ts';

type Closing = Said & Pick<Verdict, 'version' | 'severity'> & { readonly isFinal: boolean };

type Said = { readonly by: string; readonly atMs: number };

export type OperatorsView = {
  readonly state: 'active' | 'cleared';
  readonly verdict: 'confirmed' | 'false-alarm' | null;
  readonly acknowledged: Said | null;
  readonly clearedAtMs: number | null;
  /** Null when the camera did, and while it is active. */
  readonly clearedBy: string | null;
  readonly notes: number;
};

/**
 * @param versions by rising version, the last is the camera's newest; at least one
 * @param verdicts in the order of the centre
 */
export function operatorsView(
  versions: readonly IncidentVersion[],
  verdicts: readonly Verdict[],
): OperatorsView {
  const camera = versions.at(-1);
  const closing = closingOf(verdicts, versions);
  const reopening = closing === undefined ? undefined : reopeningOf(closing, versions);
  const closed = reopening === undefined ? closing : undefined;
  const verdict = verdictOf(verdicts, camera?.state);
  const endMs = camera?.clearedAtMs ?? (camera?.state === 'rejected' ? camera.atMs : undefined);
  // Who was first: a verdict on what the camera had ended already did not end it.
  const byOperator = closed !== undefined && (endMs === undefined || closed.atMs < endMs);
  return {
    state: closed !== undefined || endMs !== undefined ? 'cleared' : 'active',
    verdict,
    acknowledged: acknowledgedIn(verdicts, reopening?.version),
    clearedAtMs: byOperator ? closed.atMs : (endMs ?? closed?.atMs ?? null),
    clearedBy: byOperator ? closed.by : null,
    notes: verdicts.filter(({ note }) => note !== undefined).length,
  };
}

/** The last word on whether it is real; `state` is that of the camera's newest version. */
export function verdictOf(verdicts: readonly Verdict[], state: string | undefined): OperatorsView['verdict'] {
  return wordOf(verdicts) ?? cameraWord(state);
}

/** First time that somebody said that he has seen it. */
export function firstAcknowledged(verdicts: readonly Verdict[]): Said | null {
  return acknowledgedIn(verdicts);
}

/** How operators closed it last, if none of them opened it again; a "confirm" does. */
function closingOf(verdicts: readonly Verdict[], versions: readonly IncidentVersion[]): Closing | undefined {
  let closing: Closing | undefined;
  for (const { verdict, by, atMs, version, severity } of verdicts) {
    if (verdict === 'confirm') closing = undefined;
    if (verdict !== 'clear' && verdict !== 'false-alarm') continue;
    const reopening = closing && reopeningOf(closing, versions);
    const before = reopening !== undefined && reopening.version <= version ? undefined : closing;
    closing = {
      // Whoever closes what is closed did not close it, but knows more of it than the first one did.
      by: before?.by ?? by,
      atMs: before?.atMs ?? atMs,
      isFinal: verdict === 'false-alarm' || before?.isFinal === true,
      ...{ version, severity },
    };
  }
  return closing;
}

/**
 * A false alarm stays closed. What was cleared by hand opens again when the camera says later that it got worse than the
 * operator knew, or that it was over and began anew.
 */
function reopeningOf(
  { isFinal, version, severity }: Closing,
  versions: readonly IncidentVersion[],
): IncidentVersion | undefined {
  if (isFinal) return undefined;
  let wasOver = false;
  for (const told of versions) {
    const isOver = told.clearedAtMs !== undefined;
    if (told.version <= version) {
      wasOver = isOver;
      continue;
    }
    if (!isOver && (wasOver || isWorse(told.severity, severity))) return told;
    wasOver ||= isOver;
  }
  return undefined;
}

function wordOf(verdicts: readonly Verdict[]): OperatorsView['verdict'] | undefined {
  const last = verdicts.findLast(({ verdict }) => verdict === 'confirm' || verdict === 'false-alarm');
  if (last === undefined) return undefined;
  return last.verdict === 'confirm' ? 'confirmed' : 'false-alarm';
}

/** A box may have been told by somebody beside it. */
function cameraWord(state: string | undefined): OperatorsView['verdict'] {
  if (state === 'confirmed') return 'confirmed';
  return state === 'rejected' ? 'false-alarm' : null;
}

/**
 * Whoever gives a verdict has seen it; a note may come from anybody, long after. What opened again wants to be seen again:
 * told by the version that was known then, for clocks differ and messages come late.
 */
function acknowledgedIn(verdicts: readonly Verdict[], sinceVersion = 0): Said | null {
  const said = verdicts.find(({ verdict, version }) => verdict !== 'note' && version >= sinceVersion);
  return said === undefined ? null : { by: said.by, atMs: said.atMs };
}
