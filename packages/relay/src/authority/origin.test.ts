import { expect, test } from 'vitest';
import { originOf, readOrigin } from './origin.ts';

test('an origin is read the way a browser writes it', () => {
  expect(readOrigin('https://Relay.Home.Arpa:8443')).toEqual({
    href: 'https://relay.home.arpa:8443',
    host: 'relay.home.arpa',
    kind: 'name',
    port: 8443,
  });
  expect(readOrigin('https://chat.example.org:443/')).toEqual({
    href: 'https://chat.example.org',
    host: 'chat.example.org',
    kind: 'name',
    port: 443,
  });
  expect(readOrigin('https://192.168.1.5:8443')).toMatchObject({ host: '192.168.1.5', kind: 'ip4' });
  expect(readOrigin('https://[fd00::5]:8443')).toEqual({ href: 'https://[fd00::5]:8443', host: 'fd00::5', kind: 'ip6', port: 8443 });
});

test.each([
  '',
  'kith.local',
  'http://kith.local',
  'https://',
  'https://a/b',
  'https://a?x',
  'https://a#x',
  'https://u@a',
  'https://u:p@a',
  'https://_a.local',
  'https://*.local',
])('%j is not an origin', (text) => {
  expect(readOrigin(text)).toBeUndefined();
});

test('a host and a port make an origin', () => {
  expect(originOf('kith-aaaaaaaa.local', 8443).href).toBe('https://kith-aaaaaaaa.local:8443');
  expect(originOf('fd00::5', 8443).href).toBe('https://[fd00::5]:8443');
});
