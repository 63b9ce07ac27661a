// Some of many, by name: folded until somebody wants to narrow down.

import { useState } from 'preact/hooks';
import { TextField } from '../../parts/field.tsx';
import { plain } from './plain.ts';
import { w } from './webhook-words.ts';

type Option = { readonly value: string; readonly label: string };

const SEEK_FROM = 9;

export function PickList({
  title,
  summary,
  options,
  chosen,
  onChange,
}: {
  readonly title: string;
  /** What is chosen, in words. */
  readonly summary: string;
  readonly options: readonly Option[];
  readonly chosen: readonly string[];
  readonly onChange: (chosen: readonly string[]) => void;
}) {
  const [sought, setSought] = useState('');
  const known = new Set(options.map(({ value }) => value));
  // What was chosen and has gone since can still be taken out.
  const all = [
    ...chosen.filter((value) => !known.has(value)).map((value) => ({ value, label: value })),
    ...options,
  ];
  const found = all.filter(({ value, label }) => plain(`${label} ${value}`).includes(plain(sought)));
  return (
    <details class="pick">
      <summary>
        {title}: <strong>{summary}</strong>
      </summary>
      <div class="pick-body">
        <p class="field-hint">{w('choicesHint')}</p>
        {all.length >= SEEK_FROM && (
          <TextField
            label={w('seek')}
            type="search"
            autocomplete="off"
            value={sought}
            onInput={({ currentTarget }) => setSought(currentTarget.value)}
          />
        )}
        <ul class="pick-list" aria-label={title}>
          {found.map(({ value, label }) => (
            <li key={value}>
              <label>
                <input
                  type="checkbox"
                  checked={chosen.includes(value)}
                  onChange={({ currentTarget: { checked } }) =>
                    onChange(checked ? [...chosen, value] : chosen.filter((one) => one !== value))
                  }
                />
                <span>
                  {label} {label !== value && <small>{value}</small>}
                </span>
              </label>
            </li>
          ))}
        </ul>
      </div>
    </details>
  );
}
