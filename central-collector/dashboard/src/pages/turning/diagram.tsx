// The crossroads from above: roads as arms, movements as ribbons as wide as they are busy.

import { formatNumber } from '../../words/formats.ts';
import { slugText } from '../../words/slugs.ts';
import { type Arm, frameOf, layoutOf, type Ribbon, SIZE } from './layout.ts';
import type { Matrix } from './movements.ts';
import { t } from './words.ts';

/** More numbers than that hide each other; the table has them all. */
const LEAST_SHARE = 0.015;
const LETTER = 6.6;

export type Chosen = { readonly from: number; readonly to: number | null } | null;

export function Diagram({
  matrix,
  camera,
  chosen,
  choose,
}: {
  readonly matrix: Matrix;
  readonly camera: string;
  readonly chosen: Chosen;
  readonly choose: (chosen: Chosen) => void;
}) {
  const { arms, ribbons } = layoutOf(matrix);
  const isOut = (from: number, to: number) =>
    chosen !== null && (chosen.from !== from || (chosen.to !== null && chosen.to !== to));
  const half = SIZE / 2;
  const [left, top, right, bottom] = frameOf(arms);
  return (
    <svg
      class="diagram"
      viewBox={`${left} ${top} ${right - left} ${bottom - top}`}
      role="img"
      aria-label={t('diagram', { camera, total: t('vehicles', { n: formatNumber(matrix.total) }) })}
      onMouseLeave={() => choose(null)}
    >
      <g class="diagram-roads">
        {arms.map(({ name, angle, half: wide }) => (
          <g key={name} transform={`rotate(${(angle * 180) / Math.PI})`}>
            <rect x={-wide} y={-half} width={wide * 2} height={half} />
          </g>
        ))}
        <circle r="128" />
        {arms.map(({ name, end, inner }) => (
          <line key={name} x1={inner[0]} y1={inner[1]} x2={end[0] * 1.15} y2={end[1] * 1.15} />
        ))}
      </g>
      {ribbons.map((ribbon) => (
        // biome-ignore lint/a11y/noStaticElementInteractions: the pointer brings it out, the table has the same numbers
        <g
          key={`${ribbon.from} ${ribbon.to}`}
          class={`ribbon ${isOut(ribbon.from, ribbon.to) ? 'ribbon-out' : ''}`}
          style={{ color: colourOf(ribbon.from) }}
          onMouseEnter={() => choose({ from: ribbon.from, to: ribbon.to })}
        >
          <path style={{ strokeWidth: `${ribbon.width}px` }} d={ribbon.path} />
          <polygon points={ribbon.head.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(' ')} />
          <title>{movementText(matrix, ribbon)}</title>
        </g>
      ))}
      {ribbons.map((ribbon) => (
        <Volume key={`${ribbon.from} ${ribbon.to}`} ribbon={ribbon} matrix={matrix} chosen={chosen} />
      ))}
      {arms.map((arm, i) => (
        <ArmLabels key={arm.name} arm={arm} place={i} matrix={matrix} />
      ))}
    </svg>
  );
}

function Volume({
  ribbon: { from, to, n, label, width },
  matrix,
  chosen,
}: {
  readonly ribbon: Ribbon;
  readonly matrix: Matrix;
  readonly chosen: Chosen;
}) {
  const isChosen = chosen?.from === from && (chosen.to === null || chosen.to === to);
  if (!isChosen && (chosen !== null || n / matrix.total < LEAST_SHARE || width < 9)) return null;
  const text = formatNumber(n);
  const wide = text.length * LETTER + 8;
  return (
    <g class="ribbon-number" transform={`translate(${label[0]} ${label[1]})`}>
      <rect x={-wide / 2} y="-9" width={wide} height="18" rx="4" />
      <text y="4">{text}</text>
    </g>
  );
}

function ArmLabels({
  arm,
  place,
  matrix,
}: {
  readonly arm: Arm;
  readonly place: number;
  readonly matrix: Matrix;
}) {
  const entered = matrix.entering[place] ?? 0;
  const gone = matrix.leaving[place] ?? 0;
  const [x, y] = arm.end;
  const sums = formatNumber(entered) + formatNumber(gone);
  const wide = Math.max(arm.name.length * 9, sums.length * 7.4 + 32) + 16;
  return (
    <g class="arm-label">
      <g transform={`translate(${clamp(x * 1.09, wide / 2)} ${clamp(y * 1.09, 26)})`}>
        <rect x={-wide / 2} y="-22" width={wide} height="44" rx="6" />
        <text class="arm-name" y="-4">
          {slugText(arm.name)}
        </text>
        <text class="arm-sums" y="14">
          ↓{formatNumber(entered)} ↑{formatNumber(gone)}
        </text>
        <title>
          {t('inTotal', { n: formatNumber(entered) })}, {t('outTotal', { n: formatNumber(gone) })}
        </title>
      </g>
    </g>
  );
}

export function movementText(matrix: Matrix, { from, to }: Pick<Ribbon, 'from' | 'to'>): string {
  const cell = matrix.cells[from]?.[to];
  return t(from === to ? 'uTurn' : 'movement', {
    from: slugText(matrix.arms[from] ?? ''),
    to: slugText(matrix.arms[to] ?? ''),
    n: t('vehicles', { n: formatNumber(cell?.n ?? 0) }),
    duration: formatNumber(cell?.meanDurationS),
  });
}

/** Of the arm that it comes from. */
export function colourOf(from: number): string {
  return `var(--series-${(from % 7) + 1})`;
}

/** Keeps a label inside of the picture. */
function clamp(value: number, half: number): number {
  const most = SIZE / 2 - half - 2;
  return Math.min(most, Math.max(-most, value));
}
