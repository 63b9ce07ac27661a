// What can be done with something, one below the other: each with what it means beside its buttons.

import type { ComponentChildren } from 'preact';

export function Act({
  hint,
  children,
}: {
  readonly hint: ComponentChildren;
  readonly children: ComponentChildren;
}) {
  return (
    <li>
      <span class="field-hint">{hint}</span>
      <span class="button-line">{children}</span>
    </li>
  );
}
