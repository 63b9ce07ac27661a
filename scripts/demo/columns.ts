// Text in straight columns, safe for wide and combining letters.

import type { styleText } from 'node:util';
import stringWidth from 'string-width';

export type Column = { readonly title: string; readonly align?: 'right' };
export type Paint = (style: Parameters<typeof styleText>[0], text: string) => string;

const GAP = '   ';

/** Titles, a rule and the rows. Cells may hold colours. */
export function columns(
  titles: readonly Column[],
  rows: readonly (readonly string[])[],
  paint: Paint,
  gap = GAP,
): string[] {
  const widths = titles.map(({ title }, index) =>
    Math.max(stringWidth(title), ...rows.map((row) => stringWidth(row[index] ?? ''))),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, index) => {
        const space = ' '.repeat(Math.max(0, (widths[index] ?? 0) - stringWidth(cell)));
        return titles[index]?.align === 'right' ? space + cell : cell + space;
      })
      .join(gap);
  return [
    paint('dim', line(titles.map(({ title }) => title))),
    paint('dim', widths.map((width) => '─'.repeat(width)).join(gap)),
    ...rows.map(line),
  ];
}
