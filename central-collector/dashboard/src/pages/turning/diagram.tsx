// The crossroads from above: roads as arms, movements as ribbons as wide as they are busy.

import { formatNumber } from '../../words/formats.ts';
import { slugText } from '../../words/slugs.ts';
import { type Arm, frameOf, labelPlace, layoutOf, type Point, type Ribbon, SIZE } from './layout.ts';
import type { Matrix } from './movements.ts';
import { t } from './words.ts';

/** More numbers than that hide each other; the table has them all. */
const LEAST_SHARE = 0.015;
const LETTER = 6.6;
const LABEL_HIGH = 44;
/** Around what must be seen. */
const EDGE = 2;

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
  const labels = arms.map((arm, i) => labelOf(arm, i, matrix));
  const frame = frameOf(arms);
  const left = Math.min(frame[0], ...labels.map(({ at, wide }) => at[0] - wide / 2 - EDGE));
  const right = Math.max(frame[2], ...labels.map(({ at, wide }) => at[0] + wide / 2 + EDGE));
  const top = Math.min(frame[1], ...labels.map(({ at }) => at[1] - LABEL_HIGH / 2 - EDGE));
  const bottom = Math.max(frame[3], ...labels.map(({ at }) => at[1] + LABEL_HIGH / 2 + EDGE));
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
      {labels.map((label) => (
        <ArmLabel key={label.name} label={label} />
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

type Label = {
  readonly name: string;
  readonly entered: number;
  readonly left: number;
  readonly at: Point;
  readonly wide: number;
};

function labelOf({ name, angle }: Arm, place: number, { entering, leaving }: Matrix): Label {
  const [entered, left] = [entering[place] ?? 0, leaving[place] ?? 0];
  const sums = formatNumber(entered) + formatNumber(left);
  const wide = Math.max(slugText(name).length * 9, sums.length * 7.4 + 32) + 16;
  return { name, entered, left, at: labelPlace(angle, wide, LABEL_HIGH), wide };
}

function ArmLabel({ label: { name, entered, left, at, wide } }: { readonly label: Label }) {
  return (
    <g class="arm-label" transform={`translate(${at[0]} ${at[1]})`}>
      <rect x={-wide / 2} y={-LABEL_HIGH / 2} width={wide} height={LABEL_HIGH} rx="6" />
      <text class="arm-name" y="-4">
        {slugText(name)}
      </text>
      <text class="arm-sums" y="14">
        ↓{formatNumber(entered)} ↑{formatNumber(left)}
      </text>
      <title>
        {t('inTotal', { n: formatNumber(entered) })}, {t('outTotal', { n: formatNumber(left) })}
      </title>
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
