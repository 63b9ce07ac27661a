// Registers the routes of slit scans. Pictures have addresses of their own instead of standing in the JSON: a page then shows
// the first strip while the last is under way, and a browser keeps what it has seen.

import type { FastifyInstance } from 'fastify';
import { MAX_EPOCH_MS, MAX_SLIT_SCAN_MS } from '../../../contract/index.ts';
import { momentMs } from '../../local-time.ts';
import type { Gate } from '../accounts/gate.ts';
import { asProblem } from '../incidents/incidents-source.ts';
import { ProblemError } from '../problem.ts';
import { addRoute } from '../route.ts';
import { SLIT_SCAN_ROUTES } from './slit-scan-routes.ts';
import type { CityLine, SlitScanSource } from './slit-scan-source.ts';

export function addSlitScanRoutes(server: FastifyInstance, gate: Gate, source: SlitScanSource): void {
  addRoute(server, gate, SLIT_SCAN_ROUTES.slitScan, async ({ params, query: { line, from, to } }) => {
    const [fromMs, toMs] = between(from, to, source.timeZone);
    const of: CityLine = { ...params, line };
    const { pieces, ...rest } = await asProblem(source.read(of, fromMs, toMs));
    return {
      ...rest,
      pieces: pieces.map(({ sha256, ...piece }) => ({
        ...piece,
        picture: pictureAddress(of, piece.from, sha256),
      })),
    };
  });
  addRoute(
    server,
    gate,
    SLIT_SCAN_ROUTES.picture,
    async ({ params, query: { line, from, sha256 }, reply }) => {
      const fromMs = Date.parse(from);
      const jpeg = await asProblem(source.picture({ ...params, line }, { fromMs, sha256 }));
      return reply.type('image/jpeg').header('etag', `"${sha256}"`).send(jpeg);
    },
  );
}

/** Throws ProblemError, `invalid-request`. */
function between(from: string, to: string, timeZone: string): readonly [number, number] {
  const [fromMs, toMs] = [momentMs(from, timeZone), momentMs(to, timeZone)];
  const isTime = fromMs >= 0 && toMs <= MAX_EPOCH_MS;
  if (isTime && fromMs < toMs && toMs - fromMs <= MAX_SLIT_SCAN_MS) return [fromMs, toMs];
  const minutes = MAX_SLIT_SCAN_MS / 60_000;
  const message = `expected a moment after "from", ${minutes} minutes later at most`;
  throw new ProblemError('invalid-request', `query.to: ${message}`, {
    errors: [{ path: 'query.to', message }],
  });
}

function pictureAddress({ site, agent, camera, line }: CityLine, from: string, sha256: string): string {
  const path = `/api/v1/cameras/${site}/${agent}/${camera}/slit-scan/picture`;
  return `${path}?${new URLSearchParams({ line, from, sha256 }).toString()}`;
}
