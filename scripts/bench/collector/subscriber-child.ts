// The broker by itself, as a Node program sees it: MQTT.js, a subscription at QoS 1, nothing done with what comes.

import { connectAsync } from 'mqtt';
import { filterOf } from '../../../contract/index.ts';

const [url = ''] = process.argv.slice(2);
let received = 0;
let told = 0;

process.on('disconnect', () => process.exit(0));

const client = await connectAsync(url, {
  protocolVersion: 5,
  clientId: 'subscriber-alone',
  properties: { receiveMaximum: 500 },
});
client.on('message', () => {
  received += 1;
});
await client.subscribeAsync(`$share/bench/${filterOf('events')}`, { qos: 1 });
process.send?.({ is: 'ready' });
setInterval(() => {
  if (received === told) return;
  told = received;
  process.send?.({ is: 'received', count: received });
}, 10);
