// How often one client may ask, so that a script gone wild does not take the centre from everybody else.

import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Gate } from './accounts/gate.ts';
import { ProblemError } from './problem.ts';

export type RateLimits = {
  /** Requests a minute of one session or token. A page asks for some ten when it is opened, and seldom afterwards. */
  readonly signedIn: number;
  /** Of one address on routes for anyone: many desks may share one. */
  readonly anyone: number;
};

export const RATE_LIMITS: RateLimits = { signedIn: 1200, anyone: 600 };

const WINDOW_MS = 60_000;

/** For routes below /api. Register it before the routes; streams count when they are opened. */
export async function addRateLimit(server: FastifyInstance, gate: Gate, limits: RateLimits): Promise<void> {
  const keyOf = (request: FastifyRequest) => {
    const principal = gate.principalOf(request);
    return principal === undefined ? `address ${networkOf(request.ip)}` : principal.digest;
  };
  await server.register(rateLimit, {
    // After the gate, which tells who it is, and before the body is read.
    hook: 'preParsing',
    timeWindow: WINDOW_MS,
    max: (request) => (gate.principalOf(request) === undefined ? limits.anyone : limits.signedIn),
    keyGenerator: keyOf,
    allowList: (request) => !isOfApi(request.routeOptions.url),
    errorResponseBuilder: (_request, { ttl }) =>
      new ProblemError('too-many-requests', 'this client asks too often; wait, then ask less', {
        retryAfterS: Math.max(1, Math.ceil(ttl / 1000)),
      }),
  });
}

function isOfApi(url: string | undefined): boolean {
  return url?.startsWith('/api/') ?? false;
}

/** Whoever has one IPv6 address has the 2^64 of its network. */
function networkOf(address: string): string {
  return address.includes(':') ? address.split(':').slice(0, 4).join(':') : address;
}
