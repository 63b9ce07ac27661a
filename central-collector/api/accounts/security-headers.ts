// Headers that keep a browser from doing with our pages what they are not made for.

import helmet from '@fastify/helmet';
import type { FastifyInstance } from 'fastify';

export type SecurityHeaderOptions = {
  /** Whether browsers come by https. */
  readonly secure: boolean;
  /** Where pictures may come from beside this server: the tile server of a map, `https://tiles.example.org`. */
  readonly imageSources?: readonly string[];
};

/** Half a year: long enough to count, short enough to go back to plain http after a mistake. */
const HSTS_S = 182 * 86_400;

/** What a page of a control centre has no use for. Sound rings for incidents, a wall display fills its screen. */
const PERMISSIONS_POLICY = [
  'autoplay=(self)',
  'fullscreen=(self)',
  ...[
    'accelerometer',
    'camera',
    'display-capture',
    'geolocation',
    'gyroscope',
    'magnetometer',
    'microphone',
    'midi',
    'payment',
    'publickey-credentials-get',
    'serial',
    'usb',
  ].map((feature) => `${feature}=()`),
].join(', ');

/** For all answers of the server. Scripts and styles only from files of this server, never from within a page. */
export async function addSecurityHeaders(
  server: FastifyInstance,
  { secure, imageSources = [] }: SecurityHeaderOptions,
): Promise<void> {
  const self = ["'self'"];
  await server.register(helmet, {
    contentSecurityPolicy: {
      // The default would turn plain http on a loopback address into https that nobody answers.
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: self,
        styleSrc: self,
        fontSrc: self,
        connectSrc: self,
        mediaSrc: [...self, 'blob:'],
        imgSrc: [...self, 'data:', 'blob:', ...imageSources],
        workerSrc: self,
        manifestSrc: self,
        baseUri: ["'none'"],
        formAction: self,
        frameAncestors: ["'none'"],
      },
    },
    strictTransportSecurity: secure ? { maxAge: HSTS_S, includeSubDomains: false } : false,
    // Addresses hold names of sites and incidents.
    referrerPolicy: { policy: 'no-referrer' },
    xFrameOptions: { action: 'deny' },
    // Tiles of a map server are loaded without its consent to be embedded.
    crossOriginEmbedderPolicy: false,
    // Browsers ignore it on plain http and say so in the console.
    crossOriginOpenerPolicy: secure ? { policy: 'same-origin' } : false,
    originAgentCluster: secure,
  });
  server.addHook('onRequest', async (_request, reply) => {
    reply.header('permissions-policy', PERMISSIONS_POLICY);
  });
}
