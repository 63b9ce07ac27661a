// Which object of the drawing a problem is of: the check names keys, `lines[0].from`.

import type { Shape } from './drawing.ts';

/** `carriageways[1].rules.queue` as `carriageways/1/rules/queue`. */
export function slashPath(path: string): string {
  return path.replaceAll(/\[(\d+)\]/g, '/$1').replaceAll('.', '/');
}

/** The shape that the problem is of, the most special one; undefined where none is drawn. */
export function shapeOfProblem(shapes: readonly Shape[], path: string): Shape | undefined {
  const at = slashPath(path);
  return shapes
    .filter(({ id }) => at === id || at.startsWith(`${id}/`))
    .sort((a, b) => b.id.length - a.id.length)[0];
}
