// Names of lines, zones and directions: part of topics and tags, so a-z, 0-9 and "-" only. People write as they speak;
// the page makes the name.

export const SLUG = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

const LONGEST = 63;

/** `Ngã tư Lạch Tray` as `nga-tu-lach-tray`; empty when nothing of the text can be kept. */
export function slugOf(text: string): string {
  return text
    .toLowerCase()
    .replaceAll('đ', 'd')
    .normalize('NFD')
    .replace(/\p{Mn}/gu, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+/, '')
    .slice(0, LONGEST)
    .replace(/-+$/, '');
}

/** The name, or with a number behind it that is not taken: `line-2`. */
export function freeName(wanted: string, taken: readonly string[]): string {
  if (!taken.includes(wanted)) return wanted;
  for (let n = 2; ; n += 1) {
    const name = `${wanted.slice(0, LONGEST - 1 - String(n).length)}-${n}`;
    if (!taken.includes(name)) return name;
  }
}
