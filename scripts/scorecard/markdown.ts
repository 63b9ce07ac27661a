// Tables and numbers of the scorecard.

/** Cells that say nothing about how their column is aligned. */
const EMPTY = ['', '-'];

/** A Markdown table; columns are padded so that the file reads well by itself, and numbers stand to the right. */
export function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const cells = [head, ...rows].map((row) => row.map(String));
  const widths = head.map((_, at) => Math.max(3, ...cells.map((row) => row[at]?.length ?? 0)));
  const numeric = head.map((_, at) =>
    cells.slice(1).every((row) => EMPTY.includes(row[at] ?? '') || Number.isFinite(Number(row[at]))),
  );
  const padded = (cell: string, at: number): string =>
    numeric[at] ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0);
  const line = (row: readonly string[]): string => `| ${row.map(padded).join(' | ')} |`;
  const rule = widths.map((width, at) => (numeric[at] ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width)));
  return [line(cells[0] ?? []), `| ${rule.join(' | ')} |`, ...cells.slice(1).map(line)].join('\n');
}

/** A share with three decimals; `-` where there is nothing to divide by. */
export function share(part: number, whole: number): string {
  return whole === 0 ? '-' : (part / whole).toFixed(3);
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** Linear between the two nearest; undefined for nothing. @param share 0..1 */
export function quantile(values: readonly number[], share: number): number | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (sorted.length - 1) * share;
  const [low, high] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]];
  return low === undefined || high === undefined ? undefined : low + (high - low) * (at - Math.floor(at));
}
