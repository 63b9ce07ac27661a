// Asks the centre's API: JSON in and out, problems as errors with facts, the CSRF token where one is needed.

export type Query = Readonly<
  Record<string, string | number | boolean | readonly string[] | null | undefined>
>;
export type Method = 'POST' | 'PUT' | 'PATCH' | 'DELETE';

type ProblemDocument = {
  readonly code?: string;
  readonly detail?: string;
  readonly errors?: readonly { readonly path: string; readonly message: string }[];
};

/** The centre refused, or did not answer: then `status` is 0 and `code` is `unreachable`. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';
  readonly status: number;
  readonly code: string;
  readonly errors: NonNullable<ProblemDocument['errors']>;
  readonly retryAfterS: number | null;

  constructor(
    status: number,
    { code = 'internal-error', detail = '', errors = [] }: ProblemDocument,
    retryAfterS: number | null = null,
    cause?: unknown,
  ) {
    super(detail, { cause });
    this.status = status;
    this.code = code;
    this.errors = errors;
    this.retryAfterS = retryAfterS;
  }

  get detail(): string {
    return this.message;
  }

  get retryable(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

const PREFIX = '/api/v1';

/** What the session knows and every request needs; session.ts sets it. */
export const credentials: { csrfToken: string | null; onSignedOut: () => void } = {
  csrfToken: null,
  onSignedOut: () => undefined,
};

/** The address of `/path` below the API, for links and pictures. Undefined and null parameters are left out. */
export function address(path: string, query: Query = {}): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined || value === null) continue;
    parameters.set(name, Array.isArray(value) ? value.join(',') : String(value));
  }
  const text = parameters.toString();
  return PREFIX + path + (text === '' ? '' : `?${text}`);
}

/** Throws ApiProblem; an abort throws the signal's reason. */
export async function get<T>(path: string, query?: Query, signal?: AbortSignal): Promise<T> {
  return ask<T>(address(path, query), { signal: signal ?? null });
}

/** Throws ApiProblem. Answers without content give undefined. */
export async function send<T>(method: Method, path: string, body?: unknown): Promise<T> {
  const headers: Record<string, string> = {};
  if (body !== undefined) headers['content-type'] = 'application/json';
  if (credentials.csrfToken !== null) headers['x-csrf-token'] = credentials.csrfToken;
  return ask<T>(address(path), { method, headers, body: body === undefined ? null : JSON.stringify(body) });
}

async function ask<T>(url: string, init: RequestInit): Promise<T> {
  let response: Response;
  try {
    response = await fetch(url, { credentials: 'same-origin', ...init });
  } catch (error) {
    if (init.signal?.aborted) throw error;
    throw new ApiProblem(0, { code: 'unreachable' }, null, error);
  }
  if (response.ok) {
    const text = await response.text();
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }
  const problem = await problemOf(response);
  if (problem.code === 'not-signed-in') credentials.onSignedOut();
  throw problem;
}

async function problemOf(response: Response): Promise<ApiProblem> {
  const after = Number(response.headers.get('retry-after') ?? Number.NaN);
  const retryAfterS = Number.isFinite(after) ? after : null;
  try {
    return new ApiProblem(response.status, (await response.json()) as ProblemDocument, retryAfterS);
  } catch (cause) {
    // A proxy in between answers with a page of its own.
    return new ApiProblem(response.status, { detail: response.statusText }, retryAfterS, cause);
  }
}
