// Text that came from outside, made fit for a log, a terminal or a table: it stays on its line, steers nothing and has
// an end.

/**
 * Controls of both sets, ends of lines of Unicode, marks that turn the direction of writing, and halves of surrogate
 * pairs: a name with one of them could clear a screen, forge a line of a log or show something other than it is.
 */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/gu;

/** Long enough for a sentence about a mistake, short enough for a line. */
const DEFAULT_LENGTH = 300;

/** `text` with everything unprintable written as `\u001b`, cut to `maxLength` characters and `…`. */
export function plainText(text: string, maxLength = DEFAULT_LENGTH): string {
  // Cut twice: first so that megabytes are not looked through, then because escapes are longer.
  const short = text.length > maxLength ? text.slice(0, maxLength + 1) : text;
  const plain = short.replace(
    UNPRINTABLE,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return plain.length > maxLength ? `${plain.slice(0, maxLength)}…` : plain;
}
