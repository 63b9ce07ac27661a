// What a control centre is given: its configuration, and what the collector that it belongs to lends it.

import type { Logger } from 'pino';
import type { HashCost } from './api/accounts/password-hash.ts';
import type { TlsFiles, TlsWatch } from './api/accounts/transport.ts';
import type { CollectorState } from './api/collector-state.ts';
import type { RateLimits } from './api/rate-limit.ts';
import type { BrokerOptions } from './ingest/broker.ts';
import type { LedgerEntry } from './ingest/ledger.ts';
import type { Database, DatabaseOptions } from './store/database.ts';
import type { PointStore } from './store/store.ts';

export type CentreOptions = {
  /** For people: "Hải Phòng". */
  readonly name: string;
  /** Of its own; one process at a time. */
  readonly directory: string;
  /** IANA name. */
  readonly timeZone: string;
  readonly language: 'vi' | 'en';
  /** Of the product. */
  readonly version: string;
  /** What it listens on, for the warning that passwords travel in the open. */
  readonly host: string;
  readonly origins?: readonly string[];
  readonly https?: TlsFiles;
  /** Looks after those of `https`; closed with the centre. Default: nobody does. */
  readonly certificate?: TlsWatch;
  /** Whether a proxy before it speaks https; then it is believed when it is on this machine or among `proxies`. */
  readonly behindHttps?: boolean;
  readonly proxies?: readonly string[];
  /** GeoJSON file of the overview map. */
  readonly map?: string;
  /** Template of a tile server. */
  readonly tiles?: string;
  /** Who it is at the broker; what is left out is the collector's. Default client id: the collector's with -centre. */
  readonly mqtt?: Partial<Pick<BrokerOptions, 'clientId' | 'username' | 'password' | 'tls'>>;
  /** Of events that are kept for clients that come back. Default 256 MiB. */
  readonly streamBytes?: number;
  /** Of pictures and clips that were fetched from boxes. Default 512 MiB. */
  readonly pictureBytes?: number;
  /** Clients that may listen at once, and of them those of one session or token. Default 1000 and 50. */
  readonly streams?: { readonly maxStreams: number; readonly maxOfPrincipal: number };
  /** Hosts of the own network that webhooks may be sent to. Default none. */
  readonly webhookHosts?: readonly string[];
  /** Default RATE_LIMITS. */
  readonly rateLimits?: RateLimits;
  /** Work of a password hash. Default that of Accounts. */
  readonly hashCost?: HashCost;
  /** Built files of the page. Default: where the build puts them. */
  readonly pageDirectory?: string;
};

/** What the collector lends. */
export type CentreSurroundings = {
  /** Its name. */
  readonly collector: string;
  readonly log: Logger;
  /** Its way to the broker; without one nothing is live. */
  readonly mqtt?: Pick<BrokerOptions, 'url' | 'username' | 'password' | 'tls'>;
  readonly influxdb: DatabaseOptions;
  readonly database: Pick<Database, 'query'>;
  readonly store: Pick<PointStore, 'verdicts'>;
  /** What the ledger knows just now. */
  readonly ledgerNow: () => readonly LedgerEntry[];
  /** What is wrong with it, without what the centre says of itself. */
  readonly problems: readonly string[];
  /** How it fares, with what the centre says of itself. */
  readonly state: () => CollectorState;
  /** Brought up to date first where that can be done quickly. */
  readonly ledger: () => Promise<readonly LedgerEntry[]>;
};
