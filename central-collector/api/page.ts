// The files of the control-centre page, as its build left them; every address of the page is the same file.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import type { Fallback } from './refusals.ts';

/** Names of built files hold the hash of what is in them: they never change. */
const FOR_EVER = 'public, max-age=31536000, immutable';
const ASK_AGAIN = 'no-cache';
const HASHED = /^\/assets\//;

const NOT_BUILT =
  'The page of the control centre was not built. Run: npm run build\nThe API works without it: /api/v1/openapi.json\n';

/** Serves the folder; what it gives back answers addresses that are no file. */
export async function addPage(server: FastifyInstance, directory: string): Promise<Fallback> {
  if (!existsSync(join(directory, 'index.html'))) {
    return ({ url }, reply) =>
      belongsToPage(url) ? reply.code(503).type('text/plain; charset=utf-8').send(NOT_BUILT) : undefined;
  }
  await server.register(fastifyStatic, {
    root: directory,
    index: false,
    dotfiles: 'ignore',
    cacheControl: false,
    setHeaders: (response, path) => {
      const isHashed = HASHED.test(path.slice(directory.length));
      response.setHeader('cache-control', isHashed ? FOR_EVER : ASK_AGAIN);
    },
  });
  // The folder itself is none of its files.
  server.get('/', (_request, reply) => reply.sendFile('index.html'));
  return ({ url }, reply) => (belongsToPage(url) ? reply.sendFile('index.html') : undefined);
}

/** Addresses below /api, files of a build that is gone, and pages for machines are not the page's. */
function belongsToPage(url: string): boolean {
  const path = url.split('?', 1)[0] ?? '';
  return (
    !/^\/(?:api|assets|metrics|ledger|healthz)(?:\/|$)/i.test(path) && !/\/[^/]*\.[a-z0-9]{1,8}$/i.test(path)
  );
}
