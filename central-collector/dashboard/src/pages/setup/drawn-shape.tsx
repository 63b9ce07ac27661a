// One thing on the picture: its strokes with a dark edge, so that they are seen on any picture, its name, and the points
// that can be taken hold of.

import type { ComponentChildren } from 'preact';
import type { Drawing, Shape } from './model/drawing.ts';
import { edgesOf, labelPlace, middle, type Point, rightHand } from './model/geometry.ts';
import type { GroundFit } from './model/ground.ts';
import { valueAt } from './model/plain-edit.ts';
import { directionsOf, equalDivisions, isPolygon } from './model/shape-edits.ts';

export type DrawnShapeProps = {
  readonly shape: Shape;
  readonly drawing: Drawing;
  /** Pixels of the picture in a pixel of the screen. */
  readonly unit: number;
  readonly isSelected: boolean;
  /** Index of the selected point. */
  readonly handle: number | undefined;
  readonly hasProblem: boolean;
  readonly mayEdit: boolean;
  /** Of the calibration, where there is one. */
  readonly ground: GroundFit | undefined;
};

export function DrawnShape(props: DrawnShapeProps) {
  const { shape, drawing, unit, isSelected, hasProblem, ground } = props;
  const points = shape.handles.map(({ point }) => point);
  if (points.length === 0) return null;
  const [from, to] = points;
  return (
    <g
      class={`shape-${shape.kind} ${isSelected ? 'is-selected' : ''} ${hasProblem ? 'has-problem' : ''}`}
      data-shape={shape.id}
    >
      {isPolygon(shape.kind) && (
        <>
          <Strokes d={`M${points.join('L')}Z`} />
          {(isSelected || shape.parent === undefined) && (
            <Label at={labelPlace(points)} unit={unit} text={shape.name} />
          )}
        </>
      )}
      {(shape.kind === 'line' || shape.kind === 'stop-line') && from && to && (
        <Strokes d={`M${from}L${to}`} />
      )}
      {shape.kind === 'line' && from && to && (
        <Directions
          shape={shape}
          from={from}
          to={to}
          unit={unit}
          isSelected={isSelected}
          names={directionsOf(valueAt(drawing.value, shape.path))}
        />
      )}
      {shape.kind === 'line' && from && to && (
        <Ticks
          at={[...points.slice(2), ...equalDivisions(drawing, shape, ground)]}
          across={rightHand({ from, to })}
          unit={unit}
        />
      )}
      {shape.kind === 'arrow' && from && to && <Arrow from={from} to={to} unit={unit} />}
      <Handles {...props} points={points} />
    </g>
  );
}

/** Where lanes end. */
function Ticks({
  at,
  across: [x, y],
  unit,
}: {
  readonly at: readonly Point[];
  readonly across: Point;
  readonly unit: number;
}) {
  const half = 9 * unit;
  const d = at
    .map((point) => `M${point[0] - half * x} ${point[1] - half * y}l${2 * half * x} ${2 * half * y}`)
    .join('');
  return d === '' ? null : <Strokes d={d} />;
}

function Strokes({ d }: { readonly d: string }) {
  return (
    <>
      <path class="stroke-edge" d={d} />
      <path class="stroke" d={d} />
      <path class="stroke-grip" d={d} />
    </>
  );
}

/** An arrow to each side with its name: stand at A, look to B; right is right. */
function Directions({
  shape,
  from,
  to,
  unit,
  isSelected,
  names,
}: {
  readonly shape: Shape;
  readonly from: Point;
  readonly to: Point;
  readonly unit: number;
  readonly isSelected: boolean;
  readonly names: { readonly toLeft: string; readonly toRight: string };
}) {
  const [x, y] = middle({ from, to });
  const right = rightHand({ from, to });
  const length = (isSelected ? 44 : 26) * unit;
  const side = (sign: 1 | -1, name: string) => {
    const tip: Point = [x + sign * right[0] * length, y + sign * right[1] * length];
    const text: Point = [
      x + sign * right[0] * (length + 8 * unit),
      y + sign * right[1] * (length + 8 * unit) + (sign * right[1] + 1) * 6 * unit - 2 * unit,
    ];
    return (
      <>
        <Arrow from={[x, y]} to={tip} unit={unit} />
        {isSelected && <Label at={text} unit={unit} text={name} towards={sign * right[0]} />}
      </>
    );
  };
  const beyond = (point: Point, other: Point): Point => {
    const far = Math.hypot(point[0] - other[0], point[1] - other[1]) || 1;
    const step = (18 * unit) / far;
    return [point[0] + (point[0] - other[0]) * step, point[1] + (point[1] - other[1]) * step + 5 * unit];
  };
  return (
    <>
      {side(1, names.toRight)}
      {side(-1, names.toLeft)}
      {isSelected ? (
        <>
          <Label at={beyond(from, to)} unit={unit} text="A" />
          <Label at={beyond(to, from)} unit={unit} text="B" />
        </>
      ) : (
        <Label at={[from[0] + 8 * unit, from[1] - 10 * unit]} unit={unit} text={shape.name} towards={1} />
      )}
    </>
  );
}

function Arrow({ from, to, unit }: { readonly from: Point; readonly to: Point; readonly unit: number }) {
  const length = Math.hypot(to[0] - from[0], to[1] - from[1]) || 1;
  const [ux, uy] = [(to[0] - from[0]) / length, (to[1] - from[1]) / length];
  const head = Math.min(10 * unit, length / 2);
  const wing = (sign: 1 | -1): Point => [
    to[0] - head * (ux + sign * 0.6 * uy),
    to[1] - head * (uy - sign * 0.6 * ux),
  ];
  return <Strokes d={`M${from}L${to}M${wing(1)}L${to}L${wing(-1)}`} />;
}

/** @param towards where the text runs from the place: 1 to the right, -1 to the left, 0 both ways */
function Label({
  at,
  unit,
  text,
  towards = 0,
}: {
  readonly at: Point;
  readonly unit: number;
  readonly text: string;
  readonly towards?: number;
}) {
  const anchor = towards > 0.4 ? 'start' : towards < -0.4 ? 'end' : 'middle';
  return (
    <text
      class="label"
      x={at[0]}
      y={at[1]}
      font-size={14 * unit}
      stroke-width={3.5 * unit}
      text-anchor={anchor}
    >
      {text}
    </text>
  );
}

function Handles({
  shape,
  unit,
  isSelected,
  handle,
  mayEdit,
  points,
}: DrawnShapeProps & { readonly points: readonly Point[] }): ComponentChildren {
  const isCalibration = shape.kind === 'calibration';
  if (!isSelected && !isCalibration) return null;
  return (
    <>
      {isSelected && mayEdit && shape.kind === 'line' && points.length > 1 && (
        <Square at={middle({ from: points[0] as Point, to: points[1] as Point })} unit={unit} />
      )}
      {isSelected &&
        mayEdit &&
        isPolygon(shape.kind) &&
        edgesOf(points).map((edge, i) => (
          <circle
            key={i}
            class="handle-edge"
            data-shape={shape.id}
            data-edge={i}
            cx={middle(edge)[0]}
            cy={middle(edge)[1]}
            r={4.5 * unit}
          />
        ))}
      {points.map((point, i) => (
        <g key={i} class={`handle ${i === handle ? 'is-held' : ''}`} data-shape={shape.id} data-handle={i}>
          <circle class="handle-reach" cx={point[0]} cy={point[1]} r={(isSelected ? 16 : 9) * unit} />
          <circle class="handle-dot" cx={point[0]} cy={point[1]} r={(isSelected ? 7 : 3.5) * unit} />
          {isCalibration && isSelected && (
            <Label
              at={[point[0] + 9 * unit, point[1] - 7 * unit]}
              unit={unit}
              text={String(i + 1)}
              towards={1}
            />
          )}
        </g>
      ))}
    </>
  );
}

function Square({ at, unit }: { readonly at: Point; readonly unit: number }) {
  const half = 6 * unit;
  return <rect class="handle-middle" x={at[0] - half} y={at[1] - half} width={2 * half} height={2 * half} />;
}
