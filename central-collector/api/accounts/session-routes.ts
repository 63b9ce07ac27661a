// Signing in and out, who one is, and the own password.

import type { CookieSerializeOptions } from '@fastify/cookie';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { z } from 'zod';
import { ProblemError } from '../problem.ts';
import { addRoute } from '../route.ts';
import { ACCOUNT_ROUTES } from './account-routes.ts';
import { digestOf } from './account-state.ts';
import { actorOf, type Principal } from './actor.ts';
import type { Gate } from './gate.ts';
import { PERMISSIONS, SESSION_LIFETIMES } from './roles.ts';
import type { sessionAnswer } from './schemas.ts';
import { csrfTokenOf, type NewSession } from './sessions.ts';

export function addSessionRoutes(server: FastifyInstance, gate: Gate): void {
  const { accounts, cookieName } = gate;
  const cookie: CookieSerializeOptions = {
    path: '/',
    httpOnly: true,
    sameSite: 'strict',
    secure: gate.secure,
  };

  /** Sets the cookie, for as long as the session may last, and answers as "who am I" does. */
  function enter(reply: FastifyReply, { identifier }: NewSession) {
    const principal = accounts.bySession(identifier);
    if (principal === undefined)
      throw new ProblemError('not-signed-in', 'the session ended at once; sign in again');
    const maxAge = SESSION_LIFETIMES[principal.role].absoluteMs / 1000;
    reply.setCookie(cookieName, identifier, { ...cookie, maxAge });
    return answer(principal, identifier);
  }

  addRoute(server, gate, ACCOUNT_ROUTES.signIn, async ({ body, request, reply }) => {
    const before = gate.identifierOf(request);
    const credentials = { ...body, name: body.name.trim().toLowerCase(), address: request.ip };
    return enter(reply, await accounts.passwords.signIn(credentials, before && digestOf(before)));
  });

  addRoute(server, gate, ACCOUNT_ROUTES.whoAmI, async ({ principal, request }) =>
    answer(signedIn(principal), principal?.kind === 'session' ? gate.identifierOf(request) : undefined),
  );

  addRoute(server, gate, ACCOUNT_ROUTES.signOut, async ({ principal, query, request, reply }) => {
    await accounts.signOut(bySession(principal), request.ip, query.everywhere);
    reply.clearCookie(cookieName, cookie);
  });

  addRoute(server, gate, ACCOUNT_ROUTES.changePassword, async ({ principal, body, request, reply }) => {
    const actor = { ...actorOf(principal, request.ip), address: request.ip };
    const { currentPassword, newPassword } = body;
    return enter(
      reply,
      await accounts.passwords.changePassword(bySession(principal), actor, currentPassword, newPassword),
    );
  });
}

function answer(principal: Principal, identifier: string | undefined): z.input<typeof sessionAnswer> {
  const {
    user,
    displayName = null,
    role,
    permissions,
    kind,
    passwordChangeRequired,
    expiresAtMs,
  } = principal;
  return {
    user,
    displayName,
    role,
    permissions: PERMISSIONS.filter((permission) => permissions.has(permission)),
    kind,
    passwordChangeRequired,
    csrfToken: identifier === undefined ? null : csrfTokenOf(identifier),
    expiresAt: new Date(expiresAtMs).toISOString(),
  };
}

function signedIn(principal: Principal | undefined): Principal {
  if (principal === undefined) throw new ProblemError('not-signed-in', 'sign in or send an API token');
  return principal;
}

/** A token is ended by an administrator, and has no password. */
function bySession(principal: Principal | undefined): Principal {
  const { kind } = signedIn(principal);
  if (kind === 'token')
    throw new ProblemError('not-allowed', 'this is for people who signed in, not for API tokens');
  return signedIn(principal);
}
