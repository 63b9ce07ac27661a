// Totals of the last minutes as bars. A minute that was not observed is a mark at the foot, not a bar of height zero.

import { formatNumber } from '../words/formats.ts';
import { t } from './words.ts';

export type SparklineProps = {
  /** Oldest first; null: not observed. */
  readonly minutes: readonly (number | null)[];
};

const STEP = 4;
const HEIGHT = 28;
const FOOT = 2;

export function Sparkline({ minutes }: SparklineProps) {
  const known = minutes.filter((n) => n !== null);
  const most = Math.max(1, ...known);
  const label =
    known.length === 0
      ? t('sparklineNone')
      : t('sparkline', {
          minutes: minutes.length,
          latest: formatNumber(minutes.at(-1) ?? null),
          most: formatNumber(Math.max(...known)),
          gaps: minutes.length - known.length,
        });
  return (
    <svg
      class="sparkline"
      viewBox={`0 0 ${minutes.length * STEP} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      <title>{label}</title>
      {minutes.map((n, minute) =>
        n === null ? (
          <rect
            key={minute}
            class="sparkline-gap"
            x={minute * STEP}
            y={HEIGHT - FOOT}
            width={STEP}
            height={FOOT}
          />
        ) : (
          <rect
            key={minute}
            class="sparkline-bar"
            x={minute * STEP + 0.4}
            y={HEIGHT - FOOT - (n / most) * (HEIGHT - FOOT)}
            width={STEP - 0.8}
            height={FOOT / 2 + (n / most) * (HEIGHT - FOOT)}
          />
        ),
      )}
    </svg>
  );
}
