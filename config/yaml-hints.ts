// What the YAML parser's complaints mean for the person who wrote the file.

import type { YAMLError } from 'yaml';

const INDENTATION =
  'Check the indentation here and in the lines around: keys of one level begin in the same column.';
const QUOTES = 'Often a value that contains ": "; put the value in quotes.';

const HINTS: Readonly<Partial<Record<YAMLError['code'], string>>> = {
  TAB_AS_INDENT: 'Indent with spaces; YAML does not allow tabs.',
  BAD_INDENT: INDENTATION,
  DUPLICATE_KEY: 'A key may occur once; remove one of the two.',
  BLOCK_AS_IMPLICIT_KEY: QUOTES,
  BLOCK_IN_FLOW: 'Often a missing comma between two keys; or close the bracket or brace before.',
  MULTILINE_IMPLICIT_KEY: 'Often a key without its colon, or a missing quotation mark.',
  MISSING_CHAR: 'A bracket, brace, comma or quotation mark is missing here or before.',
  MULTIPLE_DOCS: 'Only one document is read; remove what follows "---".',
  BAD_SCALAR_START: 'Put a text that starts with @ or ` in quotes.',
  UNEXPECTED_TOKEN: INDENTATION,
};

/** What to do about an error of the parser in `text`; undefined when its own words have to do. */
export function hintForSyntax({ code, message, pos }: YAMLError, text: string): string | undefined {
  const rest = text.slice(pos[0]).split('\n', 1)[0] ?? '';
  switch (code) {
    case 'BAD_INDENT':
      return message.startsWith('Flow') ? 'Close every bracket and brace.' : INDENTATION;
    case 'MISSING_CHAR':
      // A key between the entries of a list, or an entry of a list between keys.
      return /without - indicator|followed by map values/.test(message) ? INDENTATION : HINTS[code];
    case 'BLOCK_AS_IMPLICIT_KEY':
      // `url: a: b` has the second colon in the same line; `url: a` is followed by a line that is indented too far.
      return /:(?:\s|$)/.test(rest) && !/^\s*-\s/.test(rest) ? QUOTES : INDENTATION;
    case 'UNEXPECTED_TOKEN':
      return /flow-(?:map|seq)-end/.test(message) ? 'It closes nothing; remove it.' : INDENTATION;
    default:
      return HINTS[code];
  }
}
