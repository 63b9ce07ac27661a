// A short word on a state. Shape and word say it too: colour is never the only sign.

import type { ComponentChildren } from 'preact';
import type { LevelOfService, Severity } from '../api/types.ts';
import { severityWord } from '../words/common.ts';

export type Tone = 'ok' | 'warn' | 'bad' | 'off' | 'accent';

export function Badge({ tone, children }: { readonly tone: Tone; readonly children: ComponentChildren }) {
  return (
    <span class={`badge badge-${tone}`}>
      <StateShape tone={tone} />
      {children}
    </span>
  );
}

/** Disc: well; triangle: look at it; diamond: broken; ring: nothing known. */
export function StateShape({ tone }: { readonly tone: Tone }) {
  return (
    <svg class={`shape shape-${tone}`} viewBox="0 0 10 10" aria-hidden="true" focusable="false">
      {tone === 'warn' && <path d="M5 .8 9.600 9.200H.4z" />}
      {tone === 'bad' && <path d="M5 0l5 5-5 5-5-5z" />}
      {tone === 'off' && (
        <circle cx="5" cy="5" r="3.700" fill="none" stroke="currentColor" stroke-width="1.800" />
      )}
      {(tone === 'ok' || tone === 'accent') && <circle cx="5" cy="5" r="4.500" />}
    </svg>
  );
}

const BARS: Record<Severity, number> = { informational: 1, low: 2, medium: 3, high: 4, critical: 5 };

/** Severity as bars that rise, and as a word. */
export function SeverityBadge({
  severity,
  word = true,
}: {
  readonly severity: Severity;
  readonly word?: boolean;
}) {
  return (
    <span class={`severity severity-${severity}`}>
      <svg viewBox="0 0 14 10" class="severity-bars" aria-hidden="true" focusable="false">
        {[1, 2, 3, 4, 5].map((bar) => (
          <rect
            key={bar}
            x={(bar - 1) * 3}
            y={10 - bar * 2}
            width="2"
            height={bar * 2}
            opacity={bar <= BARS[severity] ? 1 : 0.25}
          />
        ))}
      </svg>
      <span class={word ? '' : 'unseen'}>{severityWord(severity)}</span>
    </span>
  );
}

/** Level of service as the letter of the manual, on its colour. Nothing known: a dash. */
export function LosBadge({
  level,
  label,
}: {
  readonly level: LevelOfService | null;
  readonly label: string;
}) {
  return (
    <span class={`los ${level === null ? 'los-none' : `los-${level.toLowerCase()}`}`} title={label}>
      <span class="unseen">{label} </span>
      {level ?? '—'}
    </span>
  );
}
