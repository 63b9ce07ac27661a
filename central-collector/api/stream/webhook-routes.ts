// Webhooks: who they are, what they did not deliver.

import type { FastifyInstance } from 'fastify';
import type { Gate } from '../accounts/gate.ts';
import { ProblemError } from '../problem.ts';
import { addRoute, type RouteDescription } from '../route.ts';
import {
  type DeadLetterAnswer,
  deadLettersAnswer,
  discardQuery,
  newWebhookAnswer,
  redeliverBody,
  redeliveredAnswer,
  triedAnswer,
  type WebhookAnswer,
  webhookAnswer,
  webhookBody,
  webhookParams,
  webhooksAnswer,
} from '../schemas/stream.ts';

type Wish = Omit<
  WebhookAnswer,
  'id' | 'createdAt' | 'createdBy' | 'state' | 'problem' | 'lastDeliveredAt' | 'waiting' | 'deadLetters'
>;

/** What the routes need of the live part. Its errors have a `code` of problems. */
export type WebhookSource = {
  list(): WebhookAnswer[];
  get(id: string): WebhookAnswer;
  problemOf(wish: Wish): string | undefined;
  add(wish: Wish, by: string): Promise<WebhookAnswer & { secret: string }>;
  change(id: string, wish: Wish): Promise<WebhookAnswer>;
  remove(id: string): Promise<void>;
  deadLetters(id: string): DeadLetterAnswer[];
  redeliver(id: string, ids?: readonly string[]): Promise<{ delivered: number; failed: number }>;
  /** Of all, where no `ids` are named. */
  discard(id: string, ids?: readonly string[]): Promise<void>;
  tryOut(id: string): Promise<{ taken: boolean; why: string | null; tookMs: number }>;
};

/** A thousand cameras are 130 KiB. */
const BODY_LIMIT_BYTES = 256 * 1024;

const common = { access: 'configure' } as const;

export const WEBHOOK_ROUTES = {
  list: {
    ...{ ...common, method: 'GET', path: '/webhooks', status: 200 },
    ...{ summary: 'All webhooks and how they fare.', answer: webhooksAnswer },
  },
  add: {
    ...{ ...common, method: 'POST', path: '/webhooks', status: 201, bodyLimit: BODY_LIMIT_BYTES },
    ...{
      summary: 'Adds a webhook; its secret is told here and never again.',
      body: webhookBody,
      answer: newWebhookAnswer,
    },
  },
  get: {
    ...{ ...common, method: 'GET', path: '/webhooks/:webhook', status: 200 },
    ...{ summary: 'One webhook.', params: webhookParams, answer: webhookAnswer },
  },
  change: {
    ...{ ...common, method: 'PUT', path: '/webhooks/:webhook', status: 200, bodyLimit: BODY_LIMIT_BYTES },
    summary:
      'Gives a webhook another address or filter, pauses it or lets it go on; one that is off is tried again.',
    ...{ params: webhookParams, body: webhookBody, answer: webhookAnswer },
  },
  remove: {
    ...{ ...common, method: 'DELETE', path: '/webhooks/:webhook', status: 204 },
    ...{ summary: 'Removes a webhook and what it did not deliver.', params: webhookParams },
  },
  deadLetters: {
    ...{ ...common, method: 'GET', path: '/webhooks/:webhook/dead-letters', status: 200 },
    ...{
      summary: 'Events that its receiver did not take.',
      params: webhookParams,
      answer: deadLettersAnswer,
    },
  },
  redeliver: {
    ...{ ...common, method: 'POST', path: '/webhooks/:webhook/dead-letters', status: 200 },
    summary: 'Offers such events once more; stops after three that are not taken.',
    ...{ params: webhookParams, body: redeliverBody, answer: redeliveredAnswer },
  },
  discard: {
    ...{ ...common, method: 'DELETE', path: '/webhooks/:webhook/dead-letters', status: 204 },
    ...{
      summary: 'Throws such events away; all of them, where none is named.',
      params: webhookParams,
      query: discardQuery,
    },
  },
  tryOut: {
    ...{ ...common, method: 'POST', path: '/webhooks/:webhook/test', status: 200 },
    summary: 'Sends a signed heartbeat at once, past all that waits, and says what the receiver answered.',
    ...{ params: webhookParams, answer: triedAnswer },
  },
} as const satisfies Record<string, RouteDescription>;

export function addWebhookRoutes(server: FastifyInstance, gate: Gate, source: WebhookSource): void {
  addRoute(server, gate, WEBHOOK_ROUTES.list, async () => ({ webhooks: source.list() }));

  addRoute(server, gate, WEBHOOK_ROUTES.get, async ({ params }) => asked(() => source.get(params.webhook)));

  addRoute(server, gate, WEBHOOK_ROUTES.add, async ({ body, principal, request }) => {
    refuse(source, body);
    await gate.audit(request, {
      action: 'webhook-added',
      target: body.name,
      detail: { host: new URL(body.url).host },
    });
    return asked(() => source.add(body, principal?.user ?? 'nobody'));
  });

  addRoute(server, gate, WEBHOOK_ROUTES.change, async ({ params, body, request }) => {
    const { name } = await asked(() => source.get(params.webhook));
    refuse(source, body);
    await gate.audit(request, {
      action: 'webhook-changed',
      target: name,
      detail: { host: new URL(body.url).host },
    });
    return asked(() => source.change(params.webhook, body));
  });

  addRoute(server, gate, WEBHOOK_ROUTES.remove, async ({ params, request }) => {
    const { name, url } = await asked(() => source.get(params.webhook));
    await gate.audit(request, {
      action: 'webhook-removed',
      target: name,
      detail: { host: new URL(url).host },
    });
    await asked(() => source.remove(params.webhook));
  });

  addRoute(server, gate, WEBHOOK_ROUTES.deadLetters, async ({ params }) => ({
    deadLetters: await asked(() => source.deadLetters(params.webhook)),
  }));

  addRoute(server, gate, WEBHOOK_ROUTES.redeliver, async ({ params, body, request }) => {
    const { name } = await asked(() => source.get(params.webhook));
    await gate.audit(request, {
      action: 'webhook-redelivered',
      target: name,
      detail: { events: body.ids?.length ?? 'all' },
    });
    return asked(() => source.redeliver(params.webhook, body.ids));
  });

  addRoute(server, gate, WEBHOOK_ROUTES.discard, async ({ params, query, request }) => {
    const { name } = await asked(() => source.get(params.webhook));
    await gate.audit(request, {
      action: 'webhook-discarded',
      target: name,
      detail: { events: query.id?.length ?? 'all' },
    });
    await asked(() => source.discard(params.webhook, query.id));
  });

  addRoute(server, gate, WEBHOOK_ROUTES.tryOut, async ({ params, request }) => {
    const { name } = await asked(() => source.get(params.webhook));
    await gate.audit(request, { action: 'webhook-tried', target: name });
    return asked(() => source.tryOut(params.webhook));
  });
}

function refuse(source: WebhookSource, wish: Wish): void {
  const message = source.problemOf(wish);
  if (message === undefined) return;
  throw new ProblemError('invalid-request', `body.url: ${message}`, {
    errors: [{ path: 'body.url', message }],
  });
}

/** Errors of the source as problems. */
async function asked<T>(ask: () => T | Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === 'not-found' || code === 'conflict' || code === 'invalid-request') {
      throw new ProblemError(code, (error as Error).message, { cause: error });
    }
    throw error;
  }
}
