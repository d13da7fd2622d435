/**
 * All that passes a lab's bridge, read by tcpdump and taken apart: who sent it, by which transport, and its bytes. Knows nothing of what the bytes mean.
 * The file format is libpcap's of microseconds, little-endian (https://www.ietf.org/archive/id/draft-ietf-opsawg-pcap-06.html).
 */
import { execFileSync } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { startProcess, type Teller, waitFor } from '../story.ts';

export interface Packet {
  /** `udp` or `tcp` over IPv4 or IPv6; everything else is `other`, its bytes the whole frame. */
  readonly kind: 'udp' | 'tcp' | 'other';
  /** To many at once: multicast or broadcast. */
  readonly isToMany: boolean;
  readonly payload: Buffer;
}

export interface Captured {
  readonly packets: readonly Packet[];
  /** The file as it is, headers of packets and all. */
  readonly bytes: Buffer;
}

export function captureUnavailable(): string | undefined {
  try {
    execFileSync('sh', ['-c', 'command -v tcpdump'], { stdio: 'ignore' });
    return undefined;
  } catch {
    return 'tcpdump is not installed (apt-get install tcpdump)';
  }
}

/** From now on until the answer is called, which resolves with what passed the bridge in this namespace. */
export async function capture(t: Teller, namespace: string): Promise<() => Promise<Captured>> {
  const path = join(await t.folder('capture'), 'all.pcap');
  const dump = ['tcpdump', '-i', 'br0', '-U', '--immediate-mode', '-s', '0', '-Z', 'root', '-w', path];
  const listening = startProcess('ip', ['netns', 'exec', namespace, ...dump]);
  t.cleanup(() => listening.stop());
  await waitFor(() => listening.output().includes('listening on'), { withinMs: 15_000, what: 'tcpdump listens', seen: listening.output });
  return async () => {
    let length = -1;
    const isStill = async (): Promise<boolean> => {
      const before = length;
      length = (await stat(path)).size;
      return before === length;
    };
    await waitFor(isStill, { withinMs: 15_000, everyMs: STILL_MS, what: 'all that passed is written' });
    await listening.stop('SIGINT');
    const bytes = await readFile(path);
    return { bytes, packets: [...packetsIn(bytes)] };
  };
}

/** For so long nothing is written to a file in which everything is. */
const STILL_MS = 500;
const FILE_HEADER = 24;
const RECORD_HEADER = 16;
const ETHERNET = 14;

function* packetsIn(file: Buffer): Generator<Packet> {
  if (file.readUInt32LE(0) !== 0xa1b2c3d4) throw new Error('not a capture of this format');
  for (let at = FILE_HEADER; at + RECORD_HEADER <= file.length; ) {
    const length = file.readUInt32LE(at + 8);
    yield packetOf(file.subarray(at + RECORD_HEADER, at + RECORD_HEADER + length));
    at += RECORD_HEADER + length;
  }
}

function packetOf(frame: Buffer): Packet {
  const isToMany = ((frame[0] ?? 0) & 1) === 1;
  const inner = ipPayloadOf(frame);
  if (inner?.protocol === 17) return { kind: 'udp', isToMany, payload: inner.payload.subarray(8) };
  if (inner?.protocol === 6) return { kind: 'tcp', isToMany, payload: inner.payload.subarray((inner.payload.readUInt8(12) >> 4) * 4) };
  return { kind: 'other', isToMany, payload: frame };
}

function ipPayloadOf(frame: Buffer): { readonly protocol: number; readonly payload: Buffer } | undefined {
  const packet = frame.subarray(ETHERNET);
  const type = frame.length < ETHERNET + 20 ? 0 : frame.readUInt16BE(12);
  if (type === 0x0800) {
    const payload = packet.subarray((packet.readUInt8(0) & 15) * 4, packet.readUInt16BE(2));
    return { protocol: packet.readUInt8(9), payload };
  }
  if (type === 0x86dd && packet.length >= 40)
    return { protocol: packet.readUInt8(6), payload: packet.subarray(40, 40 + packet.readUInt16BE(4)) };
  return undefined;
}
