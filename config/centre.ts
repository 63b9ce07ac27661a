// The control centre that a collector serves: its name, folder and clock, and how browsers reach it.

import { z } from 'zod';
import { isTimeZone } from '../contract/index.ts';
import {
  checkCredentials,
  checkWhole,
  type Issues,
  mqttShape,
  pathSchema,
  section,
  urlSchema,
} from './sections.ts';

export type CentreConfig = z.output<typeof centreSchema>;

const MAX_NAME = 100;
const MAX_PROXIES = 20;
/** An address, with or without the length of its network. */
const NETWORK = /^[0-9a-fA-F:.]+(?:\/\d{1,3})?$/;

const httpUrl = urlSchema(['http', 'https']);

/** Scheme, host and port alone: what browsers send as Origin. */
const originSchema = httpUrl.refine((text) => URL.canParse(text) && new URL(text).pathname === '/', {
  error: 'expected scheme, host and port without a path, such as https://traffic.example.org',
});

const tilesSchema = httpUrl.refine((text) => ['{z}', '{x}', '{y}'].every((part) => text.includes(part)), {
  error: 'expected {z}, {x} and {y} in the address, such as https://tiles.example.org/{z}/{x}/{y}.png',
});

export const centreSchema = section({
  enabled: z
    .boolean()
    .default(true)
    .describe(
      'Serve the control centre: pages, API and event stream. false for further collectors, which only store. Default true.',
    ),
  name: z
    .string()
    .trim()
    .min(1)
    .max(MAX_NAME)
    .default('ngatu')
    .describe('What its pages are headed with. Default ngatu.'),
  directory: pathSchema
    .default('./data/centre')
    .describe(
      'Folder of its own: accounts, audit log, verdicts, versions of configurations, events of the last hours. Default ./data/centre.',
    ),
  timeZone: z
    .string()
    .refine(isTimeZone, 'expected the name of a time zone, such as Asia/Ho_Chi_Minh or UTC')
    .default('Asia/Ho_Chi_Minh')
    .describe('Days and hours on its pages are of this time zone. Default Asia/Ho_Chi_Minh.'),
  language: z
    .enum(['vi', 'en'])
    .default('vi')
    .describe('Language of its pages for whoever has chosen none: vi or en. Default vi.'),
  origins: z
    .array(originSchema)
    .max(MAX_PROXIES)
    .default([])
    .describe(
      'Other addresses that its pages have, where a proxy changes the Host header: [https://traffic.example.org]. Default none.',
    ),
  https: section({
    cert: pathSchema.describe('PEM file of the certificate, with those between it and the authority.'),
    key: pathSchema.describe('PEM file of its key, without a passphrase.'),
  })
    .optional()
    .describe('Serve everything by https with this certificate. Default: plain http.'),
  behindHttps: z
    .boolean()
    .default(false)
    .describe(
      'true: a proxy before it speaks https with browsers and sets X-Forwarded-For and X-Forwarded-Proto. Default false.',
    ),
  proxies: z
    .array(z.string().regex(NETWORK, 'expected an address or network, such as 10.0.0.5 or 10.0.0.0/24'))
    .max(MAX_PROXIES)
    .default([])
    .describe(
      'Where that proxy is, when it is not on this machine: only from there X-Forwarded headers are believed. Default none.',
    ),
  map: pathSchema
    .optional()
    .describe('GeoJSON file (WGS 84) with the roads and areas of the overview map. Default: sites alone.'),
  tiles: tilesSchema
    .optional()
    .describe(
      'Tile server under the map, https://…/{z}/{x}/{y}.png. Default none: nothing is asked of other networks.',
    ),
  mqtt: section({
    clientId: z
      .string()
      .min(1)
      .max(100)
      .optional()
      .describe("MQTT client id of the centre. Default: the collector's with -centre behind it."),
    username: mqttShape.username,
    password: mqttShape.password,
    tls: mqttShape.tls,
  })
    .check(checkWhole(checkCredentials))
    .optional()
    .describe(
      'Who the centre is at the broker: it has a connection of its own for what is live and for commands. Default: who the collector is, which works where the broker lets one user connect twice.',
    ),
  stream: section({
    maxMiB: z
      .int()
      .min(16)
      .max(65_536)
      .default(256)
      .describe(
        'Most that events kept for clients that come back may take on disk, MiB; the oldest go first. Default 256.',
      ),
    clients: z
      .int()
      .min(1)
      .max(3000)
      .default(1000)
      .describe('Most clients that may listen at once. Default 1000.'),
    clientsPerPrincipal: z
      .int()
      .min(1)
      .max(3000)
      .default(50)
      .describe('Most of them with one session or API token. Default 50.'),
  })
    .prefault({})
    .describe('The event stream.'),
  webhooks: section({
    allow: z
      .array(z.string().min(1).max(253))
      .max(100)
      .default([])
      .describe(
        'Hosts of your own network that webhooks may be sent to, such as [10.0.0.7, platform.local]; those of the internet may. Default none.',
      ),
  })
    .prefault({})
    .describe('Events sent to other systems.'),
  pictures: section({
    maxMiB: z
      .int()
      .min(1)
      .max(65_536)
      .default(512)
      .describe(
        'Most that pictures and clips fetched from boxes may take on disk, MiB; the oldest go first. Default 512.',
      ),
  })
    .prefault({})
    .describe('Stills and evidence, where boxes hand them out.'),
}).check(checkWhole(checkProxies));

function checkProxies({ proxies, behindHttps }: Record<string, unknown>, issues: Issues): void {
  if (!Array.isArray(proxies) || proxies.length === 0 || behindHttps === true) return;
  issues.addIssue({
    code: 'custom',
    path: ['proxies'],
    message: 'proxies are believed only with behindHttps: true; add it, or take proxies out',
  });
}
