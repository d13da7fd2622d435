/**
 * What is served where. The secure site (https, the canonical host) is the app. The plain site (http) is the app for this very machine,
 * and for everyone else the page on which a phone learns to trust this house. Decides answers only; `house-server.ts` has the sockets.
 */
import { type Answer, json, text, withHeaders } from './answer.ts';
import { appHeaders, plainHeaders } from './headers.ts';
import type { Ask, House } from './house.ts';
import { kithJson } from './kith-json.ts';
import { iphoneProfile } from './trust/iphone-profile.ts';
import { deviceOf } from './trust/steps.ts';
import { trustPage } from './trust/trust-page.ts';

const ONE_PIXEL = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNgYAAAAAMAASsJTYQAAAAASUVORK5CYII=', 'base64');

export async function answerSecure(house: House, ask: Ask): Promise<Answer> {
  const early = (await health(house, ask)) ?? wrongMethod(ask);
  if (early !== undefined) return withHeaders(early, plainHeaders());
  // Behind a fixed address the host is that address; nothing but the one canonical host is served here.
  if (ask.host?.host !== house.names.house.toLowerCase()) return withHeaders(elsewhere(house), plainHeaders());
  if (ask.path === '/trusted.png') return picture();
  if (ask.path === '/.well-known/kith.json') {
    return withHeaders(
      json(200, kithJson(house, house.relay(), { scheme: 'https', host: house.origin.host, port: house.origin.port })),
      plainHeaders(),
    );
  }
  return app(house, ask, 'secure');
}

export async function answerPlain(house: House, ask: Ask): Promise<Answer> {
  const early = (await health(house, ask)) ?? wrongMethod(ask);
  if (early !== undefined) return withHeaders(early, plainHeaders());
  if (ask.host === undefined || ask.host.as === 'stranger') return withHeaders(elsewhere(house), plainHeaders());
  const port = ask.host.port ?? 80;
  if (ask.path === '/.well-known/kith.json') {
    return withHeaders(
      json(
        200,
        kithJson(
          house,
          house.relay(),
          ask.host.as === 'local'
            ? { scheme: 'http', host: ask.host.host, port }
            : { scheme: 'https', host: house.origin.host, port: house.origin.port },
        ),
      ),
      plainHeaders(),
    );
  }
  return ask.host.as === 'local' ? app(house, ask, 'local') : trust(house, ask);
}

function trust(house: House, ask: Ask): Answer {
  const bracketed = house.origin.kind === 'ip6' ? `[${house.origin.host}]` : house.origin.host;
  const pictures = { here: `http://${bracketed}:${house.httpPort}/here.png`, trusted: `${house.origin.href}/trusted.png` };
  switch (ask.path) {
    case '/': {
      const body = trustPage({ origin: house.origin, words: house.words, ...pictures }, deviceOf(ask.query.get('for'), ask.userAgent));
      const headers = { 'Content-Type': 'text/html; charset=utf-8', 'Cache-Control': 'no-cache', Vary: 'User-Agent' };
      return withHeaders({ status: 200, headers, body }, plainHeaders([new URL(pictures.here).origin, house.origin.href]));
    }
    case '/trust/trust.css':
      return asset('text/css; charset=utf-8', house.trustAssets.css);
    case '/trust/check.js':
      return asset('text/javascript; charset=utf-8', house.trustAssets.script);
    case '/here.png':
      return picture();
    case '/kith-house-key.crt':
      return asset('application/x-x509-ca-cert', house.certificate);
    case '/kith-house-key.mobileconfig':
      return asset('application/x-apple-aspen-config', iphoneProfile(house.der, house.origin.host));
    default:
      // Anything else a person opens leads to the page; a phone that looks for the internet is told there is none to be had here.
      return withHeaders(
        ask.isPage
          ? { status: 302, headers: { Location: '/', 'Cache-Control': 'no-store' }, body: '' }
          : text(404, 'There is nothing here.'),
        plainHeaders(),
      );
  }
}

async function app(house: House, ask: Ask, at: 'secure' | 'local'): Promise<Answer> {
  if (house.app === undefined)
    return withHeaders(text(503, 'The app is not built yet. Run "npm run build:app", then start the relay again.'), plainHeaders());
  const found = await house.app.find(ask.path, { acceptEncoding: ask.acceptEncoding, isPage: ask.isPage });
  return found === undefined ? withHeaders(text(404, 'There is nothing here.'), plainHeaders()) : withHeaders(found, appHeaders(at));
}

async function health(house: House, ask: Ask): Promise<Answer | undefined> {
  if (ask.path === '/healthz') return text(200, 'ok');
  if (ask.path !== '/readyz') return undefined;
  const troubles = await house.troubles();
  return json(troubles.length === 0 ? 200 : 503, { ready: troubles.length === 0, troubles });
}

function wrongMethod(ask: Ask): Answer | undefined {
  return ask.method === 'GET' || ask.method === 'HEAD'
    ? undefined
    : withHeaders(text(405, 'This is only for reading.'), { Allow: 'GET, HEAD' });
}

function elsewhere(house: House): Answer {
  return text(421, `This relay does not have that name. It is at ${house.origin.href}`);
}

function asset(type: string, body: string): Answer {
  return withHeaders({ status: 200, headers: { 'Content-Type': type, 'Cache-Control': 'no-cache' }, body }, plainHeaders());
}

/** Any page may load it, for the check does so from another origin; it says nothing. */
function picture(): Answer {
  const headers = { 'Content-Type': 'image/png', 'Cache-Control': 'no-store', 'Cross-Origin-Resource-Policy': 'cross-origin' };
  return withHeaders({ status: 200, headers, body: ONE_PIXEL }, plainHeaders());
}
