// The documentation page at /api/docs, from files that the build put together: Swagger UI and what starts it.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Gate } from '../accounts/gate.ts';
import { ProblemError, sendProblem } from '../problem.ts';

const FILES: Readonly<Record<string, string>> = {
  'index.html': 'text/html; charset=utf-8',
  'docs.css': 'text/css; charset=utf-8',
  'docs.js': 'text/javascript; charset=utf-8',
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
};

/**
 * For anyone, like the document that it shows: nothing in it is of this city, and whoever connects another system reads it
 * before there is a token. To try a route out one has to sign in.
 */
const ACCESS = 'anyone';

export function addDocsPage(server: FastifyInstance, gate: Gate, directory: string): void {
  const files = new Map<string, Promise<Buffer>>();
  const read = (name: string) => {
    const file = files.get(name) ?? readFile(join(directory, name));
    files.set(name, file);
    return file;
  };
  const send = async (reply: FastifyReply, name: string) => {
    const type = FILES[name];
    try {
      if (type === undefined) throw new ProblemError('not-found', 'there is nothing at this address');
      const bytes = await read(name);
      return reply.type(type).header('cache-control', 'no-cache').send(bytes);
    } catch (error) {
      files.delete(name);
      if (error instanceof ProblemError) return sendProblem(reply, error);
      const detail = 'the documentation page was not built; run: npm run build';
      return sendProblem(reply, new ProblemError('unavailable', detail, { cause: error }));
    }
  };
  const onRequest = gate.requires(ACCESS);
  server.get('/api/docs', { onRequest }, (_request, reply) => send(reply, 'index.html'));
  server.get('/api/docs/', { onRequest }, (_request, reply) => send(reply, 'index.html'));
  server.get<{ Params: { file: string } }>('/api/docs/:file', { onRequest }, (request, reply) =>
    send(reply, request.params.file),
  );
}
