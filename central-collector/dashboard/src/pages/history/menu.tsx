// Chooses some of a few: a button that names them, and a list below it that closes by itself.

import { useEffect, useId, useRef } from 'preact/hooks';

export function Menu<T extends string>({
  label,
  none,
  many,
  options,
  chosen,
  onChange,
}: {
  readonly label: string;
  /** When nothing is chosen. */
  readonly none: string;
  readonly many: (n: number) => string;
  readonly options: readonly { readonly value: T; readonly label: string }[];
  readonly chosen: readonly T[];
  readonly onChange: (chosen: readonly T[]) => void;
}) {
  const id = useId();
  const menu = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    const close = (event: Event) => {
      if (menu.current?.open && !menu.current.contains(event.target as Node)) menu.current.open = false;
    };
    document.addEventListener('pointerdown', close);
    document.addEventListener('focusin', close);
    return () => {
      document.removeEventListener('pointerdown', close);
      document.removeEventListener('focusin', close);
    };
  }, []);
  const press = (event: KeyboardEvent) => {
    if (event.key !== 'Escape' || menu.current === null) return;
    menu.current.open = false;
    menu.current.querySelector('summary')?.focus();
  };
  const names = options.filter(({ value }) => chosen.includes(value)).map((option) => option.label);
  return (
    <div class="field">
      <span class="picker-label" id={id}>
        {label}
      </span>
      <details class="menu" ref={menu} onKeyDown={press}>
        <summary class="button" aria-labelledby={`${id} ${id}-now`}>
          <span id={`${id}-now`}>
            {names.length === 0 ? none : names.length <= 2 ? names.join(', ') : many(names.length)}
          </span>
        </summary>
        <ul>
          <li>
            <label>
              <input type="checkbox" checked={names.length === 0} onChange={() => onChange([])} />
              {none}
            </label>
          </li>
          {options.map((option) => (
            <li key={option.value}>
              <label>
                <input
                  type="checkbox"
                  checked={chosen.includes(option.value)}
                  onChange={() => onChange(toggled(chosen, option.value))}
                />
                {option.label}
              </label>
            </li>
          ))}
        </ul>
      </details>
    </div>
  );
}

function toggled<T>(list: readonly T[], one: T): T[] {
  return list.includes(one) ? list.filter((other) => other !== one) : [...list, one];
}
