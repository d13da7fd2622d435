/** Frozen examples of recovery words, roots, later device lists, judgements, and of what people compare. Rule: docs/protocol/identity.md. */
import type { Suite } from '../../packages/core/src/crypto/suite.ts';
import { accountIdOf, commitmentTo, rootPair, rootSeed } from '../../packages/core/src/identity/account.ts';
import { comparisonCommitment, comparisonDigits, opensCommitment } from '../../packages/core/src/identity/comparison.ts';
import { listHash, readListRecord, signDeviceList, succession } from '../../packages/core/src/identity/device-list.ts';
import { encodeEquivocation, judgeList, type KnownList } from '../../packages/core/src/identity/list-judgement.ts';
import { seedFrom, wordsOf } from '../../packages/core/src/identity/recovery-words.ts';
import { judgeSafetyCode, readSafetyCode, safetyCodeText, safetyNumber } from '../../packages/core/src/identity/safety-number.ts';
import { type Bytes, bytesOf, concat, toBase64Url, toHex } from '../../packages/core/src/kernel/bytes.ts';
import type { Result } from '../../packages/core/src/kernel/result.ts';
import { counting, HOUR, type Json, person, publicHalves } from './inputs.ts';

const SEED = counting(32, 100);
const ZEROS: Bytes = new Uint8Array(32);

function known(suite: Suite, record: Bytes): KnownList {
  const list = readListRecord(suite, record);
  if (!list.ok) throw new Error(list.refusal.kind);
  return { list: list.value, record };
}

/** Lists of one account, and one of another: each named, with the list before it. */
function lists(suite: Suite): Readonly<Record<string, KnownList>> {
  const [first, second] = [publicHalves(person(suite, 100).device), publicHalves(person(suite, 120).device)];
  const commitment = (index: number): Bytes => commitmentTo(suite, rootPair(suite, SEED, index).publicKey);
  const signed = (index: number, sequence: number, before: Bytes | undefined, devices: readonly (typeof first)[], next?: Bytes): Bytes => {
    const root = rootPair(suite, SEED, index);
    const previousHash = before === undefined ? ZEROS : listHash(suite, before);
    const nextRootCommitment = next ?? commitment(index + 1);
    const lineage = succession(suite, SEED, index);
    const list = {
      rootIndex: index,
      sequence,
      previousHash,
      minimumSuite: 1,
      devices,
      lineage,
      rootKey: root.publicKey,
      nextRootCommitment,
    };
    return signDeviceList(suite, list, root.secretKey);
  };
  const start = signed(0, HOUR, undefined, [first]);
  const added = signed(0, HOUR + 1, start, [first, second]);
  const rival = signed(0, HOUR + 1, start, [second]);
  const rotated = signed(1, HOUR + 2, added, [second]);
  const elsewhere = signed(1, HOUR + 3, added, [first], commitmentTo(suite, rootPair(suite, counting(32, 110), 2).publicKey));
  const rotatedTwice = signed(2, HOUR + 9, rotated, [first]);
  const stranger = person(suite, 110).device.listRecord;
  const records = { start, added, rival, rotated, elsewhere, rotatedTwice, stranger };
  return Object.fromEntries(Object.entries(records).map(([name, record]) => [name, known(suite, record)]));
}

const PAIRS = [
  ['start', 'start'],
  ['start', 'added'],
  ['added', 'start'],
  ['added', 'rival'],
  ['added', 'rotated'],
  ['start', 'rotatedTwice'],
  ['rotatedTwice', 'rotated'],
  ['rotated', 'elsewhere'],
  ['elsewhere', 'rotatedTwice'],
  ['start', 'stranger'],
] as const;

/** Texts as people write them, and what is read from them. */
function readings(): Json {
  const words = wordsOf(SEED);
  const plain = words.join(' ');
  const numbered = words.map((word, i) => `${i + 1}. ${word.toUpperCase()}`).join('\n');
  const texts = [
    plain,
    numbered,
    words.map((word, i) => `${i + 1}) ${word}`).join(', '),
    ` \t${words.join('\u00a0;\r\n')}. `,
    words.slice(1).join(' '),
    `${plain} zoo`,
    '',
    plain.replace(words[4] as string, 'messenger'),
    words.with(0, words[1] as string).join(' '),
    Array.from({ length: 24 }, () => 'abandon').join(' '),
    plain.padEnd(4001),
  ];
  return texts.map((text) => {
    const read = seedFrom(text);
    return read.ok ? { text, seed: toHex(read.value) } : { text, refusal: { ...read.refusal } };
  });
}

export function words(suite: Suite): Json {
  const all = lists(suite);
  const roots = [0, 1, 2].map((index) => rootPair(suite, SEED, index).publicKey);
  const account = accountIdOf(suite, roots[0] as Bytes, commitmentTo(suite, roots[1] as Bytes));
  const named = (name: string): KnownList => all[name] as KnownList;
  return {
    words: [ZEROS, SEED, counting(32, 0).fill(255)].map((seed) => ({ seed: toHex(seed), words: wordsOf(seed) })),
    readings: readings(),
    seed: toHex(SEED),
    roots: roots.map((publicKey, index) => ({
      seed: toHex(rootSeed(suite, SEED, index)),
      publicKey: toHex(publicKey),
      commitment: toHex(commitmentTo(suite, publicKey)),
    })),
    account: toHex(account),
    succession: succession(suite, SEED, 3).map(({ rootKey, signature }) => ({ rootKey: toHex(rootKey), signature: toHex(signature) })),
    lists: Object.fromEntries(
      Object.entries(all).map(([name, { list, record }]) => [
        name,
        {
          record: toHex(record),
          hash: toHex(listHash(suite, record)),
          account: toHex(list.account),
          rootIndex: list.rootIndex,
          sequence: list.sequence,
          previousHash: toHex(list.previousHash),
          nextRootCommitment: toHex(list.nextRootCommitment),
          devices: list.devices.map(({ signingKey, agreementKey }) => ({
            signingKey: toHex(signingKey),
            agreementKey: toHex(agreementKey),
          })),
        },
      ]),
    ),
    judgements: PAIRS.map(([before, after]) => ({ known: before, next: after, judgement: judgeList(suite, named(before), named(after)) })),
    equivocation: toHex(encodeEquivocation(named('rival').record, named('added').record)),
  };
}

function kindOf(result: Result<unknown, { readonly kind: string }>): string {
  return result.ok ? 'none' : result.refusal.kind;
}

export function trust(suite: Suite): Json {
  const [ann, bo, cid] = [100, 110, 120].map((first) => person(suite, first).account);
  if (ann === undefined || bo === undefined || cid === undefined) throw new Error('three people');
  const code = safetyCodeText(bo, ann);
  const bytes = concat(bytesOf([0x53, 1]), bo, ann);
  const [starterNonce, answererNonce, sessionId] = [counting(32, 7), counting(32, 77), counting(16, 177)];
  const context = concat(ann, bo, sessionId);
  const codes = {
    match: code,
    'with a link around it': ` https://kith.example/?a=b#${code}\n`,
    mismatch: safetyCodeText(bo, cid),
    'other people': safetyCodeText(cid, ann),
  };
  const refused = [
    ['empty', ''],
    ['not base64url', 'a*b'],
    ['another mark', toBase64Url(bytes.with(0, 0x4b))],
    ['version 0', toBase64Url(bytes.with(1, 0))],
    ['version 2', toBase64Url(bytes.with(1, 2))],
    ['cut by a byte', toBase64Url(bytes.slice(0, -1))],
    ['a byte too long', toBase64Url(concat(bytes, bytesOf([0])))],
    ['too much around it', `${'x'.repeat(2000)} ${code}`],
  ] as const;
  return {
    accounts: { ann: toHex(ann), bo: toHex(bo), cid: toHex(cid) },
    safetyNumbers: {
      annAndBo: safetyNumber(suite, ann, bo),
      boAndAnn: safetyNumber(suite, bo, ann),
      annAndCid: safetyNumber(suite, ann, cid),
    },
    /** Ann scans, and takes the screen for Bo's. */
    safetyCodes: Object.entries(codes).map(([name, text]) => {
      const read = readSafetyCode(text);
      if (!read.ok) throw new Error(read.refusal.kind);
      const { owner, about } = read.value;
      return { name, text, owner: toHex(owner), about: toHex(about), judgement: judgeSafetyCode(read.value, ann, bo) };
    }),
    refusedCodes: refused.map(([name, text]) => ({ name, text, refusal: kindOf(readSafetyCode(text)) })),
    comparison: {
      starter: toHex(ann),
      answerer: toHex(bo),
      sessionId: toHex(sessionId),
      starterNonce: toHex(starterNonce),
      answererNonce: toHex(answererNonce),
      commitment: toHex(comparisonCommitment(suite, starterNonce)),
      isOpenedByTheOther: opensCommitment(suite, comparisonCommitment(suite, starterNonce), answererNonce),
      context: toHex(context),
      digits: comparisonDigits(suite, context, starterNonce, answererNonce),
      digitsTurnedRound: comparisonDigits(suite, context, answererNonce, starterNonce),
    },
  };
}
