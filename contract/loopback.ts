// Whether an address can be reached from this machine only.

/** `host` as it stands in a configuration or in a URL, an IPv6 address with or without brackets. */
export function isLoopback(host: string): boolean {
  return /^(?:localhost|::1|\[::1\]|127(?:\.\d{1,3}){3})$/.test(host);
}
