// Whether a text names a time zone that this machine knows.

/** @param name of the IANA database: `Asia/Ho_Chi_Minh`, `UTC` */
export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return name !== '';
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}
