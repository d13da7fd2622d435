/**
 * As much of protobuf as three small messages of libp2p need: numbers and bytes behind numbered fields. Never throws on what it reads, and never
 * believes a length; what it does not know it passes over. Encoding: protobuf.dev/programming-guides/encoding.
 */
import { type Bytes, bytesOf, concat, copyBytes } from '../../../../kernel/bytes.ts';
import { FIELDS_MAX } from './limits.ts';

export interface Field {
  readonly number: number;
  readonly value: number | Bytes;
}

const VARINT = 0;
const BYTES = 2;
/** Wire types of a fixed length, passed over: 64 and 32 bits. */
const FIXED_BYTES: Readonly<Record<number, number>> = { 1: 8, 5: 4 };
/** Ten bytes are a varint of 64 bits; our own numbers fit in three. */
const VARINT_BYTES_MAX = 10;

/** The fields in the order in which they stand; `undefined` for what is no message, or one of more than `FIELDS_MAX`. */
export function readFields(bytes: Uint8Array): readonly Field[] | undefined {
  const fields: Field[] = [];
  let at = 0;
  const varint = (): number | undefined => {
    let value = 0;
    for (let index = 0; index < VARINT_BYTES_MAX; index++) {
      const byte = bytes[at++];
      if (byte === undefined) return undefined;
      value += (byte & 0x7f) * 2 ** (7 * index);
      if (byte < 0x80) return value;
    }
    return undefined;
  };
  while (at < bytes.length) {
    const head = varint();
    if (head === undefined || fields.length === FIELDS_MAX) return undefined;
    const [number, type] = [Math.floor(head / 8), head % 8];
    const value = type === VARINT || type === BYTES ? varint() : FIXED_BYTES[type];
    if (value === undefined) return undefined;
    if (type === VARINT) {
      fields.push({ number, value });
      continue;
    }
    if (value > bytes.length - at) return undefined;
    if (type === BYTES) fields.push({ number, value: copyBytes(bytes.subarray(at, at + value)) });
    at += value;
  }
  return fields;
}

export function writeFields(fields: readonly Field[]): Bytes {
  return concat(
    ...fields.flatMap(({ number, value }) =>
      typeof value === 'number'
        ? [varintOf(number * 8 + VARINT), varintOf(value)]
        : [varintOf(number * 8 + BYTES), varintOf(value.length), value],
    ),
  );
}

function varintOf(value: number): Bytes {
  const bytes: number[] = [];
  let left = value;
  for (; left >= 0x80; left = Math.floor(left / 0x80)) bytes.push((left % 0x80) + 0x80);
  return bytesOf([...bytes, left]);
}

/** The last number that stands under this field, as protobuf reads it. */
export function numberIn(fields: readonly Field[], number: number): number | undefined {
  const value = fields.findLast((field) => field.number === number && typeof field.value === 'number')?.value;
  return typeof value === 'number' ? value : undefined;
}

/** All bytes that stand under this field. */
export function bytesIn(fields: readonly Field[], number: number): readonly Bytes[] {
  return fields.flatMap((field) => (field.number === number && typeof field.value !== 'number' ? [field.value] : []));
}
