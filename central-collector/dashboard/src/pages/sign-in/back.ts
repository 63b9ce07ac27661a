// Where somebody was before the sign-in: a path of this page, never another site.

export function backFrom(search: string): string {
  const back = new URLSearchParams(search).get('back') ?? '/';
  // `//host` and `/\host` are addresses of other sites to a browser; control characters are cut out by it before.
  const isOurs = /^\/(?![/\\])[^\\\p{Cc}]*$/u.test(back);
  return isOurs && !back.startsWith('/sign-in') ? back : '/';
}
