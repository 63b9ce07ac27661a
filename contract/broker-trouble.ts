// Why a broker cannot be reached or refuses, in words for people: both sides speak to the same broker, and what TLS
// libraries say is for their authors.

import { plainText } from './plain-text.ts';

/** An error of Node's TLS or of an MQTT 5 client; `code` is Node's, OpenSSL's or a reason code of MQTT. */
export type BrokerError = Error & { readonly code?: unknown };

const UNTRUSTED =
  "the broker's certificate is not signed by an authority that is trusted here: set mqtt.tls.ca to the ca.pem of the authority";

/** By Node's code: what is wrong with the broker's own certificate. */
const ABOUT_BROKER: Readonly<Record<string, string>> = {
  SELF_SIGNED_CERT_IN_CHAIN: UNTRUSTED,
  DEPTH_ZERO_SELF_SIGNED_CERT: UNTRUSTED,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNTRUSTED,
  CERT_SIGNATURE_FAILURE: UNTRUSTED,
  INVALID_PURPOSE: "the broker's certificate is not that of a server: what answers there may be a stolen box",
  ERR_TLS_CERT_ALTNAME_INVALID:
    "the broker's certificate is not for the host in mqtt.url: write a host that it names, or issue it for this one",
  CERT_HAS_EXPIRED: "the broker's certificate has ended: renew it, and check the clock of this machine",
  CERT_NOT_YET_VALID: "the broker's certificate is not valid yet: check the clock of this machine",
};

/** By the alert of RFC 8446, section 6.2, as OpenSSL spells it: what the broker has against our certificate. */
const ABOUT_US: readonly (readonly [RegExp, string])[] = [
  [
    /alert certificate expired/,
    'the broker refuses our certificate because it has ended (or is not valid yet by its clock): renew it',
  ],
  [/alert certificate revoked/, 'the broker refuses our certificate because it was revoked: make another'],
  [
    /alert (?:unknown ca|bad certificate|certificate unknown|unsupported certificate)/,
    'the broker refuses our certificate: mqtt.tls.cert must be signed by the authority that the broker trusts',
  ],
  [
    /alert (?:certificate required|handshake failure)/,
    'the broker asks for a certificate: set mqtt.tls.cert and mqtt.tls.key',
  ],
  [/alert protocol version/, 'broker and this program have no version of TLS in common'],
  [/wrong version number|packet length too long/, 'no TLS is spoken at that port: check mqtt.url'],
];

/** CONNACK of MQTT 5, section 3.2.2.2: bad user name or password, not authorized; 4 and 5 are those of MQTT 3.1.1. */
const CREDENTIALS_REFUSED: ReadonlySet<unknown> = new Set([134, 135, 4, 5]);

/** PUBACK and SUBACK of MQTT 5, sections 3.4.2.1 and 3.9.3: the broker's access rules do not allow it. */
const NOT_AUTHORIZED = 135;

/** DISCONNECT of MQTT 5, section 3.14.2.1. */
const SESSION_TAKEN_OVER = 142;

/** A sentence without its full stop: what is wrong, what to do. Never holds a secret, an address or a key. */
export function brokerTrouble(error: BrokerError): string {
  const said = plainText(error.message || String(error.code ?? error.name));
  if (CREDENTIALS_REFUSED.has(error.code)) return `${said}: check mqtt.username and mqtt.password`;
  const aboutUs = ABOUT_US.find(([pattern]) => pattern.test(said))?.[1];
  return ABOUT_BROKER[String(error.code)] ?? aboutUs ?? said;
}

/** Why the broker ended a connection. `namedBy` says what to change when two clients have one name. */
export function brokerHungUp(reasonCode: number | undefined, namedBy: string): string {
  return reasonCode === SESSION_TAKEN_OVER
    ? `another client connected under the same name: ${namedBy}`
    : `the broker hung up (reason ${reasonCode ?? 0})`;
}

/** Whether the broker took the connection and refused what was asked on it. */
export function isNotAllowed(error: unknown): boolean {
  return error instanceof Error && (error as BrokerError).code === NOT_AUTHORIZED;
}
