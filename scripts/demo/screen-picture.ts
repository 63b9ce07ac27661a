// Terminal text with its few colours as shapes of an SVG picture.

import stringWidth from 'string-width';

/** px */
export const LINE_HEIGHT = 17;
const FONT_SIZE = 13;
/** Of DejaVu Sans Mono and of most others of its kind. */
const CHARACTER_WIDTH = FONT_SIZE * 0.602;

type Look = { readonly fill: string; readonly bold: boolean };

const PLAIN: Look = { fill: '#d8dce3', bold: false };

/** What `styleText` writes for the styles of the demo's table. */
const LOOKS: Readonly<Record<string, (look: Look) => Look>> = {
  '1': (look) => ({ ...look, bold: true }),
  '2': (look) => ({ ...look, fill: '#8a93a3' }),
  '22': () => PLAIN,
  '32': (look) => ({ ...look, fill: '#5fd38d' }),
  '33': (look) => ({ ...look, fill: '#f2c14e' }),
  '39': (look) => ({ ...look, fill: PLAIN.fill }),
};

// biome-ignore lint/suspicious/noControlCharactersInRegex: that is how terminals are told colours
const STYLE = /\u001b\[(\d+)m/;

/** px */
export function widthOfScreen(text: string): number {
  return Math.ceil(Math.max(...text.split('\n').map((line) => stringWidth(line))) * CHARACTER_WIDTH);
}

/** SVG elements with the upper left corner of the text at x, y. */
export function screenShapes(text: string, x: number, y: number): string[] {
  return text.split('\n').flatMap((line, row) => {
    const baseline = y + row * LINE_HEIGHT + FONT_SIZE;
    let column = 0;
    let look = PLAIN;
    // Split by a pattern with a group, texts and style numbers take turns.
    return line.split(STYLE).flatMap((part, index) => {
      if (index % 2 === 1) {
        look = LOOKS[part]?.(look) ?? look;
        return [];
      }
      const at = x + column * CHARACTER_WIDTH;
      column += stringWidth(part);
      if (part.trim() === '') return [];
      const weight = look.bold ? ' font-weight="bold"' : '';
      return [
        `<text x="${at.toFixed(1)}" y="${baseline}" xml:space="preserve" font-family="DejaVu Sans Mono, monospace" font-size="${FONT_SIZE}" fill="${look.fill}"${weight}>${escaped(part)}</text>`,
      ];
    });
  });
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
