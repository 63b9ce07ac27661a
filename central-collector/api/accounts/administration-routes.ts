// What administrators do: users, API tokens, the audit log.

import type { FastifyInstance } from 'fastify';
import type { z } from 'zod';
import { addRoute } from '../route.ts';
import { ACCOUNT_ROUTES } from './account-routes.ts';
import type { Token, User } from './account-state.ts';
import { actorOf } from './actor.ts';
import type { Gate } from './gate.ts';
import type { tokenAnswer, userAnswer } from './schemas.ts';

export function addAdministrationRoutes(server: FastifyInstance, gate: Gate): void {
  const { users, tokens, auditLog } = gate.accounts;

  const userFacts = (user: User): z.input<typeof userAnswer> => ({
    name: user.name,
    displayName: user.displayName ?? null,
    role: user.role,
    disabled: user.disabled,
    oneTimePasswordUntil: time(user.oneTimeUntilMs),
    createdAt: new Date(user.createdAtMs).toISOString(),
    lastSignInAt: time(user.lastSignInAtMs),
    sessions: gate.accounts.sessionsOf(user.name),
  });

  addRoute(server, gate, ACCOUNT_ROUTES.listUsers, async () => ({ users: users.list.map(userFacts) }));

  addRoute(server, gate, ACCOUNT_ROUTES.getUser, async ({ params }) => userFacts(users.get(params.name)));

  addRoute(server, gate, ACCOUNT_ROUTES.addUser, async ({ principal, body, request }) => {
    const { user, oneTimePassword } = await users.add(actorOf(principal, request.ip), body);
    return { ...userFacts(user), oneTimePassword };
  });

  addRoute(server, gate, ACCOUNT_ROUTES.changeUser, async ({ principal, params, body, request }) => {
    const { user, oneTimePassword = null } = await users.change(
      actorOf(principal, request.ip),
      params.name,
      body,
    );
    return { ...userFacts(user), oneTimePassword };
  });

  addRoute(server, gate, ACCOUNT_ROUTES.removeUser, async ({ principal, params, request }) => {
    await users.remove(actorOf(principal, request.ip), params.name);
  });

  addRoute(server, gate, ACCOUNT_ROUTES.listTokens, async () => ({ tokens: tokens.list.map(tokenFacts) }));

  addRoute(server, gate, ACCOUNT_ROUTES.addToken, async ({ principal, body, request }) => {
    const owner = body.owner ?? principal?.user ?? '';
    const { token, secret } = await tokens.add(actorOf(principal, request.ip), { ...body, owner });
    return { ...tokenFacts(token), token: secret };
  });

  addRoute(server, gate, ACCOUNT_ROUTES.removeToken, async ({ principal, params, request }) => {
    await tokens.remove(actorOf(principal, request.ip), params.id);
  });

  addRoute(server, gate, ACCOUNT_ROUTES.readAudit, async ({ query: { from, to, limit, ...rest } }) => {
    const entries = await auditLog.read({
      ...rest,
      limit,
      fromMs: from === undefined ? undefined : Date.parse(from),
      toMs: to === undefined ? undefined : Date.parse(to),
    });
    const next = entries.length < limit ? null : (entries.at(-1)?.seq ?? null);
    return { entries: [...entries], next, chain: await auditLog.verify() };
  });
}

function tokenFacts({
  id,
  name,
  owner,
  scopes,
  createdAtMs,
  expiresAtMs,
  lastUsedAtMs,
}: Token): z.input<typeof tokenAnswer> {
  return {
    id,
    name,
    owner,
    scopes,
    createdAt: new Date(createdAtMs).toISOString(),
    expiresAt: new Date(expiresAtMs).toISOString(),
    lastUsedAt: time(lastUsedAtMs),
  };
}

function time(ms: number | undefined): string | null {
  return ms === undefined ? null : new Date(ms).toISOString();
}
