/** What the two sites of a house serve from, and what they are asked. Holds no behaviour. */
import type { Origin } from '../authority/origin.ts';
import type { AppFiles } from './app-files.ts';
import type { Asked, OwnNames } from './host-header.ts';
import type { RelayFacts } from './kith-json.ts';

export interface House {
  readonly name: string;
  readonly version: string;
  readonly origin: Origin;
  readonly names: OwnNames;
  /** The house key: PEM, DER and its four words. */
  readonly certificate: string;
  readonly der: Uint8Array;
  readonly words: readonly string[];
  /** Where the plain site listens, for the addresses the trust page checks. */
  readonly httpPort: number;
  readonly app: AppFiles | undefined;
  readonly trustAssets: TrustAssets;
  relay(): RelayFacts;
  /** What keeps this relay from doing its work, in words; empty when all is well. */
  troubles(): Promise<readonly string[]>;
}

export interface TrustAssets {
  readonly css: string;
  readonly script: string;
}

/** One request, as far as an answer depends on it. */
export interface Ask {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly host: Asked | undefined;
  readonly userAgent: string;
  readonly acceptEncoding: string;
  /** A browser that opens a page, not one that loads a part of it. */
  readonly isPage: boolean;
}
