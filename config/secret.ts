// A password or token that cannot be printed by accident: whatever logs, serialises or inspects a
// configuration shows `[secret]`. Only `reveal()` gives the text.

import { inspect } from 'node:util';

/** Where a secret comes from. `plain` stands in the file itself: accepted for first tries, with a warning. */
export type SecretReference =
  | { readonly env: string }
  | { readonly file: string }
  | { readonly plain: string };

/** Keys whose value is a secret, in every configuration file. */
export const SECRET_KEYS: readonly string[] = ['password', 'token'];

export class Secret {
  readonly reference: SecretReference;
  #text: string | undefined;

  /** A plain secret is ready at once; the others are given their text by the loader. */
  constructor(reference: SecretReference) {
    // Not enumerable, so that a spread or a deep copy does not carry a plain text along.
    this.reference = reference;
    Object.defineProperty(this, 'reference', { enumerable: false });
    if ('plain' in reference) this.#text = reference.plain;
  }

  /** Gives the secret its text. Called once by the loader. */
  resolve(text: string): void {
    this.#text = text;
  }

  /** The text. Throws when the configuration was only checked, not loaded, on a machine without the secret. */
  reveal(): string {
    if (this.#text === undefined) {
      throw new Error(`The secret from ${this.origin} was not loaded; load the configuration before use.`);
    }
    return this.#text;
  }

  /** Where it comes from, in words, without the text. */
  get origin(): string {
    if ('env' in this.reference) return `environment variable ${this.reference.env}`;
    if ('file' in this.reference) return `file ${this.reference.file}`;
    return 'the configuration file';
  }

  toString(): string {
    return '[secret]';
  }

  toJSON(): string {
    return '[secret]';
  }

  [inspect.custom](): string {
    return '[secret]';
  }
}
