// Puts a text on the clipboard, and tells for a moment that it is there.

import { useState } from 'preact/hooks';

/** As long as it takes to be read, ms. */
const TOLD_MS = 2000;

/** Undefined where there is no clipboard: browsers give pages without https none, and the text is copied by hand there. */
export function useCopied(): { readonly copied: boolean; copy(text: string): void } | undefined {
  const [copied, setCopied] = useState(false);
  if (navigator.clipboard === undefined) return undefined;
  const copy = (text: string) =>
    void navigator.clipboard.writeText(text).then(
      () => {
        setCopied(true);
        setTimeout(() => setCopied(false), TOLD_MS);
      },
      () => setCopied(false),
    );
  return { copied, copy };
}
