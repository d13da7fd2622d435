import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request as askPlain, type IncomingHttpHeaders } from 'node:http';
import { request as askSecure } from 'node:https';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectSecure } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Authority, openAuthority } from '../authority/authority.ts';
import { issueLeaf } from '../authority/certificates.ts';
import { type KeyFolder, openKeyFolder } from '../authority/key-folder.ts';
import { originOf } from '../authority/origin.ts';
import { openAppFiles } from './app-files.ts';
import type { House } from './house.ts';
import { type HouseServer, listenForHouse } from './house-server.ts';

const KEY = 'ab'.repeat(32);
const DIRECT = '/ip4/192.168.1.5/udp/4002/webrtc-direct/certhash/uEi/p2p/12D';
let base: string;
let keys: KeyFolder;
let authority: Authority;
let server: HouseServer;
let troubles: readonly string[] = [];
const upgraded: string[] = [];

interface Got {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

function get(scheme: 'http' | 'https', path: string, host: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Got> {
  return new Promise((resolve, reject) => {
    const port = scheme === 'http' ? server.httpPort : server.httpsPort;
    const options = { host: '127.0.0.1', port, path, method, headers: { host, ...headers }, agent: false };
    const secure = { ca: authority.certificate, servername: authority.name };
    const asked = scheme === 'http' ? askPlain(options) : askSecure({ ...options, ...secure });
    asked
      .on('error', reject)
      .on('response', (response) => {
        const parts: Buffer[] = [];
        response
          .on('data', (part: Buffer) => parts.push(part))
          .on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(parts).toString() }));
      })
      .end();
  });
}

/** The first line of the answer to a request for an upgrade. */
function knock(host: string, origin?: string, scheme: 'http' | 'https' = 'http'): Promise<string> {
  return new Promise((resolve) => {
    const at = { host: '127.0.0.1', port: scheme === 'http' ? server.httpPort : server.httpsPort };
    const socket = scheme === 'http' ? connect(at) : connectSecure({ ...at, ca: authority.certificate, servername: authority.name });
    socket.once(scheme === 'http' ? 'connect' : 'secureConnect', () => {
      socket.write(
        `GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n${origin === undefined ? '' : `Origin: ${origin}\r\n`}\r\n`,
      );
    });
    socket.once('data', (data) => {
      socket.destroy();
      resolve(data.toString().split('\r\n')[0] ?? '');
    });
  });
}

beforeAll(async () => {
  base = mkdtempSync(join(tmpdir(), 'kith-house-'));
  writeFileSync(join(base, 'index.html'), '<title>Kith</title>');
  keys = await openKeyFolder(join(base, 'keys'));
  authority = await openAuthority(keys, undefined, Date.now());
  const names = { house: authority.host.host, machine: 'pi' };
  server = await listenForHouse({ host: '127.0.0.1', httpPort: 0, httpsPort: 0 }, names, authority.leaf());
  const house: House = {
    name: 'Kitchen',
    version: '0.1.0',
    origin: originOf(authority.name, server.httpsPort),
    names,
    certificate: authority.certificate,
    der: authority.der,
    words: authority.words,
    httpPort: server.httpPort,
    app: await openAppFiles(base),
    trustAssets: { css: 'p{}', script: '1' },
    relay: () => ({ key: KEY, addresses: [DIRECT, '/ip4/192.168.1.5/tcp/4001'] }),
    troubles: async () => troubles,
  };
  expect((await get('http', '/', 'localhost')).status).toBe(503);
  server.open(house, (request, socket) => {
    upgraded.push(String(request.headers.host));
    socket.end('HTTP/1.1 101 Switching Protocols\r\n\r\n');
  });
});
afterAll(async () => {
  await server.close();
  rmSync(base, { recursive: true, force: true });
});

describe('the secure site', () => {
  test('serves the app to whoever trusts the house, with a policy that allows nothing foreign', async () => {
    const { status, headers, body } = await get('https', '/', authority.name);
    expect([status, body]).toEqual([200, '<title>Kith</title>']);
    const policy = String(headers['content-security-policy']);
    for (const rule of [
      "default-src 'self'",
      "script-src 'self' 'wasm-unsafe-eval'",
      "frame-ancestors 'none'",
      "base-uri 'none'",
      "connect-src 'self' wss:",
    ])
      expect(policy).toContain(rule);
    expect(policy).not.toContain('unsafe-inline');
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
    });
    expect(headers['permissions-policy']).toContain('camera=(self), microphone=(self)');
  });

  test('never asks for https on every port of the name: the plain page must stay reachable', async () => {
    expect((await get('https', '/', authority.name)).headers['strict-transport-security']).toBeUndefined();
  });

  test.each(['localhost', '127.0.0.1', 'www.example.org'])('does not answer as %s', async (host) => {
    expect((await get('https', '/', host)).status).toBe(421);
  });

  test('says where the relay is', async () => {
    expect(JSON.parse((await get('https', '/.well-known/kith.json', authority.name)).body)).toEqual({
      kith: 1,
      name: 'Kitchen',
      version: '0.1.0',
      origin: `https://${authority.name}:${server.httpsPort}`,
      relay: { key: KEY, addresses: [`/dns4/${authority.name}/tcp/${server.httpsPort}/tls/ws`, DIRECT] },
    });
  });

  test('has the picture of the check, for pages of any origin', async () => {
    expect((await get('https', '/trusted.png', authority.name)).headers).toMatchObject({
      'content-type': 'image/png',
      'cross-origin-resource-policy': 'cross-origin',
    });
  });

  test('a new leaf is used at once', async () => {
    const next = await issueLeaf(
      { certificate: authority.certificate, privateKey: (await keys.read('house-key.pem')) ?? '' },
      authority.host,
      Date.now(),
    );
    server.useLeaf(next);
    const seen = await new Promise<string | undefined>((resolve, reject) => {
      askSecure(
        { host: '127.0.0.1', port: server.httpsPort, servername: authority.name, ca: authority.certificate, agent: false },
        (response) => {
          resolve((response.socket as import('node:tls').TLSSocket).getPeerCertificate().serialNumber);
          response.destroy();
        },
      )
        .on('error', reject)
        .end();
    });
    expect(seen).toBe(new X509Certificate(next.certificate).serialNumber);
  });
});

describe('the plain site', () => {
  test.each(['localhost', '127.0.0.1', '[::1]'])('is the app at %s', async (host) => {
    const { body, headers } = await get('http', '/', `${host}:8080`);
    expect(body).toBe('<title>Kith</title>');
    expect(headers['content-security-policy']).toContain('ws://localhost:*');
  });

  test('is the trust page for everyone else, with the name, the words and nothing inline', async () => {
    const { body, headers } = await get('http', '/', '192.168.1.5:8080');
    for (const word of [...authority.words, authority.name, `https://${authority.name}:${server.httpsPort}/`]) expect(body).toContain(word);
    expect(body).not.toMatch(/<script(?![^>]* src=)|<style|\sstyle=|\son[a-z]+=/);
    expect(headers['content-security-policy']).toContain(
      `img-src 'self' http://${authority.name}:${server.httpPort} https://${authority.name}:${server.httpsPort}`,
    );
    expect(headers['content-security-policy']).toContain("default-src 'none'");
  });

  test.each([
    ['Mozilla/5.0 (Linux; Android 14) Chrome/140 Mobile', '?for=android'],
    ['Mozilla/5.0 (iPhone; CPU iPhone OS 18_0)', '?for=iphone'],
    ['Mozilla/5.0 (Android 14; Mobile; rv:143.0) Firefox/143.0', '?for=firefox'],
    ['Mozilla/5.0 (X11; Linux x86_64) Chrome/140', '?for=computer'],
  ])('%s sees its own steps', async (agent, pick) => {
    expect((await get('http', '/', '192.168.1.5', { 'user-agent': agent })).body).toContain(`<a href="/${pick}" aria-current="page">`);
  });

  test('what a person chose wins, and nonsense is passed over', async () => {
    expect((await get('http', '/?for=iphone', '192.168.1.5')).body).toContain('?for=iphone" aria-current');
    expect((await get('http', '/?for=<script>', '192.168.1.5')).body).toContain('?for=computer" aria-current');
  });

  test('gives the house key to phones in the form each wants', async () => {
    const plain = await get('http', '/kith-house-key.crt', '192.168.1.5');
    expect(plain.headers['content-type']).toBe('application/x-x509-ca-cert');
    expect(plain.body).toBe(authority.certificate);
    const profile = await get('http', '/kith-house-key.mobileconfig', '192.168.1.5');
    expect(profile.headers['content-type']).toBe('application/x-apple-aspen-config');
    expect(profile.body).toContain(Buffer.from(authority.der).toString('base64'));
    expect(profile.body).toBe((await get('http', '/kith-house-key.mobileconfig', 'pi.local')).body);
  });

  test('a private key is nowhere', async () => {
    for (const path of ['/keys/leaf.pem', '/keys/house-key.pem', '/leaf.pem', '/house-key.pem']) {
      for (const host of ['192.168.1.5', 'localhost']) expect((await get('http', path, host)).body).not.toContain('PRIVATE KEY');
    }
  });

  test.each(['www.example.org', 'evil.localhost.example'])('turns away a site that borrows the address: %s', async (host) => {
    expect((await get('http', '/', host)).status).toBe(421);
  });

  test('any page a person opens leads to the trust page, a missing part does not', async () => {
    expect((await get('http', '/generate', '192.168.1.5', { accept: 'text/html' })).headers.location).toBe('/');
    expect((await get('http', '/favicon.ico', '192.168.1.5', { accept: 'image/*' })).status).toBe(404);
  });

  test('says to this machine where to connect on this machine, and where others do', async () => {
    const { relay } = JSON.parse((await get('http', '/.well-known/kith.json', 'localhost:18080')).body) as {
      relay: { addresses: string[] };
    };
    // What stands in an invitation made here must be of use elsewhere too.
    const house = `/dns4/${authority.name}/tcp/${server.httpsPort}/tls/ws`;
    expect(relay.addresses).toEqual(['/dns4/localhost/tcp/18080/ws', house, DIRECT]);
    const other = JSON.parse((await get('http', '/.well-known/kith.json', '127.0.0.1:18080')).body) as { relay: { addresses: string[] } };
    expect(other.relay.addresses[0]).toBe('/ip4/127.0.0.1/tcp/18080/ws');
  });
});

describe('both sites', () => {
  test('are only for reading', async () => {
    expect((await get('http', '/', 'localhost', {}, 'POST')).status).toBe(405);
    expect((await get('https', '/', authority.name, {}, 'DELETE')).status).toBe(405);
  });

  test('answer HEAD and unchanged files without a body', async () => {
    const head = await get('http', '/', 'localhost', {}, 'HEAD');
    expect([head.status, head.body, head.headers['content-length']]).toEqual([200, '', '19']);
    const again = await get('http', '/', 'localhost', { 'if-none-match': String(head.headers.etag) });
    expect([again.status, again.body]).toEqual([304, '']);
  });

  test('say whether they live and whether they can work', async () => {
    expect(await get('http', '/healthz', 'any.name')).toMatchObject({ status: 200, body: 'ok\n' });
    expect(JSON.parse((await get('https', '/readyz', authority.name)).body)).toEqual({ ready: true, troubles: [] });
    troubles = ['the disk is full'];
    expect((await get('http', '/readyz', 'localhost')).status).toBe(503);
    troubles = [];
  });

  test('the secure one lets the app of another household open a socket, but only by the name of this house', async () => {
    upgraded.length = 0;
    const host = `${authority.name}:${server.httpsPort}`;
    expect(await knock(host, 'https://kith-abcdefgh.local:8443', 'https')).toContain('101');
    expect(await knock(host, `https://${host}`, 'https')).toContain('101');
    expect(await knock(host, undefined, 'https')).toContain('101');
    expect(await knock('www.example.org', 'https://www.example.org', 'https')).toContain('403');
    expect(await knock(`localhost:${server.httpsPort}`, undefined, 'https')).toContain('403');
    expect(upgraded).toEqual([host, host, host]);
  });

  test('the plain one lets only its own pages and programs of this machine open a socket', async () => {
    upgraded.length = 0;
    expect(await knock('localhost:8080')).toContain('101');
    expect(await knock('localhost:8080', 'http://localhost:8080')).toContain('101');
    expect(await knock('localhost:8080', 'https://evil.example')).toContain('403');
    expect(await knock('192.168.1.5:8080')).toContain('403');
    expect(await knock('www.example.org')).toContain('403');
    expect(upgraded).toEqual(['localhost:8080', 'localhost:8080']);
  });

  test('the trust page is served from files that hold no other address', () => {
    for (const file of ['trust.css', 'check.js'])
      expect(readFileSync(new URL(`./trust/${file}`, import.meta.url), 'utf8')).not.toMatch(/https?:\/\//);
  });
});
