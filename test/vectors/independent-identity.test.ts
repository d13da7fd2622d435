/** Words, roots, lists, what people compare, and what is published, from docs/protocol/identity.md alone: the second implementation goes on. */
import { createRequire } from 'node:module';
import { ed25519 } from '@noble/curves/ed25519.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { describe, expect, test } from 'vitest';
import {
  type Bytes,
  bytes16,
  hash,
  hex,
  join,
  mac,
  NOTHING,
  open,
  pad,
  pairOf,
  prekeysFrom,
  readEnvelope,
  seal,
  sign,
  Taker,
  toHex,
  u8,
  u32,
  utf8,
  vectors,
  verify,
  ZEROS,
} from './independent.ts';

/** The English list of BIP-39, from where the core has it; that it is the list, its published digest says below. */
const core = createRequire(new URL('../../packages/core/package.json', import.meta.url));
const { wordlist }: { wordlist: readonly string[] } = await import(core.resolve('@scure/bip39/wordlists/english.js'));

const bits = (bytes: Bytes): string => Array.from(bytes, (byte) => byte.toString(2).padStart(8, '0')).join('');
const base64url = (bytes: Bytes): string => Buffer.from(bytes).toString('base64url');

/** §5. */
function wordsOf(seed: Bytes): readonly string[] {
  const all = bits(join(seed, sha256(seed).slice(0, 1)));
  return Array.from({ length: 24 }, (_, i) => wordlist[Number.parseInt(all.slice(11 * i, 11 * i + 11), 2)] as string);
}

function readWords(text: string): Record<string, unknown> {
  const pieces = text
    .slice(0, 4000)
    .toLowerCase()
    .split(/[\s,;]/)
    .map((piece) => piece.replace(/^[0-9]+[.):]?/, '').replace(/\.$/, ''))
    .filter((piece) => piece !== '');
  if (pieces.length !== 24 || text.length > 4000) return { refusal: { kind: 'word-count', found: pieces.length, expected: 24 } };
  const unknown = pieces.findIndex((word) => !wordlist.includes(word));
  if (unknown >= 0) return { refusal: { kind: 'unknown-word', word: pieces[unknown], position: unknown + 1 } };
  const all = pieces.map((word) => wordlist.indexOf(word).toString(2).padStart(11, '0')).join('');
  const seed = Uint8Array.from({ length: 32 }, (_, i) => Number.parseInt(all.slice(8 * i, 8 * i + 8), 2));
  return wordsOf(seed).join() === pieces.join() ? { seed: toHex(seed) } : { refusal: { kind: 'checksum' } };
}

/** §2: everything of a record, checked. */
function readList(record: Bytes) {
  const take = new Taker(record);
  expect(take.number(1)).toBe(1);
  const [rootIndex, sequence, previousHash] = [take.number(1), take.number(4), take.raw(32)];
  expect(take.number(1)).toBe(1);
  const lineage = Array.from({ length: rootIndex }, (_, j) => ({ root: take.raw(32), signature: j === 0 ? NOTHING : take.raw(64) }));
  const [root, next] = [take.raw(32), take.raw(32)];
  const devices = Array.from({ length: take.number(1) }, () => ({ signingKey: toHex(take.raw(32)), agreementKey: toHex(take.raw(32)) }));
  expect(verify(root, 'identity/device-list', record.slice(0, take.at), take.raw(64))).toBe(true);
  expect(take.rest()).toHaveLength(0);
  const roots = [...lineage.map((one) => one.root), root];
  const commitments = [...roots.slice(1).map((one) => hash('identity/next-root', one)), next];
  for (const [j, { root: before, signature }] of lineage.entries())
    if (j > 0) expect(verify(before, 'identity/succession', commitments[j] as Bytes, signature)).toBe(true);
  const account = hash('identity/account', roots[0] as Bytes, commitments[0] as Bytes);
  return {
    account: toHex(account),
    rootIndex,
    sequence,
    previousHash,
    next,
    devices,
    roots: roots.map(toHex),
    commitments: commitments.map(toHex),
  };
}

/** §4. */
function judge(known: Bytes, other: Bytes): string {
  const [a, b] = [readList(known), readList(other)];
  const n = Math.min(a.rootIndex, b.rootIndex);
  if (a.account !== b.account) return 'other-account';
  if (a.roots.slice(0, n + 1).join() !== b.roots.slice(0, n + 1).join() || a.commitments[n] !== b.commitments[n]) return 'uncommitted-root';
  if (a.rootIndex !== b.rootIndex) return b.rootIndex > a.rootIndex ? 'rotated' : 'older';
  if (a.sequence !== b.sequence) return b.sequence > a.sequence ? 'newer' : 'older';
  return toHex(known) === toHex(other) ? 'same' : 'equivocation';
}

/** §8. */
function digitsOf(account: Bytes): string {
  const bytes = mac(account, 'identity/safety-number', NOTHING, 64);
  return Array.from({ length: 6 }, (_, g) => String(new Taker(bytes.slice(5 * g)).number(5) % 100_000).padStart(5, '0')).join('');
}

function readCode(text: string): string {
  const bytes = Buffer.from(
    text
      .trim()
      .split(/[#/?=\s]/)
      .at(-1) ?? '',
    'base64url',
  );
  if (text.length > 2000 || bytes.length < 2 || bytes[0] !== 0x53) return 'not-a-safety-code';
  if ((bytes[1] as number) > 1) return 'newer-version';
  return bytes[1] === 1 && bytes.length === 66 ? toHex(bytes.subarray(2)) : 'not-a-safety-code';
}

describe('words.json', () => {
  const it = vectors('words');

  test('the list is that of BIP-39, english.txt', () => {
    const digest = sha256(utf8(wordlist.map((word) => `${word}\n`).join('')));
    expect(toHex(digest)).toBe('2f5eed53a4727b4bf8880d8f3f199efc90e58503646d9ff8eff3a2ed3b24dbda');
  });

  test('seeds are words, and words are read as people write them', () => {
    for (const { seed, words } of it.words) expect(wordsOf(hex(seed))).toEqual(words);
    for (const { text, ...expected } of it.readings) expect(readWords(text)).toEqual(expected);
    expect(new Set(it.readings.map((one: { refusal?: { kind: string } }) => one.refusal?.kind ?? 'none')).size).toBe(4);
  });

  test('three roots, each naming the next', () => {
    for (const [i, root] of it.roots.entries()) {
      const seed = mac(hex(it.seed), 'identity/root', u8(i));
      const publicKey = ed25519.getPublicKey(seed);
      expect([toHex(seed), toHex(publicKey), toHex(hash('identity/next-root', publicKey))]).toEqual([
        root.seed,
        root.publicKey,
        root.commitment,
      ]);
    }
    for (const [j, { rootKey, signature }] of it.succession.entries()) {
      const seed = mac(hex(it.seed), 'identity/root', u8(j));
      const after = ed25519.getPublicKey(mac(hex(it.seed), 'identity/root', u8(j + 1)));
      expect(toHex(ed25519.getPublicKey(seed))).toBe(rootKey);
      expect(j === 0 ? '' : toHex(sign(seed, 'identity/succession', hash('identity/next-root', after)))).toBe(signature);
    }
  });

  test('lists of every root prove their account, and are judged beside each other', () => {
    for (const list of Object.values(it.lists) as (typeof it.lists)[string][]) {
      const read = readList(hex(list.record));
      const { account, rootIndex, sequence, devices } = read;
      expect({ account, rootIndex, sequence, devices }).toEqual({
        account: list.account,
        rootIndex: list.rootIndex,
        sequence: list.sequence,
        devices: list.devices,
      });
      expect([toHex(read.previousHash), toHex(read.next)]).toEqual([list.previousHash, list.nextRootCommitment]);
      expect(toHex(hash('identity/list-hash', hex(list.record)))).toBe(list.hash);
    }
    expect(readList(hex(it.lists.rotatedTwice.record)).account).toBe(it.account);
    for (const { known, next, judgement } of it.judgements)
      expect(judge(hex(it.lists[known].record), hex(it.lists[next].record))).toBe(judgement);
    const [first, second] = [it.lists.added.record, it.lists.rival.record].sort().map(hex) as [Bytes, Bytes];
    expect(toHex(join(u8(1), bytes16(first), bytes16(second)))).toBe(it.equivocation);
  });
});

describe('trust.json', () => {
  const { accounts, safetyNumbers, safetyCodes, refusedCodes, comparison } = vectors('trust');

  test('safety numbers', () => {
    const number = (a: string, b: string): string => [digitsOf(hex(a)), digitsOf(hex(b))].sort().join('').match(/.{5}/g)?.join(' ') ?? '';
    expect(number(accounts.ann, accounts.bo)).toBe(safetyNumbers.annAndBo);
    expect(number(accounts.bo, accounts.ann)).toBe(safetyNumbers.boAndAnn);
    expect(number(accounts.ann, accounts.cid)).toBe(safetyNumbers.annAndCid);
  });

  test('safety codes, written and read', () => {
    for (const { text, owner, about, judgement } of safetyCodes) {
      expect(text).toContain(base64url(join(u8(0x53), u8(1), hex(owner), hex(about))));
      expect(readCode(text)).toBe(owner + about);
      expect(owner !== accounts.bo ? 'other-people' : about === accounts.ann ? 'match' : 'mismatch').toBe(judgement);
    }
    for (const { text, refusal } of refusedCodes) expect(readCode(text)).toBe(refusal);
  });

  test('six digits', () => {
    const { starter, answerer, sessionId, starterNonce, answererNonce } = comparison;
    const context = join(hex(starter), hex(answerer), hex(sessionId));
    const digits = hash('identity/comparison-digits', hex(starterNonce), hex(answererNonce), context);
    expect(toHex(hash('identity/comparison-commitment', hex(starterNonce)))).toBe(comparison.commitment);
    expect(toHex(context)).toBe(comparison.context);
    expect(String(Buffer.from(digits).readBigUInt64BE() % 1_000_000n).padStart(6, '0')).toBe(comparison.digits);
  });
});

describe('contact.json', () => {
  const it = vectors('contact');
  const ann = vectors('identity').ann;
  const contactKey = hex(it.contactKey);

  test('places, tags and keys under the contact key', () => {
    for (const { hour, period } of it.periods) expect(Math.floor(hour / 168)).toBe(period);
    for (const one of [...it.places, it.deposit]) {
      const place = join(hex(it.device), u32(one.period), u8(one.slot));
      expect(toHex(place)).toBe(one.place);
      expect(toHex(mac(contactKey, 'identity/contact-tag', place, 16))).toBe(one.tag);
      expect(toHex(mac(contactKey, 'identity/contact-purge', place))).toBe(one.purgeKey);
      expect(toHex(mac(contactKey, 'identity/contact-seal', place))).toBe(one.sealKey);
    }
  });

  test('a deposit is made, byte for byte', () => {
    const { prekeySeed, expiryHour, sealKey, nonce, tag, purgeKey, envelope } = it.deposit;
    const list = hex(ann.deviceList);
    const own = join(hex(it.device), prekeysFrom(hex(prekeySeed)).fields, u32(expiryHour));
    const bundle = join(list, own, sign(hex(ann.signingSeed), 'identity/bundle', join(hash('identity/bundle', list), own)));
    expect(toHex(bundle)).toBe(it.deposit.bundle);
    const read = readEnvelope(hex(envelope));
    expect(read.tag).toBe(tag);
    expect(toHex(hash('envelope/purge', hex(purgeKey)).slice(0, 16))).toBe(toHex(read.header.slice(28)));
    expect(toHex(read.body)).toBe(nonce + toHex(seal(hex(sealKey), hex(nonce), read.header, pad(bundle, 40))));
  });

  test('first secrets, and a spare', () => {
    const { prekeyId, contactFirst, initiator, firstSecret } = it.first;
    expect(toHex(mac(contactKey, 'identity/contact-first', hex(prekeyId)))).toBe(contactFirst);
    expect(toHex(mac(hex(contactFirst), 'identity/contact-first-of', hex(initiator)))).toBe(firstSecret);
    const body = join(u8(1), prekeysFrom(hex(it.spare.prekeySeed)).fields, u32(it.spare.expiryHour));
    const device = join(hex(it.device), pairOf(hex(ann.agreementSeed)).key);
    expect(toHex(join(body, sign(hex(ann.signingSeed), 'identity/spare', join(device, body))))).toBe(it.spare.record);
  });

  test('a link code and what it pins', () => {
    const { secret, transportKey, expiryHour, relay, signingSeed, agreementSeed, prekeySeed, ...link } = it.link;
    const keys = join(ed25519.getPublicKey(hex(signingSeed)), pairOf(hex(agreementSeed)).key);
    const body = join(u8(1), keys, prekeysFrom(hex(prekeySeed)).fields, u32(expiryHour));
    const bundle = join(body, sign(hex(signingSeed), 'identity/link-bundle', body));
    const bundleHash = hash('identity/link-hash', bundle);
    expect([toHex(bundle), toHex(bundleHash)]).toEqual([link.linkBundle, link.bundleHash]);
    const head = join(u8(0x4c), u8(1), hex(secret), bundleHash, hex(transportKey), u32(expiryHour));
    expect(base64url(join(head, u8(1), hex(relay.key), bytes16(utf8(relay.address))))).toBe(link.text);
    expect(base64url(join(head, u8(0)))).toBe(link.textWithoutRelay);
    expect(head.length + 1 + 32 + 2 + utf8(link.farRelay.address).length > 300).toBe(link.farRelay.isLeftOut);
    const read = readEnvelope(hex(link.envelope));
    const key = mac(hex(secret), 'identity/link-key', NOTHING);
    expect(read.tag).toBe(toHex(mac(hex(secret), 'identity/link-tag', NOTHING, 16)));
    expect(toHex(mac(hex(secret), 'identity/link-purge', NOTHING))).toBe(link.purgeKey);
    expect(toHex(key)).toBe(link.key);
    expect(toHex(open(key, ZEROS, read.header, read.body))).toBe(toHex(pad(bundle, 16)));
  });
});
