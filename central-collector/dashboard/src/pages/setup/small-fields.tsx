// Fields that keep what is typed until it makes sense: a number, a name.

import { useState } from 'preact/hooks';
import { TextField } from '../../parts/field.tsx';
import { SLUG, slugOf } from './model/slug.ts';
import { t } from './words.ts';

export type NumberFieldProps = {
  readonly label: string;
  readonly hint?: string;
  readonly value: number | undefined;
  readonly min?: number;
  readonly max?: number;
  readonly step?: number | 'any';
  /** Undefined: it was emptied. Called as soon as what is typed is a number. */
  readonly onChange: (value: number | undefined) => void;
  readonly onDone?: () => void;
};

export function NumberField({ value, onChange, onDone, hint, ...rest }: NumberFieldProps) {
  // What is being typed, as long as it is no number yet ("-", "").
  const [typed, setTyped] = useState<string | undefined>(undefined);
  return (
    <TextField
      {...rest}
      {...(hint !== undefined && { hint })}
      type="number"
      inputMode="decimal"
      value={typed ?? (value === undefined ? '' : String(value))}
      onInput={({ currentTarget }) => {
        setTyped(currentTarget.value);
        if (currentTarget.value === '') {
          if (currentTarget.validity.valid) onChange(undefined);
        } else if (Number.isFinite(currentTarget.valueAsNumber)) onChange(currentTarget.valueAsNumber);
      }}
      onBlur={() => {
        setTyped(undefined);
        onDone?.();
      }}
    />
  );
}

export type NameFieldProps = {
  readonly label: string;
  readonly value: string;
  readonly taken: readonly string[];
  readonly hint?: string;
  readonly onChange: (name: string) => void;
};

/** Takes free text, saves the name that is made of it. */
export function NameField({ label, value, taken, hint, onChange }: NameFieldProps) {
  const [typed, setTyped] = useState<string | undefined>(undefined);
  const slug = slugOf(typed ?? value);
  const problem =
    typed === undefined
      ? undefined
      : slug === ''
        ? t('nameEmpty')
        : taken.includes(slug)
          ? t('nameTaken')
          : undefined;
  const take = () => {
    if (typed !== undefined && problem === undefined && slug !== value && SLUG.test(slug)) onChange(slug);
    setTyped(undefined);
  };
  const shownHint =
    typed !== undefined && problem === undefined && slug !== typed ? t('nameHint', { slug }) : hint;
  return (
    <TextField
      label={label}
      {...(shownHint !== undefined && { hint: shownHint })}
      problem={problem}
      value={typed ?? value}
      autocomplete="off"
      spellcheck={false}
      onInput={({ currentTarget }) => setTyped(currentTarget.value)}
      onBlur={take}
      onKeyDown={(event) => {
        if (event.key === 'Enter') take();
        if (event.key === 'Escape') setTyped(undefined);
      }}
    />
  );
}
