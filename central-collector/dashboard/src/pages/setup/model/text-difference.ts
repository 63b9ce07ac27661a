// What differs between two texts, line by line, as a reader wants to see it: what stays, what goes, what comes.

export type DifferenceLine = {
  readonly what: 'same' | 'gone' | 'new';
  readonly text: string;
  /** Number in the old text, from 1. */
  readonly before: number | undefined;
  /** Number in the new text, from 1. */
  readonly after: number | undefined;
};

/** Texts that differ more than this are told as one that goes and one that comes: 2,000 lines of each. */
const MOST_PAIRS = 4_000_000;

/** Longest common subsequence of what is between the common beginning and end. */
export function differenceOf(before: string, after: string): DifferenceLine[] {
  const old = linesOf(before);
  const next = linesOf(after);
  let head = 0;
  while (head < old.length && head < next.length && old[head] === next[head]) head += 1;
  let tail = 0;
  while (
    tail < old.length - head &&
    tail < next.length - head &&
    old[old.length - 1 - tail] === next[next.length - 1 - tail]
  )
    tail += 1;
  const oldPart = old.slice(head, old.length - tail);
  const nextPart = next.slice(head, next.length - tail);
  const lines: DifferenceLine[] = [];
  const same = (i: number, j: number) =>
    lines.push({ what: 'same', text: old[i] as string, before: i + 1, after: j + 1 });
  const gone = (i: number) =>
    lines.push({ what: 'gone', text: old[i] as string, before: i + 1, after: undefined });
  const come = (j: number) =>
    lines.push({ what: 'new', text: next[j] as string, before: undefined, after: j + 1 });
  for (let i = 0; i < head; i += 1) same(i, i);
  const common = oldPart.length * nextPart.length > MOST_PAIRS ? undefined : commonLengths(oldPart, nextPart);
  const width = nextPart.length + 1;
  let i = 0;
  let j = 0;
  while (i < oldPart.length || j < nextPart.length) {
    if (i < oldPart.length && j < nextPart.length && oldPart[i] === nextPart[j]) {
      same(head + i, head + j);
      i += 1;
      j += 1;
    } else if (
      i < oldPart.length &&
      (j >= nextPart.length ||
        common === undefined ||
        (common[(i + 1) * width + j] as number) >= (common[i * width + j + 1] as number))
    ) {
      gone(head + i);
      i += 1;
    } else {
      come(head + j);
      j += 1;
    }
  }
  for (let k = 0; k < tail; k += 1) same(old.length - tail + k, next.length - tail + k);
  return lines;
}

/** Changed lines with a few around them; a number stands for so many equal lines that are left out. */
export function shortened(lines: readonly DifferenceLine[], around = 2): (DifferenceLine | number)[] {
  const shown = lines.map((_, at) =>
    lines.slice(Math.max(0, at - around), at + around + 1).some(({ what }) => what !== 'same'),
  );
  const short: (DifferenceLine | number)[] = [];
  for (const [at, line] of lines.entries()) {
    const last = short.at(-1);
    if (shown[at]) short.push(line);
    else if (typeof last === 'number') short[short.length - 1] = last + 1;
    else short.push(1);
  }
  return short;
}

function linesOf(text: string): string[] {
  const lines = text.split('\n');
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
}

/** At i, j: length of the longest common subsequence of what is behind them. Files have hundreds of lines. */
function commonLengths(old: readonly string[], next: readonly string[]): Uint16Array {
  const width = next.length + 1;
  const lengths = new Uint16Array((old.length + 1) * width);
  for (let i = old.length - 1; i >= 0; i -= 1) {
    for (let j = next.length - 1; j >= 0; j -= 1) {
      lengths[i * width + j] =
        old[i] === next[j]
          ? (lengths[(i + 1) * width + j + 1] as number) + 1
          : Math.max(lengths[(i + 1) * width + j] as number, lengths[i * width + j + 1] as number);
    }
  }
  return lengths;
}
