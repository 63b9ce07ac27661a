// Changes of text by lines and words: for YAML, tables and logs, whose grammar lives in lines and indentation.

import type { Random } from '../scenes/random.ts';
import { anyOf, below } from './mutate-bytes.ts';

/** One to five changes; `words` are those of the grammar, `others` lend lines. */
export function mutateText(
  random: Random,
  text: string,
  words: readonly string[],
  others: readonly string[] = [],
): string {
  let result = text;
  for (let left = 1 + below(random, 5); left > 0; left--) result = mutateOnce(random, result, words, others);
  return result;
}

function mutateOnce(
  random: Random,
  text: string,
  words: readonly string[],
  others: readonly string[],
): string {
  const lines = text.split('\n');
  const at = below(random, lines.length);
  const line = lines[at] ?? '';
  switch (below(random, 9)) {
    case 0:
      lines.splice(at, 1);
      break;
    case 1:
      lines.splice(at, 0, ...lines.slice(at, at + 1 + below(random, 4)));
      break;
    case 2:
      lines[at] = `${' '.repeat(below(random, 8))}${line.trimStart()}`;
      break;
    case 3:
      lines[at] = `${line}${anyOf(random, words)}`;
      break;
    case 4: {
      const colon = line.indexOf(':');
      lines[at] = colon < 0 ? anyOf(random, words) : `${line.slice(0, colon + 1)} ${anyOf(random, words)}`;
      break;
    }
    case 5: {
      const column = below(random, line.length + 1);
      lines[at] = `${line.slice(0, column)}${anyOf(random, words)}${line.slice(column)}`;
      break;
    }
    case 6:
      lines.splice(at, 0, anyOf(random, (others.length === 0 ? text : anyOf(random, others)).split('\n')));
      break;
    case 7:
      lines.splice(at, 0, anyOf(random, words));
      break;
    default:
      return text.slice(0, below(random, text.length + 1));
  }
  return lines.join('\n');
}
