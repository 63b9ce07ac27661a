import { describe, expect, it } from 'vitest';
import { isPublicAddress, TargetGuard } from '../../../../central-collector/live/webhooks/target-guard.ts';

describe('where webhooks may go', () => {
  it.each([
    ['127.0.0.1', 'this machine'],
    ['10.1.2.3', 'a private network'],
    ['172.31.255.255', 'a private network'],
    ['192.168.0.1', 'a private network'],
    ['169.254.169.254', 'metadata of clouds'],
    ['100.64.0.1', 'behind a carrier'],
    ['0.0.0.0', 'this machine in other words'],
    ['224.0.0.1', 'many machines'],
    ['255.255.255.255', 'all machines'],
    ['::1', 'this machine'],
    ['::', 'this machine in other words'],
    ['::ffff:127.0.0.1', 'this machine in IPv6 clothes'],
    ['::ffff:a00:1', 'a private network in IPv6 clothes'],
    ['64:ff9b::7f00:1', 'this machine behind NAT64'],
    ['2002:7f00:1::', 'this machine by 6to4'],
    ['fd00::1', 'a private network'],
    ['fe80::1', 'the own link'],
    ['nonsense', 'no address'],
  ])('not to %s: %s', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });

  it.each(['1.1.1.1', '171.244.0.10', '2606:4700::1111'])('to %s', (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });

  it.each([
    ['http://127.0.0.1/', 'allow'],
    ['http://2130706433/', 'allow'],
    ['http://0x7f.1/', 'allow'],
    ['http://[::1]:8086/', 'allow'],
    ['http://[::ffff:127.0.0.1]/', 'allow'],
    ['ftp://example.org/', 'http'],
    ['file:///etc/passwd', 'http'],
    ['http://user:secret@example.org/', 'user name'],
    ['nonsense', 'http'],
  ])('says what is wrong with %s', (url, word) => {
    expect(new TargetGuard({ allow: [] }).problemOf(url)).toContain(word);
  });

  it('lets through what the configuration lists, by host and by port', () => {
    const guard = new TargetGuard({ allow: ['127.0.0.1:9000', 'Platform.local', '::1'] });
    expect(guard.problemOf('http://127.0.0.1:9000/x')).toBeUndefined();
    expect(guard.problemOf('http://127.0.0.1:8086/write')).toBeDefined();
    expect(guard.problemOf('http://[::1]:5/')).toBeUndefined();
    expect(guard.problemOf('https://example.org/hook')).toBeUndefined();
  });
});
