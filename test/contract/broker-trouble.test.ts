import { describe, expect, it } from 'vitest';
import { brokerHungUp, brokerTrouble, isNotAllowed } from '../../contract/index.ts';

const error = (message: string, code?: unknown) => Object.assign(new Error(message), { code });
const alert = (words: string) =>
  error(`write EPROTO 80DC:error:0A000:SSL routines:ssl3_read_bytes:${words}:../deps/x.c:16\n`);

describe('why there is no connection', () => {
  it.each([
    [
      'a refused password of MQTT 5',
      error('Connection refused: Not authorized', 135),
      /check mqtt\.username and mqtt\.password/,
    ],
    ['one of MQTT 3.1.1', error('Connection refused: Not authorized', 5), /check mqtt\.username/],
    [
      'an authority that is not known',
      error('self-signed certificate in certificate chain', 'SELF_SIGNED_CERT_IN_CHAIN'),
      /set mqtt\.tls\.ca/,
    ],
    [
      'another host',
      error("Hostname/IP does not match certificate's altnames: …", 'ERR_TLS_CERT_ALTNAME_INVALID'),
      /not for the host in mqtt\.url/,
    ],
    ['a clock in the past', error('certificate is not yet valid', 'CERT_NOT_YET_VALID'), /check the clock/],
    [
      'a stolen box in place of the broker',
      error('unsupported certificate purpose', 'INVALID_PURPOSE'),
      /stolen box/,
    ],
    ['no certificate, TLS 1.3', alert('tlsv13 alert certificate required'), /set mqtt\.tls\.cert/],
    ['no certificate, TLS 1.2', alert('sslv3 alert handshake failure'), /set mqtt\.tls\.cert/],
    ['a revoked one', alert('sslv3 alert certificate revoked'), /was revoked/],
    ['no TLS at the port', alert('wrong version number'), /no TLS is spoken/],
    ['a version that is too old', alert('tlsv1 alert protocol version'), /version of TLS/],
  ])('%s is told in words', (_what, cause, words) => {
    expect(brokerTrouble(cause)).toMatch(words);
    expect(brokerTrouble(cause)).not.toMatch(/routines|deps|\n/);
  });

  it('anything else as it was said, on one line, or by its code where nothing was said', () => {
    expect(brokerTrouble(error('connect ECONNREFUSED 127.0.0.1:1', 'ECONNREFUSED'))).toBe(
      'connect ECONNREFUSED 127.0.0.1:1',
    );
    expect(brokerTrouble(error('a\nb\u001b[2J'))).toBe('a\\u000ab\\u001b[2J');
    expect(brokerTrouble(error('', 'ECONNRESET'))).toBe('ECONNRESET');
    expect(brokerTrouble(error(''))).toBe('Error');
  });

  it('a session that was taken over says what to look for', () => {
    expect(brokerHungUp(142, 'are there two?')).toBe(
      'another client connected under the same name: are there two?',
    );
    expect(brokerHungUp(139, '')).toBe('the broker hung up (reason 139)');
    expect(brokerHungUp(undefined, '')).toBe('the broker hung up (reason 0)');
  });

  it('what access rules refuse is told from what is not connected', () => {
    expect(isNotAllowed(error('Publish error: Not authorized', 135))).toBe(true);
    expect(isNotAllowed(error('Publish error: Quota exceeded', 151))).toBe(false);
    expect(isNotAllowed('135')).toBe(false);
  });
});
