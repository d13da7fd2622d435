/** How somebody calls themselves and where they can be reached now. Sent with the first message and whenever it changes. */
import type { Bytes } from '../kernel/bytes.ts';
import type { Reader, Writer } from '../kernel/codec.ts';
import { encodeUtf8 } from '../kernel/utf8.ts';
import type { ContentCodec } from './codec.ts';
import {
  CARD_ADDRESS_BYTES_MAX,
  CARD_ADDRESSES_MAX,
  CARD_DAYS_MAX,
  CARD_MINUTES,
  CARD_RELAYS_MAX,
  NAME_BYTES_MAX,
  NAME_LENGTH_MAX,
} from './limits.ts';

/** A relay as two people may share it. */
export interface RelayCard {
  /** Transport key, 32 bytes. */
  readonly key: Bytes;
  readonly addresses: readonly string[];
}

/** The transport keys of a device, 32 bytes each, for one of its days after the other. */
export interface CardDays {
  readonly firstDay: number;
  /** Minutes after midnight UTC at which its day begins. */
  readonly minute: number;
  readonly keys: readonly Bytes[];
}

export interface Card {
  readonly kind: 'card';
  readonly name: string;
  /** Of the writer's device. */
  readonly days: CardDays;
  readonly relays: readonly RelayCard[];
}

/** A name as it may be kept: trimmed, of 1 to 60 characters; otherwise why not. */
export function nameFrom(
  text: string,
): { readonly name: string } | { readonly refusal: { kind: 'empty' } | { kind: 'too-long'; lengthMax: number } } {
  const name = text.trim();
  if (name === '') return { refusal: { kind: 'empty' } };
  return [...name].length > NAME_LENGTH_MAX ? { refusal: { kind: 'too-long', lengthMax: NAME_LENGTH_MAX } } : { name };
}

/** The addresses of a relay that a card has room for. */
export function sayable(addresses: readonly string[]): readonly string[] {
  return addresses.filter((address) => encodeUtf8(address).length <= CARD_ADDRESS_BYTES_MAX).slice(0, CARD_ADDRESSES_MAX);
}

export function writeRelay(writer: Writer, relay: RelayCard): void {
  const addresses = sayable(relay.addresses);
  writer.raw(relay.key).u8(addresses.length);
  for (const address of addresses) writer.text16(address);
}

export function readRelay(reader: Reader): RelayCard {
  const key = reader.raw(32);
  const count = reader.u8();
  if (count > CARD_ADDRESSES_MAX) reader.fail();
  const addresses: string[] = [];
  for (let i = 0; i < count && !reader.failed; i++) addresses.push(reader.text16(CARD_ADDRESS_BYTES_MAX));
  return { key, addresses };
}

export function writeDays(writer: Writer, days: CardDays): void {
  writer.u32(days.firstDay).u16(days.minute).u8(days.keys.length);
  for (const key of days.keys) writer.raw(key);
}

export function readDays(reader: Reader): CardDays {
  const [firstDay, minute, count] = [reader.u32(), reader.u16(), reader.u8()];
  if (minute >= CARD_MINUTES || count > CARD_DAYS_MAX) reader.fail();
  const keys: Bytes[] = [];
  for (let at = 0; at < count && !reader.failed; at++) keys.push(reader.raw(32));
  return { firstDay, minute, keys };
}

export const cardCodec: ContentCodec<Card> = {
  number: 3,
  write: (writer: Writer, it: Card) => {
    writeDays(writer.text16(it.name), it.days);
    writer.u8(Math.min(it.relays.length, CARD_RELAYS_MAX));
    for (const relay of it.relays.slice(0, CARD_RELAYS_MAX)) writeRelay(writer, relay);
  },
  read: (reader: Reader): Card => {
    const name = nameFrom(reader.text16(NAME_BYTES_MAX));
    const days = readDays(reader);
    const count = reader.u8();
    if (count > CARD_RELAYS_MAX || !('name' in name)) reader.fail();
    const relays: RelayCard[] = [];
    for (let i = 0; i < count && !reader.failed; i++) relays.push(readRelay(reader));
    return { kind: 'card', name: 'name' in name ? name.name : '', days, relays };
  },
};
