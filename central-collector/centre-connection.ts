// The centre's own connection to the broker: everything of all agents, whichever collector stores it.

import { filterOf } from '../contract/index.ts';
import type { CentreOptions, CentreSurroundings } from './centre-options.ts';
import { BrokerConnection } from './ingest/broker.ts';
import type { LiveSource, SourceHandlers } from './live/live-message.ts';

/** A restarted centre goes on where it was; longer, and the broker keeps a flood for one that is gone. */
const SESSION_EXPIRY_S = 600;

const SAME_NAME =
  'it takes the centre for the collector that it belongs to, because both have one name there: give the centre its own, centre.mqtt, with another user or certificate (docs/security.md)';

/** Undefined without a broker. */
export function centreConnection(
  options: Pick<CentreOptions, 'mqtt'>,
  { mqtt, collector, log }: Pick<CentreSurroundings, 'mqtt' | 'collector' | 'log'>,
): ((handlers: SourceHandlers) => LiveSource) | undefined {
  if (mqtt === undefined) return undefined;
  const { clientId = `${collector}-centre`, tls, ...credentials } = options.mqtt ?? {};
  const certificates = { ...mqtt.tls, ...tls };
  return ({ onDelivery, onListening }) =>
    new BrokerConnection({
      ...mqtt,
      ...credentials,
      ...(Object.keys(certificates).length > 0 && { tls: certificates }),
      clientId,
      // It shares with nobody.
      sharedGroup: '',
      filters: {
        [filterOf('events')]: { qos: 1 },
        [filterOf('status')]: { qos: 1 },
        [filterOf('health')]: { qos: 1 },
      },
      sessionExpiryS: SESSION_EXPIRY_S,
      yieldsAs: SAME_NAME,
      log,
      onListening,
      onDelivery,
    });
}
