// What was not saved yet survives a reload of this tab.

export type Draft = { readonly revision: number; readonly text: string };

const keyOf = (camera: string) => `ngatu.setup.${camera}`;

export function readDraft(storage: Pick<Storage, 'getItem'>, camera: string): Draft | undefined {
  try {
    const draft: unknown = JSON.parse(storage.getItem(keyOf(camera)) ?? 'null');
    if (typeof draft !== 'object' || draft === null) return undefined;
    const { revision, text } = draft as Record<string, unknown>;
    return typeof revision === 'number' && typeof text === 'string' ? { revision, text } : undefined;
  } catch {
    return undefined;
  }
}

/** Undefined forgets it. */
export function keepDraft(
  storage: Pick<Storage, 'setItem' | 'removeItem'>,
  camera: string,
  draft: Draft | undefined,
): void {
  try {
    if (draft === undefined) storage.removeItem(keyOf(camera));
    else storage.setItem(keyOf(camera), JSON.stringify(draft));
  } catch {
    // Full or forbidden: the text is still on the screen.
  }
}
