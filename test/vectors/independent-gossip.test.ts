/**
 * What neighbours say to each other, from docs/protocol/gossip.md alone: frames read and written, ids and tokens computed again. Only the
 * last claim asks the product, whether it takes and refuses the same bytes.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeFrame } from '../../packages/core/src/gossip/frames.ts';
import { bytesOf } from '../../packages/core/src/kernel/bytes.ts';
import { type Bytes, hash, hex, join, readEnvelope, Taker, toHex, u8, u16, u32, u64, vectors } from './independent.ts';

const NAMES = 'hello have want give results forget tags push announce prune graft sketch symbols stop lacks upto stamp'.split(' ');

/** A field is so many bytes: a number, a byte string, or all that is left. */
type Field = { readonly name: string; readonly number?: 1 | 2 | 4 | 8; readonly most?: number; readonly bytes?: number };
/** A list is the last of a frame: a count of at most so many, and items of fixed fields. */
interface Shape {
  readonly fields: readonly Field[];
  readonly list?: { readonly most: number; readonly item: readonly Field[] };
  readonly rest?: true;
}

const number = (name: string, bytes: 1 | 2 | 4 | 8, most?: number): Field => ({ name, number: bytes, ...(most !== undefined && { most }) });
const raw = (name: string, bytes: number): Field => ({ name, bytes });
const ids: Shape = { fields: [], list: { most: 1000, item: [raw('id', 32)] } };
const set = (name: string): readonly Field[] => [number(`${name} count`, 4), raw(`${name} digest`, 32)];
const cursor: readonly Field[] = [raw('incarnation', 8), number('number', 8, Number.MAX_SAFE_INTEGER)];
const handed: readonly Field[] = [number('copies', 1), number('age', 2)];
const which: Field = number('set', 1, 1);

/** §2. */
const SHAPES: Readonly<Record<string, Shape>> = {
  hello: {
    fields: [
      number('version', 1, 2),
      number('role', 1, 1),
      number('pull', 1, 1),
      number('hour', 4),
      ...set('held'),
      ...set('tokens'),
      ...cursor,
      number('bits', 1),
      raw('challenge', 16),
    ],
  },
  have: {
    fields: [],
    list: { most: 1000, item: [raw('id', 32), raw('tag', 16), number('class', 1), number('size', 1), number('copies', 1)] },
  },
  want: ids,
  give: { fields: handed, rest: true },
  results: { fields: [], list: { most: 1000, item: [raw('id', 32), number('result', 1, 6)] } },
  forget: { fields: [], list: { most: 1000, item: [raw('token', 108)] } },
  tags: { fields: [number('replace', 1)], list: { most: 1000, item: [raw('tag', 16)] } },
  push: { fields: [number('hops', 1), ...handed], rest: true },
  announce: ids,
  prune: { fields: [number('hops', 1)] },
  graft: ids,
  sketch: { fields: [which, number('size', 4), raw('digest', 32), raw('salt', 16)], list: { most: 64, item: [raw('id', 32)] } },
  symbols: { fields: [which], rest: true },
  stop: { fields: [which, number('decoded', 1, 1)] },
  lacks: { fields: [which], list: { most: 1000, item: [raw('short id', 8)] } },
  upto: { fields: cursor },
  stamp: { fields: [number('nonce', 8, Number.MAX_SAFE_INTEGER)], list: { most: 16, item: [raw('id', 32)] } },
};

type Value = number | string;
interface Read {
  readonly kind: string;
  readonly fields: Readonly<Record<string, Value>>;
  readonly items: readonly Readonly<Record<string, Value>>[];
  readonly rest: string;
}

function readFields(from: Taker, fields: readonly Field[]): Record<string, Value> {
  const values: Record<string, Value> = {};
  for (const { name, number: length, bytes, most = Number.POSITIVE_INFINITY } of fields) {
    const value = length === undefined ? toHex(from.raw(bytes ?? 0)) : from.number(length);
    if (typeof value === 'number' && value > most) throw new Error(`${name} is above ${most}`);
    values[name] = value;
  }
  return values;
}

/** Throws for whatever is no frame. */
function read(bytes: Bytes): Read {
  const from = new Taker(bytes);
  const kind = NAMES[from.number(1) - 1] ?? '';
  const shape = SHAPES[kind];
  if (shape === undefined) throw new Error('no such kind');
  const fields = readFields(from, shape.fields);
  if (kind === 'hello' && fields['version'] !== 2) throw new Error('another version');
  const count = shape.list === undefined ? 0 : from.number(2);
  if (count > (shape.list?.most ?? 0)) throw new Error('too many');
  const items = Array.from({ length: count }, () => readFields(from, shape.list?.item ?? []));
  const rest = from.rest();
  if (rest.length > 0 && shape.rest === undefined) throw new Error('something is left over');
  return { kind, fields, items, rest: toHex(rest) };
}

function writeFields(values: Readonly<Record<string, Value>>, fields: readonly Field[]): Bytes {
  const writers = { 1: u8, 2: u16, 4: u32, 8: u64 };
  return join(
    ...fields.map(({ name, number: length }) =>
      length === undefined ? hex(values[name] as string) : writers[length](values[name] as number),
    ),
  );
}

function write({ kind, fields, items, rest }: Read): string {
  const shape = SHAPES[kind] as Shape;
  const list = shape.list === undefined ? [] : [u16(items.length), ...items.map((item) => writeFields(item, shape.list?.item ?? []))];
  return toHex(join(u8(NAMES.indexOf(kind) + 1), writeFields(fields, shape.fields), ...list, hex(rest)));
}

const { plain, give, push } = vectors('gossip') as {
  readonly plain: readonly { readonly kind: string; readonly bytes: string }[];
  readonly give: { readonly copies: number; readonly ageHours: number; readonly envelope: string; readonly bytes: string };
  readonly push: {
    readonly hops: number;
    readonly copies: number;
    readonly ageHours: number;
    readonly envelope: string;
    readonly bytes: string;
  };
};
const frozen = [...plain.map(({ bytes }) => bytes), give.bytes, push.bytes];
const all = (kind: string): readonly Read[] => plain.filter((one) => one.kind === kind).map(({ bytes }) => read(hex(bytes)));

describe('gossip.json', () => {
  test('every frozen frame is read and written again, and there is one of each kind', () => {
    for (const bytes of frozen) expect(write(read(hex(bytes)))).toBe(bytes);
    expect(plain.map(({ bytes }) => read(hex(bytes)).kind)).toEqual(plain.map(({ kind }) => kind));
    expect(new Set(frozen.map((bytes) => read(hex(bytes)).kind))).toEqual(new Set(NAMES));
  });

  test('hellos of a person and a relay', () => {
    const [person, relay] = all('hello').map(({ fields }) => fields);
    expect(person).toMatchObject({
      version: 2,
      role: 0,
      pull: 0,
      hour: 490_000,
      'held count': 70_000,
      'tokens count': 3,
      number: 2 ** 40 + 5,
    });
    expect(relay).toMatchObject({ version: 2, role: 1, pull: 1, hour: 490_001, 'held count': 3, 'tokens count': 70_000, number: 0 });
    expect(person?.['held digest']).toBe(relay?.['tokens digest']);
    expect(relay?.['incarnation']).toBe('00'.repeat(8));
    expect([person?.['bits'], person?.['challenge'], relay?.['bits']]).toEqual([0, '00'.repeat(16), 12]);
  });

  test('lists, results, cells and ends of streams', () => {
    expect(all('have').map(({ items }) => items.map((it) => [it['class'], it['size'], it['copies']]))).toEqual([[[1, 3, 4]], []]);
    expect(all('results')[0]?.items.map(({ result }) => result)).toEqual([0, 5, 6]);
    expect(all('tags')[0]).toMatchObject({ fields: { replace: 1 }, items: [{}] });
    expect(all('prune')[0]?.fields).toEqual({ hops: 4 });
    expect(all('sketch')[0]).toMatchObject({ fields: { set: 1, size: 70_000 }, items: [{}] });
    expect(all('stop').map(({ fields }) => fields)).toEqual([
      { set: 0, decoded: 1 },
      { set: 1, decoded: 0 },
    ]);
    expect(all('lacks')[0]?.items).toHaveLength(2);
    expect(all('stamp')[0]).toMatchObject({ fields: { nonce: 2 ** 40 + 5 }, items: [{}, {}] });
  });

  test('what is handed over is the rest of its frame', () => {
    expect(read(hex(give.bytes))).toMatchObject({ fields: { copies: give.copies, age: give.ageHours }, rest: give.envelope });
    expect(read(hex(push.bytes)).fields).toEqual({ hops: push.hops, copies: push.copies, age: push.ageHours });
    expect(read(hex(push.bytes)).rest).toBe(push.envelope);
  });
});

test('a token in a frame lets go the envelope whose id comes from the token alone', () => {
  const { header, body, id, purgeKey, purgeToken } = vectors('envelope');
  const [bodyHash, whole] = [hash('envelope/body', hex(body)), join(hex(header), hex(body))];
  const token = join(hex(header), bodyHash, hex(purgeKey));
  expect(toHex(token)).toBe(purgeToken);
  expect(toHex(hash('envelope/purge', hex(purgeKey)).slice(0, 16))).toBe(header.slice(56));
  const [heard] = read(hex(write({ kind: 'forget', fields: {}, items: [{ token: toHex(token) }], rest: '' }))).items;
  const heardToken = hex(heard?.['token'] as string);
  expect(toHex(hash('envelope/id', heardToken.slice(0, 44), heardToken.slice(44, 76)))).toBe(id);
  expect(readEnvelope(join(u8(1), u8(1), whole.slice(2))).id).not.toBe(id);
});

test('the frames of a bundle file are such frames', () => {
  const { gives, token, file } = vectors('bundle');
  const from = new Taker(hex(file).slice(17, -32));
  const frames = Array.from({ length: gives.length + 1 }, () => read(from.bytes16()));
  expect(frames[0]).toMatchObject({ kind: 'forget', items: [{ token }] });
  expect(frames.slice(1).map(({ fields, rest }) => [fields['copies'], fields['age'], rest])).toEqual(
    gives.map((one: { readonly copies: number; readonly ageHours: number; readonly envelope: string }) => [
      one.copies,
      one.ageHours,
      one.envelope,
    ]),
  );
});

/** Whether this page's reader takes it. */
function isRead(bytes: Bytes): boolean {
  try {
    read(bytes);
    return true;
  } catch {
    return false;
  }
}

test('the product takes and refuses what this page does: cut, lengthened, changed and counted wrong', () => {
  const agree = (bytes: Bytes): void => {
    if ((decodeFrame(bytesOf(bytes)) !== undefined) !== isRead(bytes)) expect.unreachable(toHex(bytes));
  };
  for (const bytes of frozen.map(hex)) {
    agree(bytes.slice(0, -1));
    agree(join(bytes, u8(0)));
    for (let at = 0; at < Math.min(bytes.length, 70); at++) {
      for (const value of [0, 1, 2, 3, 6, 17, 255]) agree(bytes.with(at, value));
    }
  }
  for (const [kind, { fields, list }] of Object.entries(SHAPES)) {
    const least = Object.fromEntries(fields.map(({ name, bytes }) => [name, bytes === undefined ? 0 : '00'.repeat(bytes)]));
    const item = Object.fromEntries((list?.item ?? []).map(({ name, bytes }) => [name, bytes === undefined ? 0 : '00'.repeat(bytes)]));
    for (const count of list === undefined ? [] : [list.most, list.most + 1]) {
      const long = hex(write({ kind, fields: least, items: Array.from({ length: count }, () => item), rest: '' }));
      expect([kind, count, isRead(long)]).toEqual([kind, count, count === list?.most]);
      agree(long);
    }
  }
  const any = fc.tuple(fc.nat(19), fc.uint8Array({ maxLength: 130 }));
  fc.assert(
    fc.property(any, ([kind, rest]) => void agree(join(u8(kind), rest))),
    { seed: 1, numRuns: 3000 },
  );
});
