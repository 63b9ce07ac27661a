// What an edit makes of a plain value: the measure for what it makes of a text.

export type Path = readonly (string | number)[];

type PlainEdit =
  | { readonly what: 'set'; readonly path: Path; readonly value: unknown }
  | { readonly what: 'insert'; readonly path: Path; readonly index: number; readonly value: unknown }
  | { readonly what: 'remove'; readonly path: Path };

/** A new value; what the edit is not about is shared with the old one. */
export function applyToValue(value: unknown, edit: PlainEdit): unknown {
  return change(value, edit.path, (there) => {
    if (edit.what === 'set') return edit.value;
    if (edit.what === 'remove') return REMOVED;
    const list = Array.isArray(there) ? there : [];
    return [...list.slice(0, edit.index), edit.value, ...list.slice(edit.index)];
  });
}

/** The value at a path; undefined where there is none. */
export function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((node, key) => {
    if (Array.isArray(node)) return node[Number(key)];
    return isObject(node) && Object.hasOwn(node, key) ? node[key] : undefined;
  }, value);
}

/** Deep equality of what YAML holds; the order of keys counts not. */
export function sameValue(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (Array.isArray(a) || Array.isArray(b)) {
    return (
      Array.isArray(a) &&
      Array.isArray(b) &&
      a.length === b.length &&
      a.every((each, i) => sameValue(each, b[i]))
    );
  }
  if (!isObject(a) || !isObject(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && sameValue(a[key], b[key]))
  );
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const REMOVED = Symbol('removed');

function change(node: unknown, path: Path, to: (there: unknown) => unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return to(node);
  if (Array.isArray(node)) {
    const next = change(node[Number(key)], rest, to);
    return next === REMOVED
      ? node.toSpliced(Number(key), 1)
      : node.map((each, i) => (i === Number(key) ? next : each));
  }
  const map = isObject(node) ? node : {};
  const next = change(map[key], rest, to);
  if (next !== REMOVED) return { ...map, [key]: next };
  const { [key]: _, ...others } = map;
  return others;
}
