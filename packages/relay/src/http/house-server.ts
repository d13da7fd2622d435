/**
 * The two listening servers of a house and their limits: https for the app, plain http for this machine and for phones that are new.
 * Hands sockets that ask for an upgrade to the link. What is said to whom is in sites.ts.
 */
import { createServer as createPlainServer, type IncomingMessage, type Server as PlainServer, type RequestListener } from 'node:http';
import { createServer as createSecureServer, type Server as SecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { KeyPair } from '../authority/certificates.ts';
import { PortTrouble } from '../cli/exit.ts';
import { type Answer, send, text } from './answer.ts';
import { type OwnNames, readHost, sameOrigin } from './host-header.ts';
import type { Ask, House } from './house.ts';
import { answerPlain, answerSecure } from './sites.ts';

/** Takes a socket that asked to become a WebSocket. */
export type AcceptUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

export interface HouseServer {
  readonly httpPort: number;
  readonly httpsPort: number;
  /** From now on requests are answered; until then they are told to wait. */
  open(house: House, acceptUpgrade: AcceptUpgrade): void;
  /** New connections get the new leaf; old ones go on. */
  useLeaf(leaf: KeyPair): void;
  close(): Promise<void>;
}

const LIMITS = {
  maxHeaderSize: 16_384,
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  keepAliveTimeout: 5_000,
  connectionsCheckingInterval: 5_000,
} as const;
/** 512 reserved neighbours, their pages, and room for strangers. */
const CONNECTIONS_MAX = 2048;

/** Binds both ports. Throws `PortTrouble`, naming the option, when one cannot be had. */
export async function listenForHouse(
  at: { host: string | undefined; httpPort: number; httpsPort: number },
  names: OwnNames,
  leaf: KeyPair,
): Promise<HouseServer> {
  let site: { readonly house: House; readonly acceptUpgrade: AcceptUpgrade } | undefined;
  const listener =
    (answer: (house: House, ask: Ask) => Promise<Answer>): RequestListener =>
    (request, response) => {
      const ask = readAsk(request, names);
      const answered =
        site === undefined
          ? Promise.resolve(text(503, 'The relay is starting.'))
          : ask === undefined
            ? Promise.resolve(text(400, 'That address cannot be read.'))
            : answer(site.house, ask);
      answered.then(
        (one) => send(request, response, one),
        () => (response.headersSent ? response.destroy() : send(request, response, text(500, 'This could not be read just now.'))),
      );
    };
  const upgrade =
    (isAllowed: (request: IncomingMessage) => boolean) =>
    (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
      socket.on('error', () => socket.destroy());
      if (site === undefined || !isAllowed(request)) socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      else site.acceptUpgrade(request, socket, head);
    };

  const isLocal = ({ headers: { host, origin } }: IncomingMessage): boolean =>
    readHost(host, names)?.as === 'local' && sameOrigin(origin, host, 'http');
  // From any origin: an app that another household serves must reach this relay too. No cookie speaks for anybody here, and Noise
  // makes both ends prove their keys on every socket (docs/decisions/0003).
  const isHouse = ({ headers: { host } }: IncomingMessage): boolean => readHost(host, names)?.host === names.house.toLowerCase();

  const plain = createPlainServer(LIMITS, listener(answerPlain)).on('upgrade', upgrade(isLocal));
  const secure = createSecureServer(
    { ...LIMITS, key: leaf.privateKey, cert: leaf.certificate, minVersion: 'TLSv1.2' },
    listener(answerSecure),
  ).on('upgrade', upgrade(isHouse));
  plain.maxConnections = CONNECTIONS_MAX;
  secure.maxConnections = CONNECTIONS_MAX;
  await listen(plain, at.httpPort, at.host, '--http-port');
  try {
    await listen(secure, at.httpsPort, at.host, '--https-port');
  } catch (error) {
    plain.close();
    throw error;
  }
  return {
    httpPort: (plain.address() as AddressInfo).port,
    httpsPort: (secure.address() as AddressInfo).port,
    open: (house, acceptUpgrade) => {
      site = { house, acceptUpgrade };
    },
    useLeaf: (next) => secure.setSecureContext({ key: next.privateKey, cert: next.certificate, minVersion: 'TLSv1.2' }),
    close: async () => {
      await Promise.all([stop(plain), stop(secure)]);
    },
  };
}

function readAsk(request: IncomingMessage, names: OwnNames): Ask | undefined {
  let url: URL;
  try {
    url = new URL(request.url ?? '/', 'http://house.invalid');
  } catch {
    return undefined;
  }
  const { headers } = request;
  const fetched = headers['sec-fetch-dest'];
  return {
    method: request.method ?? 'GET',
    path: url.pathname,
    query: url.searchParams,
    host: readHost(headers.host, names),
    userAgent: headers['user-agent'] ?? '',
    acceptEncoding: String(headers['accept-encoding'] ?? ''),
    // Plain http on an address gets no Sec-Fetch headers, so the Accept header speaks there.
    isPage:
      (fetched === undefined ? (headers.accept ?? '').includes('text/html') : fetched === 'document') &&
      !/\.[a-z0-9]+$/i.test(url.pathname),
  };
}

function listen(server: PlainServer | SecureServer, port: number, host: string | undefined, option: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error): void => reject(new PortTrouble(port, option, error));
    server.once('error', fail);
    server.listen({ port, ...(host === undefined ? {} : { host }) }, () => {
      server.removeListener('error', fail);
      resolve();
    });
  });
}

function stop(server: PlainServer | SecureServer): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
