// The centre's own connection to the broker: everything of all agents, whichever collector stores it.

import { filterOf, parseTopic } from '../contract/index.ts';
import type { CentreOptions, CentreSurroundings } from './centre-options.ts';
import type { CommandSender } from './commands/command-sender.ts';
import { BrokerConnection } from './ingest/broker.ts';
import type { LiveSource, SourceHandlers } from './live/live-message.ts';

/** A restarted centre goes on where it was; longer, and the broker keeps a flood for one that is gone. */
const SESSION_EXPIRY_S = 600;

/**
 * Of batches, each up to 128 KiB: more would only lie here before they are written, and whatever the broker wants to say
 * besides would wait behind them. A write takes milliseconds.
 */
const RECEIVE_MAXIMUM = 100;

const SAME_NAME =
  'it takes the centre for the collector that it belongs to, because both have one name there: give the centre its own, centre.mqtt, with another user or certificate (docs/security.md)';

/** Undefined without a broker. `commands` hears what boxes answer, and sends over the same connection. */
export function centreConnection(
  options: Pick<CentreOptions, 'mqtt'>,
  { mqtt, collector, log }: Pick<CentreSurroundings, 'mqtt' | 'collector' | 'log'>,
  commands?: Pick<CommandSender, 'attach' | 'receive'>,
): ((handlers: SourceHandlers) => LiveSource) | undefined {
  if (mqtt === undefined) return undefined;
  const { clientId = `${collector}-centre`, tls, ...credentials } = options.mqtt ?? {};
  const certificates = { ...mqtt.tls, ...tls };
  return ({ onDelivery, onListening }) => {
    const connection = new BrokerConnection({
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
        [filterOf('reply')]: { qos: 1 },
      },
      sessionExpiryS: SESSION_EXPIRY_S,
      receiveMaximum: RECEIVE_MAXIMUM,
      yieldsAs: SAME_NAME,
      log,
      onListening,
      onDelivery: (delivery) => {
        if (commands === undefined || parseTopic(delivery.topic)?.channel !== 'reply') {
          onDelivery(delivery);
          return;
        }
        commands.receive(delivery.topic, delivery.payload);
        // What nobody waits for any more is of no use later.
        delivery.acknowledge();
      },
    });
    commands?.attach({ publish: (topic, payload, expiryS) => connection.tell(topic, payload, expiryS) });
    return connection;
  };
}
