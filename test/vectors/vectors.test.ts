import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { decodeContent, encodeContent } from '../../packages/core/src/content/content.ts';
import { loadSodiumSuite } from '../../packages/core/src/crypto/sodium-suite.ts';
import type { Suite } from '../../packages/core/src/crypto/suite.ts';
import { checkPurgeToken, readEnvelope } from '../../packages/core/src/envelope/envelope.ts';
import { unpad } from '../../packages/core/src/envelope/padding.ts';
import { decodeFrame } from '../../packages/core/src/gossip/frames.ts';
import { readBundle } from '../../packages/core/src/identity/bundle.ts';
import { openUnderContactKey } from '../../packages/core/src/identity/contact-key.ts';
import { openLinkBundle, readLinkBundle, readLinkCode } from '../../packages/core/src/identity/device-code.ts';
import { readListRecord } from '../../packages/core/src/identity/device-list.ts';
import { readEquivocation } from '../../packages/core/src/identity/list-judgement.ts';
import { readSpare } from '../../packages/core/src/identity/prekey-offer.ts';
import { type Bytes, fromHex, toHex } from '../../packages/core/src/kernel/bytes.ts';
import { encodeUtf8 } from '../../packages/core/src/kernel/utf8.ts';
import { encodeRecords } from '../../packages/core/src/node/person/archive-records.ts';
import { readInvitation } from '../../packages/core/src/rendezvous/invitation.ts';
import { openBackup } from '../../packages/core/src/runtime/backup.ts';
import { readBundleFile } from '../../packages/core/src/runtime/bundle.ts';
import { decodeSlots, openSlot } from '../../packages/core/src/runtime/vault/slots.ts';
import { openState } from '../../packages/core/src/runtime/vault/state.ts';
import { MAKERS } from './vectors.ts';

let suite: Suite;
beforeAll(async () => {
  suite = await loadSodiumSuite();
});

const NAMES = [
  ...['suite', 'identity', 'rendezvous', 'rendezvous-2', 'handshake', 'conversation', 'envelope', 'gossip', 'content'],
  ...['content-2', 'content-3', 'words', 'trust', 'contact', 'occasions', 'reconciliation', 'vault', 'backup', 'bundle'],
];

function frozen(name: string) {
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
    const { plain, give, push } = frozen('gossip');
    for (const one of plain) expect(decodeFrame(hex(one.bytes))?.kind).toBe(one.kind);
    expect(decodeFrame(hex(give.bytes))).toEqual({
      kind: 'give',
      copies: give.copies,
      ageHours: give.ageHours,
      envelope: hex(give.envelope),
    });
    expect(decodeFrame(hex(push.bytes))).toEqual({ kind: 'push', hops: 1, copies: 4, ageHours: 300, envelope: hex(push.envelope) });
  });

  test('later lists and the proof of an equivocation', () => {
    const { account, lists, equivocation } = frozen('words');
    const read = readListRecord(suite, hex(lists.rotatedTwice.record));
    expect(read.ok && [toHex(read.value.account), read.value.rootIndex]).toEqual([account, 2]);
    const proof = readEquivocation(suite, hex(equivocation));
    expect(proof.ok && [proof.value.first, proof.value.second].map(({ record }) => toHex(record)).sort()).toEqual(
      [lists.added.record, lists.rival.record].sort(),
    );
  });

  test('a deposit under the contact key, a spare, a link code and its bundle', () => {
    const { contactKey, device, deposit, spare, link } = frozen('contact');
    const [header, body] = [hex(deposit.header), hex(deposit.envelope).slice(44)];
    const opened = openUnderContactKey(suite, hex(contactKey), hex(device), deposit.period, deposit.slot, header, body);
    expect(opened && toHex(unpad(opened) as Bytes)).toBe(deposit.bundle);
    const list = readBundle(suite, hex(deposit.bundle), deposit.expiryHour);
    expect(list.ok && readSpare(suite, hex(spare.record), list.value.device, spare.expiryHour).ok).toBe(true);
    const code = readLinkCode(link.text, 0);
    expect(code.ok && [toHex(code.value.secret), toHex(code.value.bundleHash), code.value.relays[0]?.address]).toEqual([
      link.secret,
      link.bundleHash,
      link.relay.address,
    ]);
    const envelope = hex(link.envelope);
    const found = openLinkBundle(suite, hex(link.secret), envelope.slice(0, 44), envelope.slice(44));
    expect(found && toHex(unpad(found) as Bytes)).toBe(link.linkBundle);
    expect(readLinkBundle(suite, hex(link.linkBundle), link.expiryHour).ok).toBe(true);
  });

  test('a vault by each of its locks, and its state', () => {
    const { master, slots, states } = frozen('vault');
    for (const { row, filled } of [slots.byTheDevice, slots.locked]) {
      const found = decodeSlots(hex(row));
      if (found.kind !== 'row') throw new Error(found.kind);
      for (const { lock, kind, content } of filled) {
        const key = { lock, secret: hex(slots.secrets[lock]), device: hex(slots.deviceSecret) };
        const opened = openSlot(suite, found.row.slots, key);
        expect(opened && [opened.kind, toHex(opened.master)]).toEqual([kind, content]);
      }
    }
    for (const { state, sealed } of states) expect(openState(suite, hex(master), hex(sealed))).toEqual(state);
  });

  test('a backup by the words and by the passphrase', () => {
    const { seed, records, byWords, byPassphrase } = frozen('backup');
    const files = [
      [byWords.file, { kind: 'words', seed: hex(seed) }],
      [byPassphrase.file, { kind: 'passphrase', bytes: encodeUtf8(byPassphrase.passphrase) }],
    ] as const;
    for (const [file, key] of files) {
      const read = openBackup(suite, hex(file), key);
      expect(read.ok && toHex(encodeRecords(read.value))).toBe(records.map(({ bytes }: { bytes: string }) => bytes).join(''));
    }
  });

  test('a bundle file', () => {
    const it = frozen('bundle');
    const read = readBundleFile(suite, hex(it.file));
    const kinds = read.ok && [...read.value.frames].map((frame) => decodeFrame(frame)?.kind);
    expect([read.ok && read.value.createdHour, kinds]).toEqual([it.createdHour, ['forget', 'give', 'give']]);
  });

  test('content', () => {
    for (const { bytes } of [...frozen('content'), ...frozen('content-2').contents, ...frozen('content-3').contents]) {
      const content = decodeContent(hex(bytes));
      expect(content && toHex(encodeContent(content))).toBe(bytes);
    }
  });
});
