/**
 * Two or more devices with sessions between them, and what is on its way: steps that may be saved or lost, a clock that is moved, states
 * that are set back, a thief who reads along. For models of schedules; what must hold is said by whoever runs one.
 */
import type { Suite } from '../crypto/suite.ts';
import { sameBytes, toHex } from '../kernel/bytes.ts';
import { tagOf } from '../session/chain.ts';
import type { OwnDevice } from '../session/handshake.ts';
import { firstTag, isWrittenTwice, readChains, type Session, sessionIdOfFirst } from '../session/session.ts';
import { SeededRandom } from './seeded-random.ts';
import { End, makeDevice, makeOffer, type Offer, type Sent, TEST_HOUR } from './session-devices.ts';

/** Everything one device has about another, as a value. Texts are known by their ids. */
export interface Conversation {
  readonly ends: readonly End[];
  /** Ids of sessions that are only read. */
  readonly retired: ReadonlySet<string>;
  /** Id of a session → when it was opened, which its first message says. */
  readonly born: ReadonlyMap<string, number>;
  /** Own texts without a receipt. */
  readonly outbox: readonly string[];
  readonly got: ReadonlySet<string>;
}

/** What a device would find again after a crash. */
export interface Disk {
  readonly offers: readonly Offer[];
  readonly conversations: ReadonlyMap<number, Conversation>;
}

export interface Posted {
  readonly from: number;
  readonly to: number;
  readonly sent: Sent;
}

interface Found {
  readonly text: string;
  readonly session: string;
  readonly ends: readonly End[];
}

export interface Read {
  readonly disk: Disk;
  readonly id: string | undefined;
  readonly isSetBack: boolean;
}

const NOBODY_YET: Conversation = { ends: [], retired: new Set(), born: new Map(), outbox: [], got: new Set() };
const idOf = (end: End): string => toHex(end.session.id);

function withConversation(disk: Disk, peer: number, conversation: Conversation): Disk {
  return { ...disk, conversations: new Map([...disk.conversations, [peer, conversation]]) };
}

/** Hears of every delivery, before it and after it. */
export interface Watcher {
  delivering(world: SessionWorld, posted: Posted): void;
  delivered(world: SessionWorld, posted: Posted, read: Read): void;
}

export class SessionWorld {
  readonly #plain: Suite;
  readonly #watcher: Watcher;
  readonly random: SeededRandom;
  readonly suite: Suite;
  readonly devices: readonly OwnDevice[];
  readonly live: Set<number>;
  disks: Disk[];
  /** What each device offers everybody now. */
  readonly offered: Offer[] = [];
  readonly history: Disk[][] = [];
  hour: number = TEST_HOUR;
  way: Posted[] = [];
  texts = 0;
  openings = 0;
  readonly repeatedNonces: string[] = [];
  /** What whoever copied the state of everybody reads along. */
  thief: Disk[] | undefined;
  readonly stolen: Set<string> = new Set<string>();

  constructor(plain: Suite, count: number, seed: number, watcher: Watcher) {
    this.#plain = plain;
    this.#watcher = watcher;
    this.random = new SeededRandom(seed);
    this.suite = this.#recording();
    this.devices = Array.from({ length: count }, () => makeDevice(this.suite, this.random));
    this.live = new Set(this.devices.keys());
    this.disks = this.devices.map(() => ({ offers: [], conversations: new Map() }));
    for (const who of this.devices.keys()) {
      this.history.push([]);
      this.rotate(who);
    }
  }

  /** A suite that remembers each (key, nonce) it ever sealed under, whoever did it and whatever was forgotten since. */
  #recording(): Suite {
    const used = new Set<string>();
    const seal: Suite['seal'] = (key, nonce, associated, plaintext) => {
      const pair = `${toHex(key)} ${toHex(nonce)}`;
      if (used.has(pair)) this.repeatedNonces.push(pair);
      used.add(pair);
      return this.#plain.seal(key, nonce, associated, plaintext);
    };
    const bound = new Map<PropertyKey, unknown>([['seal', seal]]);
    return new Proxy(this.#plain, {
      get: (suite, name) => {
        if (!bound.has(name)) {
          const value: unknown = Reflect.get(suite, name);
          bound.set(name, typeof value === 'function' ? value.bind(suite) : value);
        }
        return bound.get(name);
      },
    });
  }

  conversation(who: number, peer: number): Conversation {
    return this.disks[who]?.conversations.get(peer) ?? NOBODY_YET;
  }

  save(who: number, disk: Disk): void {
    this.history[who]?.push(this.disks[who] as Disk);
    this.disks[who] = disk;
  }

  rotate(who: number): void {
    const offer = makeOffer(this.suite, this.random, this.devices[who] as OwnDevice, 'contact-key');
    this.offered[who] = offer;
    const disk = this.disks[who] as Disk;
    this.save(who, { ...disk, offers: [...disk.offers, offer] });
  }

  /** The step of writing, worked out: what would be saved and what would leave. */
  writing(who: number, to: number, id: string | undefined): { readonly disk: Disk; readonly posted: Posted } {
    const before = this.conversation(who, to);
    const old = this.#sessionToWriteTo(before);
    const own = this.devices[who] as OwnDevice;
    const end = old?.copy() ?? End.open(this.suite, this.random, own, this.offered[to] as Offer, this.hour);
    const born = before.born.get(idOf(end)) ?? this.openings++;
    const sent = end.write(JSON.stringify({ id, born, got: [...before.got] }), this.hour);
    const ends = [...before.ends.filter((one) => one !== old), end];
    const outbox = id === undefined || before.outbox.includes(id) ? before.outbox : [...before.outbox, id];
    const disk = withConversation(this.disks[who] as Disk, to, {
      ...before,
      ends,
      outbox,
      born: new Map([...before.born, [idOf(end), born]]),
    });
    return { disk, posted: { from: who, to, sent } };
  }

  write(who: number, to: number, id: string = `${this.texts++}`): void {
    this.#write(who, to, id);
  }

  /** A message that says only what was received. */
  receipt(who: number, to: number): void {
    this.#write(who, to, undefined);
  }

  #write(who: number, to: number, id: string | undefined): void {
    const { disk, posted } = this.writing(who, to, id);
    this.save(who, disk);
    this.post(posted);
  }

  post(posted: Posted): void {
    this.way.push(posted);
    const disk = this.thief?.[posted.to];
    if (this.thief === undefined || disk === undefined) return;
    const read = this.reading(disk, posted);
    if (read === undefined) return;
    this.thief[posted.to] = read.disk;
    if (!read.isSetBack) this.stolen.add(read.id ?? 'a receipt');
  }

  /** Of the sessions that are not retired the youngest, but one in which something was read before all others. */
  #sessionToWriteTo({ ends, retired, born }: Conversation): End | undefined {
    const open = ends.filter((end) => !retired.has(idOf(end)));
    const answered = open.filter((end) => end.session.ratchet.receiving !== undefined);
    const bornAt = (end: End) => born.get(idOf(end)) ?? -1;
    return (answered.length > 0 ? answered : open).toSorted((a, b) => bornAt(b) - bornAt(a))[0];
  }

  /** The step of reading, worked out; `undefined` if the bytes are refused. */
  reading(disk: Disk, { from, sent }: Posted): Read | undefined {
    const before = disk.conversations.get(from) ?? NOBODY_YET;
    const found = this.#openKnown(before, sent) ?? this.#openNew(disk, before, sent);
    if (found === undefined) return this.#setBack(disk, before, from, sent);
    const { id, born, got } = JSON.parse(found.text) as { readonly id?: string; readonly born: number; readonly got: readonly string[] };
    const outbox = before.outbox.filter((one) => !got.includes(one));
    const conversation: Conversation = {
      ...before,
      ends: found.ends,
      outbox,
      got: id === undefined ? before.got : new Set([...before.got, id]),
      born: new Map([...before.born, [found.session, born]]),
    };
    return { disk: withConversation(disk, from, conversation), id, isSetBack: false };
  }

  #openKnown({ ends }: Conversation, sent: Sent): Found | undefined {
    for (const end of ends) {
      const after = end.copy();
      const text = after.read(sent, this.hour);
      if (typeof text === 'string') return { text, session: idOf(end), ends: ends.map((one) => (one === end ? after : one)) };
    }
    return undefined;
  }

  #openNew(disk: Disk, { ends }: Conversation, sent: Sent): Found | undefined {
    const id = sessionIdOfFirst(this.suite, sent.body);
    if (id === undefined || ends.some((end) => sameBytes(end.session.id, id))) return undefined;
    for (const offer of disk.offers) {
      if (!this.#isFirstTag(offer, sent.tag)) continue;
      const end = End.accept(this.suite, this.random, offer, sent.body, this.hour);
      const text = end?.read(sent, this.hour);
      if (end !== undefined && typeof text === 'string') return { text, session: idOf(end), ends: [...ends, end] };
    }
    return undefined;
  }

  #isFirstTag(offer: Offer, tag: string): boolean {
    for (let number = 0; number < 64; number++) if (toHex(firstTag(this.suite, offer.occasion.secret, number)) === tag) return true;
    return false;
  }

  /** Evidence that the other side was set back ends the session. */
  #setBack(disk: Disk, before: Conversation, from: number, { tag, body }: Sent): Read | undefined {
    for (const end of before.ends) {
      const { session } = end;
      const number = this.#numberRead(session, tag);
      if (number === undefined || before.retired.has(idOf(end)) || !isWrittenTwice(this.suite, session, number, body)) continue;
      const conversation = { ...before, retired: new Set([...before.retired, idOf(end)]) };
      return { disk: withConversation(disk, from, conversation), id: undefined, isSetBack: true };
    }
    return undefined;
  }

  /** Which number that was read comes under this tag. */
  #numberRead(session: Session, tag: string): number | undefined {
    const { invited } = session;
    for (const { headerKey, heard } of readChains(session))
      for (const { number } of heard) {
        const isFirst = invited !== undefined && sameBytes(invited.headerKey, headerKey) && number < invited.messages;
        const expected = isFirst ? firstTag(this.suite, invited.secret, number) : tagOf(this.suite, headerKey, number);
        if (toHex(expected) === tag) return number;
      }
    return undefined;
  }

  /** Whether it was read. */
  deliver(posted: Posted, crashes = false): boolean {
    const { to } = posted;
    this.#watcher.delivering(this, posted);
    const read = this.reading(this.disks[to] as Disk, posted);
    if (read === undefined || crashes) return false;
    this.save(to, read.disk);
    if (read.isSetBack) for (const id of this.conversation(to, posted.from).outbox) this.write(to, posted.from, id);
    this.#watcher.delivered(this, posted, read);
    return !read.isSetBack;
  }

  /** Ends all sessions with `peer` and writes what has no receipt in a new one. */
  beginAnew(who: number, peer: number): void {
    const before = this.conversation(who, peer);
    this.save(who, withConversation(this.disks[who] as Disk, peer, { ...before, retired: new Set(before.ends.map(idOf)) }));
    for (const id of before.outbox) this.write(who, peer, id);
    if (before.outbox.length === 0) this.receipt(who, peer);
  }

  restore(who: number, pick: number): void {
    const history = this.history[who] ?? [];
    this.disks[who] = history[pick % Math.max(1, history.length)] ?? (this.disks[who] as Disk);
    this.rotate(who);
    for (const peer of this.live) if (peer !== who) this.beginAnew(who, peer);
  }

  remove(who: number): void {
    this.live.delete(who);
    this.way = this.way.filter(({ to }) => to !== who);
  }

  pairs(): readonly (readonly [number, number])[] {
    return [...this.live].flatMap((a) => [...this.live].filter((b) => b !== a).map((b) => [a, b] as const));
  }

  deliverAll(): void {
    while (this.way.length > 0) {
      const [posted, ...rest] = this.way;
      this.way = rest;
      if (posted !== undefined) this.deliver(posted);
    }
  }
}
