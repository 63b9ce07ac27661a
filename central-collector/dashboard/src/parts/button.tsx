// Something to press, or a link that looks like it.

import type { ComponentChildren, JSX } from 'preact';
import { Link } from 'wouter-preact';
import { Icon, type IconName } from './icon.tsx';

type Look = {
  /** `primary`: the one thing to do here; `danger`: what cannot be taken back; `quiet`: without a frame. */
  readonly look?: 'plain' | 'primary' | 'danger' | 'quiet';
  readonly icon?: IconName;
  /** For a button that shows its icon alone: its name, also as a hint. */
  readonly label?: string;
  readonly children?: ComponentChildren;
};

export type ButtonProps = Look &
  Omit<JSX.ButtonHTMLAttributes<HTMLButtonElement>, 'icon' | 'label'> & {
    /** Of a switch: whether it is on. */
    readonly pressed?: boolean;
    /** Something is under way that it started. */
    readonly busy?: boolean;
  };

export function Button({
  look = 'plain',
  icon,
  label,
  pressed,
  busy,
  disabled,
  children,
  ...rest
}: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      class={`button button-${look} ${children === undefined ? 'button-icon' : ''} ${rest.class ?? ''}`}
      disabled={disabled === true || busy === true}
      aria-label={label}
      title={label}
      aria-pressed={pressed}
      aria-busy={busy}
    >
      {icon !== undefined && <Icon name={icon} />}
      {children}
    </button>
  );
}

export function ButtonLink({
  look = 'plain',
  icon,
  label,
  children,
  href,
}: Look & { readonly href: string }) {
  return (
    <Link
      href={href}
      class={`button button-${look} ${children === undefined ? 'button-icon' : ''}`}
      aria-label={label}
      title={label}
    >
      {icon !== undefined && <Icon name={icon} />}
      {children}
    </Link>
  );
}
