/**
 * The beacon's packet: who is here, and at which TCP port. No name, no account, no address: where it came from says that.
 * Total: answers for every input, and throws for none. Rule: docs/protocol/link.md §4.2.
 */
import { type Bytes, toHex } from '../../../../kernel/bytes.ts';
import { Reader, Writer } from '../../../../kernel/codec.ts';
import { type TransportKey, transportKey } from '../../../../node/machine.ts';

/** "KITH" */
const MAGIC = 0x4b49_5448;
const VERSION = 1;
const KEY_BYTES = 32;

export interface BeaconPacket {
  readonly key: TransportKey;
  readonly tcpPort: number;
}

/** `rawKey`: 32 bytes. */
export function encodeBeacon(rawKey: Bytes, tcpPort: number): Bytes {
  return new Writer(39).u32(MAGIC).u8(VERSION).raw(rawKey).u16(tcpPort).finish();
}

/** `undefined` for everything that is not exactly a packet of this version. */
export function decodeBeacon(bytes: Uint8Array): BeaconPacket | undefined {
  const reader = new Reader(bytes);
  if (reader.u32() !== MAGIC || reader.u8() !== VERSION) return undefined;
  const key = transportKey(toHex(reader.raw(KEY_BYTES)));
  const tcpPort = reader.u16();
  return tcpPort === 0 ? undefined : reader.finish({ key, tcpPort });
}
