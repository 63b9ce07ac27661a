// What a server answers may hold what it was sent: the password is taken out before anybody reads the answer.

const MASK = '***';

/** Takes the password out of texts, as it was given, as it stands in addresses and as HTTP's basic scheme sends it. */
export function hideCredentials({
  username = '',
  password = '',
}: {
  readonly username?: string;
  readonly password?: string;
}): (text: string) => string {
  if (password === '') return (text) => text;
  const basic = Buffer.from(`${username}:${password}`).toString('base64');
  // As bytes that were taken for Latin-1: so headers come out of Node and out of servers that show them.
  const misread = Buffer.from(password).toString('latin1');
  const inJson = JSON.stringify(password).slice(1, -1);
  const forms = [basic, encodeURIComponent(password), encodeURI(password), password, inJson, misread];
  return (text) => forms.reduce((hidden, form) => hidden.replaceAll(form, MASK), text);
}
