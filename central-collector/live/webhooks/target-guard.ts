// Where webhooks may go. A user who may add one must not reach what only the centre's machine can: its own pages, the
// database, cloud metadata, the town's internal network. Names are looked up here, so that what was checked is also what
// is connected to (a name that answers differently the second time gains nothing).

import { type LookupAddress, lookup as lookupName } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';

export class TargetError extends Error {
  override readonly name = 'TargetError';
  readonly retryable = true;
}

/** RFC 6890 and its registries: everything that is not a public address of one machine. */
const NOT_PUBLIC: readonly (readonly [network: string, bits: number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
  ['::', 96],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
];

const blocked = new BlockList();
for (const [network, bits] of NOT_PUBLIC)
  blocked.addSubnet(network, bits, isIP(network) === 6 ? 'ipv6' : 'ipv4');

/** IPv4 addresses in IPv6 clothes are judged as what they are. */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  return family !== 0 && !blocked.check(address, family === 6 ? 'ipv6' : 'ipv4');
}

type Resolve = (name: string, done: (error: Error | null, addresses: LookupAddress[]) => void) => void;

export type TargetGuardOptions = {
  /** Hosts of the centre's own networks that webhooks may go to: names or addresses, with `:port` or for all ports. */
  readonly allow: readonly string[];
  /** For tests. Default: the system's. */
  readonly resolve?: Resolve;
};

export class TargetGuard {
  readonly #allowed: ReadonlySet<string>;
  readonly #resolve: Resolve;

  constructor({
    allow,
    resolve = (name, done) => lookupName(name, { all: true }, done),
  }: TargetGuardOptions) {
    this.#allowed = new Set(allow.map((host) => host.toLowerCase()));
    this.#resolve = resolve;
  }

  /** What is wrong with an address, as far as can be told without looking it up. */
  problemOf(target: string): string | undefined {
    const url = URL.canParse(target) ? new URL(target) : undefined;
    if (url === undefined || !['http:', 'https:'].includes(url.protocol))
      return 'expected an address with http or https';
    if (url.username !== '' || url.password !== '')
      return 'expected no user name in the address: check the signature instead';
    const host = hostOf(url);
    if (isIP(host) === 0 || this.#isAllowed(url) || isPublicAddress(host)) return undefined;
    return notAllowed(host);
  }

  /** For a request to this address: looks its name up and hands over what may be connected to. */
  lookupFor(url: URL): LookupFunction {
    return (hostname, options, done) => {
      this.#resolve(hostname, (error, addresses) => {
        if (error !== null) return done(error, '', 0);
        const refused = this.#isAllowed(url)
          ? undefined
          : addresses.find(({ address }) => !isPublicAddress(address));
        if (refused !== undefined) return done(new TargetError(notAllowed(hostname)), '', 0);
        const [first] = addresses;
        if (first === undefined) return done(new TargetError(`${hostname} has no address`), '', 0);
        if (options.all === true) return done(null, addresses);
        return done(null, first.address, first.family);
      });
    };
  }

  #isAllowed(url: URL): boolean {
    const host = hostOf(url).toLowerCase();
    const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port;
    return (
      this.#allowed.has(host) ||
      this.#allowed.has(`${host}:${port}`) ||
      this.#allowed.has(`[${host}]:${port}`)
    );
  }
}

/** IPv6 addresses without their brackets. */
function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[(.*)\]$/, '$1');
}

function notAllowed(host: string): string {
  return `${host} is not on the public internet: list it in centre.webhooks.allow of the collector's configuration`;
}
