// Choices that have room beside the numbers on a desk; on a phone the numbers come first, and these are one press away.

import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';

export function Fold({
  title,
  class: look = '',
  children,
}: {
  /** Of the press; nobody sees it on a desk. */
  readonly title: string;
  readonly class?: string;
  readonly children: ComponentChildren;
}) {
  const [isWide] = useState(() => window.matchMedia('(min-width: 701px)').matches);
  return (
    <details class={`fold ${look}`} open={isWide}>
      <summary>{title}</summary>
      {children}
    </details>
  );
}
