/** What each side remembers of a comparison, or of a linking, that is under way. */
import type { LinkCode } from '../../identity/device-code.ts';
import type { Device } from '../../identity/device-list.ts';
import type { Bytes } from '../../kernel/bytes.ts';
import type { OwnDevice } from '../../session/handshake.ts';
import type { DeviceSeeds } from './own.ts';
import type { Comparison, Linking } from './views.ts';

/** On the device that is to be added: its keys are made before it has an account. */
export interface NewSide {
  readonly side: 'new';
  readonly secret: Bytes;
  readonly prekeySeed: Bytes;
  readonly device: OwnDevice;
  readonly seeds: DeviceSeeds;
  readonly expiresAtMs: number;
  /** The session that the old device opened, and its promise. */
  readonly session: Bytes | undefined;
  readonly commitment: Bytes | undefined;
  readonly nonce: Bytes;
  /** The person said here that the digits are the same. */
  readonly isConfirmed: boolean;
  /** What came before the person, or the welcome, did: it is acted on afterwards. */
  readonly welcome: Bytes | undefined;
  readonly pieces: ReadonlyMap<number, Bytes>;
  readonly partsOfAll: number;
  /** Numbers of the pieces that were taken in. */
  readonly arrived: ReadonlySet<number>;
  readonly shown: Linking;
}

/** On the device that adds it. */
export interface OldSide {
  readonly side: 'old';
  readonly code: LinkCode;
  readonly expiresAtMs: number;
  readonly session: Bytes | undefined;
  readonly nonce: Bytes;
  /** The new device, once what the code pins was found. */
  readonly device: Device | undefined;
  /** Its number: with it the digits stand on both, and the person may confirm. */
  readonly answer: Bytes | undefined;
  readonly shown: Linking;
}

export type LinkingState = NewSide | OldSide;

export interface ComparisonState {
  readonly isStarter: boolean;
  /** Where it takes place. */
  readonly session: Bytes;
  readonly nonce: Bytes;
  /** The starter's promise, at the answerer. */
  readonly commitment: Bytes | undefined;
  readonly shown: Comparison;
  readonly untilMs: number;
}
