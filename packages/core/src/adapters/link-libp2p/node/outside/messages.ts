/**
 * The messages of AutoNAT v1 and DCUtR, and the one answer of identify that is of use here, as libp2p's specifications write them
 * (github.com/libp2p/specs: autonat/autonat-v1.md, relay/DCUtR.md, identify/README.md). Only places outside are read from them.
 */
import { type Bytes, EMPTY } from '../../../../kernel/bytes.ts';
import { decodePlace, encodePlace, type Place } from './place.ts';
import { bytesIn, type Field, numberIn, readFields, writeFields } from './protobuf.ts';

export const AUTONAT = '/libp2p/autonat/1.0.0';
export const DCUTR = '/libp2p/dcutr';
export const IDENTIFY = '/ipfs/id/1.0.0';

/** Somebody asks to be dialled at one of these. */
export interface Question {
  /** Its peer id, in bytes. */
  readonly peer: Bytes;
  readonly places: readonly Place[];
}

/** `reached`: it was dialled there and is who it says. `in-vain`: it was dialled. `refused`, `wrong`: it was not. */
export type Verdict = 'reached' | 'in-vain' | 'refused' | 'wrong';

const STATUS: Readonly<Record<Verdict, number>> = { reached: 0, 'in-vain': 100, refused: 101, wrong: 200 };

/** Fields of AutoNAT's Message, its Dial, PeerInfo and DialResponse. */
const MESSAGE = { type: 1, dial: 2, answer: 3 } as const;
const DIAL_PEER = 1;
const PEER = { id: 1, addresses: 2 } as const;
const ANSWER = { status: 1, address: 3 } as const;
const TYPE = { dial: 0, answer: 1 } as const;

export function encodeQuestion({ peer, places }: Question): Bytes {
  const info = [{ number: PEER.id, value: peer }, ...places.map((place) => ({ number: PEER.addresses, value: encodePlace(place) }))];
  return writeFields([
    { number: MESSAGE.type, value: TYPE.dial },
    { number: MESSAGE.dial, value: writeFields([{ number: DIAL_PEER, value: writeFields(info) }]) },
  ]);
}

/** `undefined` for anything else. */
export function decodeQuestion(bytes: Uint8Array): Question | undefined {
  const message = readFields(bytes);
  if (message === undefined || numberIn(message, MESSAGE.type) !== TYPE.dial) return undefined;
  const info = inside(inside(message, MESSAGE.dial), DIAL_PEER);
  const peer = info === undefined ? undefined : bytesIn(info, PEER.id).at(-1);
  return info === undefined || peer === undefined ? undefined : { peer, places: placesIn(info, PEER.addresses) };
}

export function encodeVerdict(verdict: Verdict, place: Place | undefined): Bytes {
  const address = place === undefined || verdict === 'refused' || verdict === 'wrong' ? [] : [place];
  const answer = [
    { number: ANSWER.status, value: STATUS[verdict] },
    ...address.map((one) => ({ number: ANSWER.address, value: encodePlace(one) })),
  ];
  return writeFields([
    { number: MESSAGE.type, value: TYPE.answer },
    { number: MESSAGE.answer, value: writeFields(answer) },
  ]);
}

/** `undefined` for anything else, and for what other programs say besides. */
export function decodeVerdict(bytes: Uint8Array): Verdict | undefined {
  const message = readFields(bytes);
  if (message === undefined || numberIn(message, MESSAGE.type) !== TYPE.answer) return undefined;
  const status = numberIn(inside(message, MESSAGE.answer) ?? [], ANSWER.status);
  return (Object.keys(STATUS) as Verdict[]).find((verdict) => STATUS[verdict] === status);
}

/** `connect`: where this side is seen to be. `sync`: now. */
export type Punch = { readonly kind: 'connect'; readonly places: readonly Place[] } | { readonly kind: 'sync' };

const PUNCH = { type: 1, addresses: 2 } as const;
const PUNCH_TYPE: Readonly<Record<Punch['kind'], number>> = { connect: 100, sync: 300 };

export function encodePunch(punch: Punch): Bytes {
  const places = punch.kind === 'connect' ? punch.places : [];
  return writeFields([
    { number: PUNCH.type, value: PUNCH_TYPE[punch.kind] },
    ...places.map((place) => ({ number: PUNCH.addresses, value: encodePlace(place) })),
  ]);
}

/** `undefined` for anything else. */
export function decodePunch(bytes: Uint8Array): Punch | undefined {
  const message = readFields(bytes);
  const type = message === undefined ? undefined : numberIn(message, PUNCH.type);
  if (message === undefined || type === undefined) return undefined;
  if (type === PUNCH_TYPE.sync) return { kind: 'sync' };
  return type === PUNCH_TYPE.connect ? { kind: 'connect', places: placesIn(message, PUNCH.addresses) } : undefined;
}

const OBSERVED = 4;

/** Where the other side says it sees this one, in its answer of identify. */
export function decodeObserved(bytes: Uint8Array): Place | undefined {
  const observed = bytesIn(readFields(bytes) ?? [], OBSERVED).at(-1) ?? EMPTY;
  return decodePlace(observed);
}

function inside(fields: readonly Field[] | undefined, number: number): readonly Field[] | undefined {
  const bytes = fields === undefined ? undefined : bytesIn(fields, number).at(-1);
  return bytes === undefined ? undefined : readFields(bytes);
}

function placesIn(fields: readonly Field[], number: number): readonly Place[] {
  return bytesIn(fields, number).flatMap((bytes) => decodePlace(bytes) ?? []);
}
