import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readHost, sameOrigin } from './host-header.ts';

const OWN = { house: 'kith-7q2mxa9d.local', machine: 'Pi' };

describe('the host header', () => {
  test.each([
    ['localhost:8080', 'local', 8080],
    ['127.0.0.1', 'local', undefined],
    ['[::1]:8080', 'local', 8080],
    ['kith-7q2mxa9d.local:8443', 'house', 8443],
    ['KITH-7Q2MXA9D.local.', 'house', undefined],
    ['192.168.1.5:8080', 'machine', 8080],
    ['[fd00::5]:8080', 'machine', 8080],
    ['pi', 'machine', undefined],
    ['pi.fritz.box:8080', 'machine', 8080],
    ['www.example.org', 'stranger', undefined],
    ['localhost.example.org', 'stranger', undefined],
    ['kith-7q2mxa9d.local.example.org', 'stranger', undefined],
  ])('%s is %s', (header, as, port) => {
    expect(readHost(header, OWN)).toMatchObject({ as, port });
  });

  test.each([
    undefined,
    '',
    ':8080',
    'a b',
    'localhost:0',
    'localhost:99999',
    'localhost:80:80',
    'user@localhost',
    'localhost/x',
    '[::1',
    '%6c',
  ])('%j cannot be read', (header) => {
    expect(readHost(header, OWN)).toBeUndefined();
  });

  test('whatever is sent, reading it never throws', () => {
    fc.assert(fc.property(fc.string(), (header) => void readHost(header, OWN)));
    fc.assert(fc.property(fc.string(), fc.string(), (origin, host) => void sameOrigin(origin, host, 'http')));
  });

  test('a page of another site may not open a socket here', () => {
    expect(sameOrigin('http://localhost:8080', 'localhost:8080', 'http')).toBe(true);
    expect(sameOrigin(undefined, 'localhost:8080', 'http')).toBe(true);
    expect(sameOrigin('https://a.local', 'a.local:443', 'https')).toBe(true);
    expect(sameOrigin('https://evil.example', 'localhost:8080', 'http')).toBe(false);
    expect(sameOrigin('http://localhost:9999', 'localhost:8080', 'http')).toBe(false);
    expect(sameOrigin('https://localhost:8080', 'localhost:8080', 'http')).toBe(false);
    expect(sameOrigin('null', 'localhost:8080', 'http')).toBe(false);
  });
});
