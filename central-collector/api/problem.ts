// What the API answers when it refuses: problem documents of RFC 9457.

import type { FastifyReply } from 'fastify';
import { z } from 'zod';

const PROBLEMS = {
  'invalid-request': { status: 400, title: 'The request is not valid' },
  'not-signed-in': { status: 401, title: 'Sign in first' },
  'sign-in-failed': { status: 401, title: 'Name or password is wrong' },
  'not-allowed': { status: 403, title: 'Not allowed' },
  'foreign-page': { status: 403, title: 'The request came from another site or without the CSRF token' },
  'password-change-required': { status: 403, title: 'Choose a password of your own first' },
  'not-found': { status: 404, title: 'Not found' },
  'method-not-allowed': { status: 405, title: 'Not possible in this way' },
  conflict: { status: 409, title: 'That does not fit what is there' },
  'too-large': { status: 413, title: 'The request is too large' },
  'unsupported-media-type': { status: 415, title: 'Send JSON' },
  'weak-password': { status: 422, title: 'The password can be guessed' },
  'too-many-attempts': { status: 429, title: 'Too many attempts' },
  'too-many-requests': { status: 429, title: 'Too many requests' },
  'internal-error': { status: 500, title: 'A defect of the collector' },
  unavailable: { status: 503, title: 'Not possible at the moment' },
} as const;

export type ProblemCode = keyof typeof PROBLEMS;

/** `application/problem+json`; `code` is the last part of `type`. */
export const problemSchema = z.strictObject({
  type: z.string().startsWith('urn:ngatu:problem:'),
  code: z.string(),
  title: z.string(),
  status: z.int().min(400).max(599),
  /** A sentence for people: what was expected and what to do. */
  detail: z.string(),
  /** What is wrong in the body, path or query, place by place. */
  errors: z.array(z.strictObject({ path: z.string(), message: z.string() })).exactOptional(),
});
export type Problem = z.infer<typeof problemSchema>;

/** A request that is refused, with what the answer says. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly code: ProblemCode;
  readonly status: number;
  /** For `Retry-After`. */
  readonly retryAfterS: number | undefined;
  readonly errors: Problem['errors'];

  constructor(
    code: ProblemCode,
    detail: string,
    {
      retryAfterS,
      errors,
      cause,
    }: { retryAfterS?: number; errors?: NonNullable<Problem['errors']>; cause?: unknown } = {},
  ) {
    super(detail, { cause });
    this.code = code;
    this.status = PROBLEMS[code].status;
    this.retryAfterS = retryAfterS;
    this.errors = errors;
  }

  get retryable(): boolean {
    return this.retryAfterS !== undefined;
  }

  get document(): Problem {
    return {
      type: `urn:ngatu:problem:${this.code}`,
      code: this.code,
      title: PROBLEMS[this.code].title,
      status: this.status,
      detail: this.message,
      ...(this.errors && { errors: this.errors }),
    };
  }
}

export function sendProblem(reply: FastifyReply, problem: ProblemError): FastifyReply {
  if (problem.status === 401) reply.header('www-authenticate', 'Bearer realm="ngatu"');
  if (problem.retryAfterS !== undefined) reply.header('retry-after', Math.ceil(problem.retryAfterS));
  return reply
    .code(problem.status)
    .header('cache-control', 'no-store')
    .type('application/problem+json')
    .send(problem.document);
}

/** Any error as a problem; what was not meant for the client does not reach it. */
export function problemOf(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error;
  const { statusCode, message, retryable } = error as {
    statusCode?: number;
    message?: string;
    retryable?: boolean;
  };
  const cause = error;
  switch (statusCode) {
    case 400:
    case 414:
      return new ProblemError('invalid-request', message ?? 'expected a valid request', { cause });
    case 403:
      return new ProblemError('not-allowed', 'this address leads to nothing that may be read', { cause });
    case 404:
      return new ProblemError('not-found', 'there is nothing at this address', { cause });
    case 413:
      return new ProblemError('too-large', 'the body is larger than this route takes', { cause });
    case 415:
      return new ProblemError('unsupported-media-type', 'expected content-type: application/json', { cause });
    default:
      return retryable === true
        ? new ProblemError('unavailable', 'try again shortly; the log tells why', { cause, retryAfterS: 5 })
        : new ProblemError('internal-error', 'the log of the collector tells more', { cause });
  }
}
