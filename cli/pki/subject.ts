// Who a certificate is for: its kind, and the name that the broker takes as the MQTT user name.

import { isIP } from 'node:net';
import { slugSchema } from '../../contract/index.ts';
import { PkiError } from './pki-error.ts';

export const KINDS = ['box', 'collector', 'broker'] as const;

export type Kind = (typeof KINDS)[number];

export type Subject = {
  readonly kind: Kind;
  /** Common name: `{site}/{agent}` of a box, the name of a collector, the first host of a broker. */
  readonly name: string;
  /** Host names and IP addresses under which a broker is reached. */
  readonly hosts: readonly string[];
};

/** Upper bound of a common name: ub-common-name of RFC 5280, appendix A.1. */
const MAX_NAME_LENGTH = 64;

const HOST_NAME =
  /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/i;

/** Throws PkiError when site and agent cannot be those of a box. */
export function boxSubject(site: string, agent: string): Subject {
  const name = `${checkSlug('site', site)}/${checkSlug('agent', agent)}`;
  if (name.length > MAX_NAME_LENGTH) {
    throw new PkiError(
      `"${name}" has ${name.length} characters, and the name in a certificate at most ${MAX_NAME_LENGTH} (RFC 5280): shorten site or agent`,
    );
  }
  return { kind: 'box', name, hosts: [] };
}

/** Throws PkiError. */
export function collectorSubject(name: string): Subject {
  return { kind: 'collector', name: checkSlug('the name of a collector', name), hosts: [] };
}

/** Throws PkiError. */
export function brokerSubject(hosts: readonly string[]): Subject {
  const [name] = hosts;
  if (name === undefined)
    throw new PkiError('a broker needs the host that agents connect to: --host NAME or --host ADDRESS');
  for (const host of hosts) {
    if (!isIP(host) && !HOST_NAME.test(host)) {
      throw new PkiError(
        `"${host}" is neither a host name nor an IP address: give it without mqtts:// and without port`,
      );
    }
  }
  if (name.length > MAX_NAME_LENGTH)
    throw new PkiError(
      `the first --host is the name of the certificate and has at most ${MAX_NAME_LENGTH} characters: give a shorter one first`,
    );
  return { kind: 'broker', name, hosts };
}

function checkSlug(what: string, value: string): string {
  const parsed = slugSchema.safeParse(value);
  if (!parsed.success) throw new PkiError(`${what}: ${parsed.error.issues[0]?.message}, got "${value}"`);
  return value;
}
