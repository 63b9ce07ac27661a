// Passwords as scrypt hashes (RFC 7914), a memory-hard function. Parameters stand in each hash, so that they can be
// raised later. A hash takes 128 MiB: few are made at once, and few wait.

import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { ProblemError } from '../problem.ts';

export type HashCost = {
  /** Logarithm of N to base 2. */
  readonly logN: number;
  readonly r: number;
  readonly p: number;
};

/** OWASP's first choice for scrypt (Password Storage Cheat Sheet): 128 MiB. */
export const DEFAULT_COST: HashCost = { logN: 17, r: 8, p: 1 };

export type PasswordHasherOptions = {
  /** Default `DEFAULT_COST`. */
  readonly cost?: HashCost;
  /** Hashes made at once. Default 2: 256 MiB, and half of Node's thread pool stays free. */
  readonly concurrent?: number;
  /** Requests that wait for their turn; more are refused. Default 32: about ten seconds of work. */
  readonly waiting?: number;
};

const SALT_BYTES = 16;
const KEY_BYTES = 32;
const FORM = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d)\$([\w+/]{22})\$([\w+/]{43})$/;

export class PasswordHasher {
  readonly #cost: HashCost;
  readonly #concurrent: number;
  readonly #maxWaiting: number;
  readonly #waiting: (() => void)[] = [];
  readonly #decoy: string;
  #running = 0;

  constructor({ cost = DEFAULT_COST, concurrent = 2, waiting = 32 }: PasswordHasherOptions = {}) {
    this.#cost = cost;
    this.#concurrent = concurrent;
    this.#maxWaiting = waiting;
    this.#decoy = format(cost, randomBytes(SALT_BYTES), randomBytes(KEY_BYTES));
  }

  /** In the PHC string format: `$scrypt$ln=17,r=8,p=1$salt$hash`. Throws ProblemError when too many wait. */
  async hash(password: string): Promise<string> {
    const salt = randomBytes(SALT_BYTES);
    return format(this.#cost, salt, await this.#derive(password, salt, this.#cost));
  }

  /**
   * Whether the password has this hash. Without one, for a name that nobody has, the same work is done for nothing: the
   * time of the answer does not tell which names exist.
   */
  async verify(password: string, stored: string | undefined): Promise<boolean> {
    const parts = parse(stored ?? this.#decoy);
    if (parts === undefined) throw new Error('a stored password hash has no known form');
    const key = await this.#derive(password, parts.salt, parts.cost);
    return timingSafeEqual(key, parts.key) && stored !== undefined;
  }

  /** Whether a hash was made with other parameters than new ones are. */
  isOutdated(stored: string): boolean {
    const cost = parse(stored)?.cost;
    return cost?.logN !== this.#cost.logN || cost.r !== this.#cost.r || cost.p !== this.#cost.p;
  }

  async #derive(password: string, salt: Buffer, { logN, r, p }: HashCost): Promise<Buffer> {
    await this.#turn();
    try {
      return await new Promise((resolve, reject) => {
        // NFKC: the same password typed on two keyboards is the same bytes (NIST SP 800-63B 3.1.1.2). Vietnamese
        // letters have two forms.
        const options = { N: 2 ** logN, r, p, maxmem: 160 * 2 ** logN * r };
        scrypt(password.normalize('NFKC'), salt, KEY_BYTES, options, (error, key) =>
          error ? reject(error) : resolve(key),
        );
      });
    } finally {
      // Handed on rather than freed: nobody slips in before who waits.
      const next = this.#waiting.shift();
      if (next) next();
      else this.#running -= 1;
    }
  }

  async #turn(): Promise<void> {
    if (this.#running < this.#concurrent) {
      this.#running += 1;
      return;
    }
    if (this.#waiting.length >= this.#maxWaiting) {
      throw new ProblemError('unavailable', 'too many sign-ins at once; try again in a few seconds', {
        retryAfterS: 5,
      });
    }
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }
}

/** Whether a text is a hash that this class can read. */
export function isPasswordHash(text: string): boolean {
  return parse(text) !== undefined;
}

function format({ logN, r, p }: HashCost, salt: Buffer, key: Buffer): string {
  const base64 = (bytes: Buffer) => bytes.toString('base64').replaceAll('=', '');
  return `$scrypt$ln=${logN},r=${r},p=${p}$${base64(salt)}$${base64(key)}`;
}

function parse(
  text: string,
): { readonly cost: HashCost; readonly salt: Buffer; readonly key: Buffer } | undefined {
  const [, logN, r, p, salt, key] = FORM.exec(text) ?? [];
  if (salt === undefined || key === undefined) return undefined;
  const cost = { logN: Number(logN), r: Number(r), p: Number(p) };
  // A file that asks for more than 1 GiB a sign-in was not written by this program.
  if (cost.logN < 1 || cost.logN > 20 || cost.r < 1 || cost.r > 8 || cost.p < 1) return undefined;
  return { cost, salt: Buffer.from(salt, 'base64'), key: Buffer.from(key, 'base64') };
}
