import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { decodeContent, encodeContent } from '../../packages/core/src/content/content.ts';
import { loadSodiumSuite } from '../../packages/core/src/crypto/sodium-suite.ts';
import type { Suite } from '../../packages/core/src/crypto/suite.ts';
import { checkPurgeToken, readEnvelope } from '../../packages/core/src/envelope/envelope.ts';
import { decodeFrame } from '../../packages/core/src/gossip/frames.ts';
import { readBundle } from '../../packages/core/src/identity/bundle.ts';
import { type Bytes, fromHex, toHex } from '../../packages/core/src/kernel/bytes.ts';
import { readInvitation } from '../../packages/core/src/rendezvous/invitation.ts';
import { MAKERS } from './vectors.ts';

let suite: Suite;
beforeAll(async () => {
  suite = await loadSodiumSuite();
});

const NAMES = ['suite', 'identity', 'rendezvous', 'handshake', 'conversation', 'envelope', 'gossip', 'content'] as const;

function frozen(name: (typeof NAMES)[number]) {
  return JSON.parse(readFileSync(new URL(`${name}.json`, import.meta.url), 'utf8')).vectors;
}

const hex = (text: string): Bytes => fromHex(text) as Bytes;

describe('the code writes what was frozen', () => {
  test.each(NAMES)('%s', (name) => {
    expect(MAKERS[name]?.(suite)).toEqual(frozen(name));
  });

  test('and nothing was left out', () => {
    expect(Object.keys(MAKERS).sort()).toEqual([...NAMES].sort());
  });
});

describe('the code reads what was frozen', () => {
  test('invitation', () => {
    const it = frozen('rendezvous');
    const read = readInvitation(it.text, 0);
    expect(read.ok && [toHex(read.value.secret), toHex(read.value.bundleHash), read.value.relays[0]?.address]).toEqual([
      it.secret,
      it.bundleHash,
      it.relay.address,
    ]);
  });

  test('device list and bundle', () => {
    const it = frozen('identity');
    const read = readBundle(suite, hex(it.bundle), it.prekeys.expiryHour);
    expect(read.ok && [toHex(read.value.list.account), toHex(read.value.prekeys.id)]).toEqual([it.ann.account, it.prekeys.id]);
  });

  test('envelopes and their purge tokens', () => {
    const it = frozen('envelope');
    const read = readEnvelope(suite, hex(it.header + it.body));
    expect(read.ok && toHex(read.value.id)).toBe(it.id);
    expect(toHex(checkPurgeToken(suite, hex(it.purgeToken))?.id ?? new Uint8Array(0))).toBe(it.id);
    for (const message of frozen('conversation')) expect(readEnvelope(suite, hex(message.envelope)).ok).toBe(true);
  });

  test('frames', () => {
    const { plain, give } = frozen('gossip');
    for (const one of plain) expect(decodeFrame(hex(one.bytes))?.kind).toBe(one.kind);
    expect(decodeFrame(hex(give.bytes))).toEqual({
      kind: 'give',
      copies: give.copies,
      ageHours: give.ageHours,
      envelope: hex(give.envelope),
    });
  });

  test('content', () => {
    for (const { bytes } of frozen('content')) {
      const content = decodeContent(hex(bytes));
      expect(content && toHex(encodeContent(content))).toBe(bytes);
    }
  });
});
