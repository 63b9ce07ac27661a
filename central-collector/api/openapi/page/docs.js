// Shows the API of this centre. Whoever is signed in can try it out: what changes something needs the CSRF token.

/** Sent with what changes something; asked for once it is needed. */
let csrfToken;

async function withCsrfToken(request) {
  if (['GET', 'HEAD'].includes(request.method ?? 'GET') || request.headers.Authorization) return request;
  if (csrfToken === undefined) {
    const response = await fetch('/api/v1/session', { credentials: 'same-origin' });
    csrfToken = response.ok ? (await response.json()).csrfToken : undefined;
  }
  if (csrfToken) request.headers['x-csrf-token'] = csrfToken;
  return request;
}

window.SwaggerUIBundle({
  url: '/api/v1/openapi.json',
  dom_id: '#api',
  deepLinking: true,
  docExpansion: 'list',
  defaultModelsExpandDepth: -1,
  // Nothing is asked of other networks.
  validatorUrl: null,
  requestInterceptor: withCsrfToken,
});
