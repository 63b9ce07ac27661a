// A labelled input with its hint and what is wrong with it.

import type { ComponentChildren, JSX } from 'preact';
import { useId } from 'preact/hooks';

type FieldBase = {
  readonly label: string;
  readonly hint?: string;
  /** What is wrong with the value; read out when it appears. */
  readonly problem?: string | undefined;
};

type Control = {
  readonly id: string;
  readonly 'aria-describedby'?: string;
  readonly 'aria-invalid'?: boolean;
};

/** Any control: `<Field label="…">{(control) => <input {...control} />}</Field>`. */
export function Field({
  label,
  hint,
  problem,
  children,
}: FieldBase & { readonly children: (control: Control) => ComponentChildren }) {
  const id = useId();
  const described = [hint && `${id}-hint`, problem && `${id}-problem`].filter(Boolean).join(' ');
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {children({
        id,
        ...(described !== '' && { 'aria-describedby': described }),
        ...(problem !== undefined && { 'aria-invalid': true }),
      })}
      {hint !== undefined && (
        <p class="field-hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {problem !== undefined && (
        <p class="field-problem" id={`${id}-problem`} role="alert">
          {problem}
        </p>
      )}
    </div>
  );
}

export function TextField({
  label,
  hint,
  problem,
  ...input
}: FieldBase & Omit<JSX.InputHTMLAttributes<HTMLInputElement>, 'label'>) {
  return (
    <Field label={label} {...(hint !== undefined && { hint })} problem={problem}>
      {(control) => <input class="input" {...input} {...control} />}
    </Field>
  );
}

export function SelectField<T extends string>({
  label,
  hint,
  problem,
  value,
  options,
  onChange,
}: FieldBase & {
  readonly value: T;
  readonly options: readonly { readonly value: T; readonly label: string }[];
  readonly onChange: (value: T) => void;
}) {
  return (
    <Field label={label} {...(hint !== undefined && { hint })} problem={problem}>
      {(control) => (
        <select
          class="input"
          value={value}
          onChange={(event) => onChange(event.currentTarget.value as T)}
          {...control}
        >
          {options.map((option) => (
            <option key={option.value} value={option.value}>
              {option.label}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}
