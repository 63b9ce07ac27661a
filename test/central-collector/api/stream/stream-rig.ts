// A server with accounts that listens, and the live part behind its streams.

import type { AddressInfo } from 'node:net';
import { problemOf, sendProblem } from '../../../../central-collector/api/problem.ts';
import {
  addStreamRoutes,
  type StreamLimits,
} from '../../../../central-collector/api/stream/stream-routes.ts';
import type { Live, LiveOptions } from '../../../../central-collector/live/live.ts';
import { live } from '../../live/live-rig.ts';
import { openRig, type Rig } from '../accounts/rig.ts';

export type StreamRig = {
  readonly rig: Rig;
  readonly live: Live;
  readonly url: string;
  token(): Promise<string>;
};

export async function streamRig(
  limits: StreamLimits = {},
  options: Partial<LiveOptions> = {},
): Promise<StreamRig> {
  const rig = await openRig();
  const centre = await live(options);
  rig.server.setErrorHandler((error, _request, reply) => sendProblem(reply, problemOf(error)));
  rig.server.addHook('preClose', async () => rig.server.server.closeAllConnections());
  await rig.server.register(
    (api, _options, done) => {
      addStreamRoutes(api, rig.gate, centre, limits).then(() => done(), done);
    },
    { prefix: '/api/v1' },
  );
  await rig.server.listen({ host: '127.0.0.1', port: 0 });
  const { port } = rig.server.server.address() as AddressInfo;
  const administrator = await rig.administrator();
  let tokens = 0;
  return {
    rig,
    live: centre,
    url: `http://127.0.0.1:${port}/api/v1`,
    token: async () => {
      tokens += 1;
      const made = await administrator.ask('POST', '/api/v1/tokens', {
        ...{ name: `stream-${tokens}`, scopes: ['read', 'stream', 'configure'] },
      });
      return made.json().token;
    },
  };
}
