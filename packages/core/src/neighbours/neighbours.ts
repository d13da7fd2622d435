/**
 * Who is connected, who should be, and whom to dial when. The only place that decides about dialling; the link obeys.
 * Knows transport keys and addresses, never people. Answers with commands. Rule: docs/protocol/neighbours.md.
 *
 *   known ──dial──▶ dialling ──up──▶ connected ──down──▶ known (at once again, then after 1, 2, 4 … s)
 *     ▲                └──dial-failed / no answer / closed soon──▶ known (after 1, 2, 4 … s); a stranger is forgotten in the end
 *   found nearby
 */
import type { Random } from '../kernel/random.ts';
import { randomBelow } from '../kernel/random.ts';
import { localAddresses, peerIdOf } from './addresses.ts';
import { Awaiting } from './awaiting.ts';
import { closedSoonMs, isElsewhere, patienceMs, unansweredMs } from './back-off.ts';
import { type Connected, Connections, type NeighbourPath } from './connections.ts';
import {
  ADDRESS_LENGTH_MAX,
  ADDRESSES_MAX,
  BRIEF_MS,
  COURTESY_MS,
  DIALS_MAX,
  DIALS_OF_ONE_AGAIN_MAX,
  DIALS_OF_ONE_MAX,
  DIALS_UNDER_WAY_MAX,
  DRAIN_MS,
  FOUND_AGAIN_MS,
  NEAR_ATTEMPTS_MAX,
  NEAR_BELIEVED_MS,
  type NeighbourLimits,
  PERSON_NEIGHBOURS,
  STALE_DIAL_MS,
  STRANGER_DIALS_MAX,
  STRANGER_STAYS_MS,
} from './limits.ts';
import { type Closeness, type Dial, type Known, nextWay, Roster, waysTo } from './roster.ts';
import { UnderWay } from './under-way.ts';

export type { Connected } from './connections.ts';

export type NeighbourCommand =
  | { readonly kind: 'dial'; readonly id: number; readonly address: string; readonly expectedKey: string }
  | { readonly kind: 'close'; readonly neighbour: number }
  | { readonly kind: 'reserve'; readonly address: string; readonly helps: boolean }
  | { readonly kind: 'unreserve'; readonly address: string }
  /** Of one neighbour, or of all. */
  | { readonly kind: 'probe'; readonly neighbour?: number };

export class Neighbours {
  readonly #random: Random;
  #myKey: string;
  readonly #limits: NeighbourLimits;
  readonly #roster: Roster = new Roster();
  readonly #connections: Connections = new Connections();
  readonly #awaiting: Awaiting = new Awaiting();
  readonly #underWay: UnderWay = new UnderWay();
  #commands: NeighbourCommand[] = [];
  #nextDial = 1;
  /** Dials with smaller numbers began under an earlier key. */
  #firstDial = 1;
  /** When what is left of connections under an earlier key is closed. */
  #drainAtMs: number | undefined;
  /** Asked for after every input of the node, and changed by few. */
  #wakeAtMs: { readonly at: number | undefined } | undefined;

  /** `myKey`: empty until `turn` tells it. */
  constructor(random: Random, myKey: string, limits: NeighbourLimits = PERSON_NEIGHBOURS) {
    this.#random = random;
    this.#myKey = myKey;
    this.#limits = limits;
  }

  take(): readonly NeighbourCommand[] {
    const commands = this.#commands;
    this.#commands = [];
    return commands;
  }

  connected(): Iterable<Connected> {
    return this.#connections.all();
  }

  get(neighbour: number): Connected | undefined {
    return this.#connections.get(neighbour);
  }

  isConnected(key: string): boolean {
    return this.#connections.has(key);
  }

  /** This side has this transport key from now on. Everybody is dialled anew; connections under the key before serve until then. */
  turn(myKey: string, nowMs: number): void {
    const isFirst = this.#myKey === '';
    this.#myKey = myKey;
    if (isFirst) return;
    this.#connections.age();
    this.#drainAtMs = nowMs + DRAIN_MS;
    this.#firstDial = this.#nextDial;
    for (const known of this.#roster.all()) known.dial = undefined;
    this.retry(nowMs);
  }

  /** A relay at these addresses, to be kept connected. `isOwn`: this side chose it; one that others named is only a place to meet them. */
  knowRelay(key: string, addresses: readonly string[], nowMs: number, isOwn = true): void {
    this.#know(key, 'relay', addresses, [], nowMs, isOwn);
    const known = this.#roster.get(key);
    if (known?.kind !== 'relay' || known.isOwn === isOwn) return;
    known.isOwn = isOwn;
    if (this.isConnected(key)) this.#reserveAt(known);
    else if (isOwn) this.retry(nowMs, key);
  }

  /** A person with this transport key, to be reached at its addresses or through one of these relays. */
  knowPerson(key: string, addresses: readonly string[], relays: readonly string[], nowMs: number): void {
    this.#know(key, 'person', addresses, relays, nowMs, false);
  }

  /** A person is no longer reached under this key. */
  forget(key: string): void {
    if (this.#closeness(key) === 'person') this.#roster.delete(key);
    this.#wakeAtMs = undefined;
  }

  /** A relay of somebody else's is not dialled any more. */
  forgetRelay(key: string): void {
    if (this.#closeness(key) === 'relay') this.#roster.delete(key);
    this.#wakeAtMs = undefined;
  }

  #know(
    key: string,
    kind: 'relay' | 'person',
    addresses: readonly string[],
    relays: readonly string[],
    nowMs: number,
    isOwn: boolean,
  ): void {
    const before = this.#roster.get(key);
    // What a person says of themselves cannot make a relay forgotten.
    if (key === this.#myKey || (kind === 'person' && before?.kind === 'relay')) return;
    const known = before?.kind === kind ? before : this.#roster.put(key, kind);
    const sane = addresses.filter((address) => address.length <= ADDRESS_LENGTH_MAX).slice(0, ADDRESSES_MAX);
    // Being named again ends no wait: whoever writes cards could have us dial without a pause.
    const isNews = known !== before || sane.join() !== known.addresses.join() || relays.join() !== known.relays.join();
    const fresh = sane.find((address) => !known.addresses.includes(address));
    known.addresses = sane;
    known.relays = relays;
    // A card that moves a relay to and fro must not have it dialled, and asked whether it is there, each time.
    const isCalled = isNews && kind === 'relay' && known === before && !isOwn;
    if (isNews && !(isCalled && nowMs - known.calledAtMs < FOUND_AGAIN_MS)) {
      known.notBeforeMs = 0;
      if (isCalled) known.calledAtMs = nowMs;
      if (kind === 'relay' && known === before) this.#freshen(known, fresh, nowMs);
    }
    this.wake(nowMs);
  }

  /**
   * Somebody was announced on the local network. Unproven, and unbounded in number: only addresses of that network count, strangers have
   * few places, and nobody is dialled more often than every `FOUND_AGAIN_MS` for it.
   */
  found(key: string, addresses: readonly string[], nowMs: number): void {
    const near = localAddresses(addresses);
    if (near.length === 0 || key === this.#myKey || peerIdOf(key) === undefined) return;
    const known = this.#roster.get(key) ?? this.#meet(key);
    if (known === undefined) return;
    // A stranger that did not answer there is not called again until it is elsewhere, or was forgotten and is found anew.
    const isNews = known.kind !== 'stranger' || near.join() !== known.near.join();
    const fresh = near.find((address) => !known.near.includes(address));
    known.near = near;
    known.nearAtMs = nowMs;
    const isRelay = known.kind === 'relay';
    if (isNews && nowMs - known.calledAtMs >= FOUND_AGAIN_MS && (known.dial === undefined || isRelay)) {
      known.calledAtMs = nowMs;
      known.attempts = 0;
      known.closedSoon = 0;
      if (known.dial === undefined) known.notBeforeMs = this.#myKey < key ? nowMs : nowMs + COURTESY_MS;
      // Of one that was never reached nothing is known but what somebody says: its own addresses come first.
      if (isRelay && known.good !== undefined) this.#freshen(known, fresh, nowMs);
    }
    this.wake(nowMs);
  }

  /**
   * A relay may be somewhere else now. It is dialled there first, and not after what hangs elsewhere; one that seems to be connected is asked whether it
   * still is, because whoever moved without a word left a connection that nobody ends.
   */
  #freshen(relay: Known, fresh: string | undefined, nowMs: number): void {
    if (fresh === undefined) return;
    for (const { neighbour } of this.#connections.to(relay.key)) this.#commands.push({ kind: 'probe', neighbour });
    relay.fresh = { address: fresh, atMs: nowMs };
    if (relay.dial === undefined || nowMs - relay.dial.sinceMs <= STALE_DIAL_MS) return;
    this.#setAside(relay, relay.dial);
    relay.notBeforeMs = nowMs;
  }

  /** It is not waited for any longer; what comes of it still counts. */
  #setAside(known: Known, dial: Dial): void {
    known.dial = undefined;
    if (known.kind === 'relay') known.tired = [...known.tired, dial].slice(-DIALS_OF_ONE_AGAIN_MAX);
  }

  /** It is handed something that it has to answer. Of strangers nothing is waited for: nobody dials them again for it. */
  handed(neighbour: number, nowMs: number): void {
    const it = this.#connections.get(neighbour);
    if (it !== undefined && this.#closeness(it.key) !== 'stranger') this.#awaiting.handed(neighbour, nowMs);
  }

  /** It said something. */
  heard(neighbour: number, nowMs: number): void {
    this.#awaiting.heard(neighbour, nowMs);
  }

  /** A place for a new stranger, if there is one. */
  #meet(key: string): Known | undefined {
    if (this.#roster.of('stranger').size >= this.#limits.nearMax) {
      const leaves = this.#roster.strangerThatLeaves(this.#random, (it) => this.#connections.isDialled(it));
      if (leaves === undefined) return undefined;
      this.#roster.delete(leaves);
    }
    return this.#roster.put(key, 'stranger');
  }

  #closeness(key: string): Closeness {
    return this.#roster.get(key)?.kind ?? 'stranger';
  }

  /** Answers false for a connection that is one too many: it has been told to close. */
  up(it: Connected, nowMs: number): boolean {
    const ended = it.dial ?? (it.dialled ? this.#roster.get(it.key)?.dial?.id : undefined);
    if (ended !== undefined) this.#underWay.ended(ended);
    if (it.dial !== undefined && it.dial < this.#firstDial) {
      // It shows the key of before, and under the new one somebody is on the way already.
      this.#commands.push({ kind: 'close', neighbour: it.neighbour });
      return false;
    }
    const known = this.#roster.get(it.key);
    if (known !== undefined) this.#reached(known, it, nowMs);
    const leaves = this.#connections.oneTooMany(it, this.#myKey);
    if (leaves !== undefined) this.#commands.push({ kind: 'close', neighbour: leaves });
    const hasRoom = leaves !== undefined || this.#makeRoom(it, nowMs);
    const stays = hasRoom && leaves !== it.neighbour;
    if (stays) {
      this.#connections.add(it, nowMs);
      // In the place of one under an earlier key.
      for (const aged of this.#connections.aged(it.key))
        if (aged.path === it.path) this.#commands.push({ kind: 'close', neighbour: aged.neighbour });
    }
    if (!hasRoom) this.#commands.push({ kind: 'close', neighbour: it.neighbour });
    if (!hasRoom && known !== undefined) this.#backOff(known, 'closed soon', nowMs);
    if (stays && known?.kind === 'relay') this.#relayUp(known, nowMs);
    this.wake(nowMs);
    return stays;
  }

  /** Where a relay was reached is tried first when it is gone again. */
  #reached(known: Known, { dialled, dial: id }: Connected, nowMs: number): void {
    const dial = id === undefined ? known.dial : [known.dial, ...known.tired].find((one) => one?.id === id);
    if (known.kind === 'relay' && dialled && dial !== undefined) {
      known.good = dial.address;
      known.reachedInMs = nowMs - dial.sinceMs;
      known.tried += known.tried % 2;
    }
    known.dial = undefined;
    known.tired = [];
    known.fresh = undefined;
    if (known.kind === 'relay') known.attempts = 0;
  }

  /** Whether there is room for one more of its kind. */
  #makeRoom(it: Connected, nowMs: number): boolean {
    const kind = this.#closeness(it.key);
    if (kind === 'relay') return true;
    const { personsMax, strangersMax } = this.#limits;
    if (this.#count(kind) < (kind === 'person' ? personsMax : strangersMax)) return true;
    if (kind === 'person') return false;
    const guest = this.#connections.longestGuest(it, (key) => this.#closeness(key) === 'stranger', nowMs);
    if (guest === undefined) return false;
    this.#commands.push({ kind: 'close', neighbour: guest.neighbour });
    this.#connections.remove(guest.neighbour);
    const left = this.#roster.get(guest.key);
    if (left !== undefined) left.notBeforeMs = nowMs + STRANGER_STAYS_MS;
    return true;
  }

  #count(kind: Closeness): number {
    return this.#connections.count((it) => this.#closeness(it.key) === kind);
  }

  /** A relay came up: be reachable through it, and try everybody who is reached through it. */
  #relayUp(relay: Known, nowMs: number): void {
    this.#reserveAt(relay);
    for (const other of this.#roster.of('person').values()) {
      if (this.isConnected(other.key)) continue;
      other.attempts = 0;
      other.closedSoon = 0;
      other.notBeforeMs = this.#myKey < other.key ? nowMs : nowMs + COURTESY_MS;
    }
  }

  #reserveAt({ addresses: [address], peerId, isOwn }: Known): void {
    if (address === undefined || peerId === undefined) return;
    this.#commands.push({ kind: 'reserve', address: `${address}/p2p/${peerId}`, helps: isOwn });
  }

  down(neighbour: number, nowMs: number): void {
    const kept = this.#connections.remove(neighbour);
    this.#awaiting.gone(neighbour);
    if (kept === undefined) return;
    const known = this.#roster.get(kept.it.key);
    if (known !== undefined && !this.isConnected(known.key)) {
      if (known.near.length > 0) known.nearAtMs = nowMs;
      // Heard of long before it was lost, and no sign of where it went.
      if (known.fresh !== undefined && nowMs - known.fresh.atMs > BRIEF_MS) known.fresh = undefined;
      if (known.kind === 'stranger' || nowMs - kept.sinceMs < BRIEF_MS) this.#backOff(known, 'closed soon', nowMs);
      else this.#forgive(known);
    }
    this.wake(nowMs);
  }

  /**
   * A connection goes on by another path. Nothing is closed for it: the two ends notice it at different times, and would not close the same one.
   * One that is gone, or was one too many, is passed over.
   */
  reroute(neighbour: number, path: NeighbourPath): void {
    this.#connections.reroute(neighbour, path);
  }

  dialFailed(id: number, nowMs: number): void {
    this.#underWay.ended(id);
    for (const known of this.#roster.all()) {
      if (known.dial?.id === id) this.#backOff(known, 'unanswered', nowMs);
      else if (known.tired.length > 0) known.tired = known.tired.filter((one) => one.id !== id);
    }
    this.wake(nowMs);
  }

  /** The device woke or its network changed: whoever gives no sign of life goes, and all waits are over. */
  awake(nowMs: number): void {
    this.#commands.push({ kind: 'probe' });
    for (const known of this.#roster.all()) {
      // A dial that began on another network may hang for long; what comes of it still counts.
      if (known.dial !== undefined && (isElsewhere(known) || nowMs - known.dial.sinceMs > STALE_DIAL_MS)) this.#setAside(known, known.dial);
      if (known.good !== undefined) known.tried += known.tried % 2;
    }
    this.retry(nowMs);
  }

  /** All waits are over, or those for one. */
  retry(nowMs: number, key?: string): void {
    for (const known of this.#roster.all()) {
      if (key === undefined || known.key === key) this.#forgive(known);
    }
    this.wake(nowMs);
  }

  #forgive(known: Known): void {
    known.attempts = 0;
    known.closedSoon = 0;
    known.notBeforeMs = 0;
  }

  /** `fromMs`: since when nothing was heard of it. */
  #backOff(known: Known, missed: 'unanswered' | 'closed soon', nowMs: number, fromMs: number = nowMs): void {
    known.dial = undefined;
    known.attempts++;
    if (missed === 'closed soon') known.closedSoon++;
    // Where a relay was reached just now it is reached again.
    if (missed === 'unanswered' || known.good === undefined) known.tried++;
    if (known.kind === 'stranger' && known.attempts >= NEAR_ATTEMPTS_MAX) return this.#roster.delete(known.key);
    const wait = missed === 'unanswered' ? unansweredMs(known) : closedSoonMs(known);
    known.notBeforeMs = fromMs + Math.floor(wait / 2) + randomBelow(this.#random, Math.floor(wait / 2) + 1);
  }

  #addressFor(known: Known): string | undefined {
    const relays = [...this.#roster.of('relay').values()].filter((relay) => this.isConnected(relay.key));
    return nextWay(known, waysTo(known, relays));
  }

  /** Starts what dials are due. Every change ends here. */
  wake(nowMs: number): void {
    this.#wakeAtMs = undefined;
    this.#drain(nowMs);
    this.#underWay.lapse(nowMs);
    for (const neighbour of this.#awaiting.due(nowMs)) this.#commands.push({ kind: 'probe', neighbour });
    for (const known of this.#roster.all()) {
      if (known.dial !== undefined && nowMs - known.dial.sinceMs > patienceMs(known)) this.#tire(known, known.dial, nowMs);
      if (known.near.length > 0 && nowMs - known.nearAtMs > NEAR_BELIEVED_MS && !this.isConnected(known.key)) this.#doubtNear(known);
    }
    let free = this.#freeDials();
    for (const kind of ['relay', 'person'] as const) {
      if (!this.#hasRoomToDial(kind)) continue;
      for (const known of this.#roster.of(kind).values()) {
        if (free === 0) return;
        if (known.notBeforeMs <= nowMs && this.#dial(known, nowMs)) free--;
      }
    }
    while (free > 0 && this.#hasRoomToDial('stranger')) {
      const due = [...this.#roster.of('stranger').values()].filter((it) => it.notBeforeMs <= nowMs && this.#isWanted(it));
      const chosen = due[randomBelow(this.#random, Math.max(1, due.length))];
      if (chosen === undefined || !this.#dial(chosen, nowMs)) return;
      free--;
    }
  }

  /**
   * A dial has taken too long; what still comes of it counts. After one elsewhere the turn is at once with where the relay was last reached; otherwise the
   * time it took is part of the wait.
   */
  #tire(known: Known, dial: Dial, nowMs: number): void {
    const wasElsewhere = isElsewhere(known);
    this.#setAside(known, dial);
    if (wasElsewhere) known.tried++;
    else this.#backOff(known, 'unanswered', nowMs, known.kind === 'relay' ? dial.sinceMs : nowMs);
  }

  #drain(nowMs: number): void {
    if (this.#drainAtMs === undefined || nowMs < this.#drainAtMs) return;
    this.#drainAtMs = undefined;
    for (const aged of this.#connections.aged()) {
      // What was made by hand cannot be dialled again, and nobody on the way sees its key.
      if (aged.hand === undefined) this.#commands.push({ kind: 'close', neighbour: aged.neighbour });
    }
  }

  #isWanted(known: Known): boolean {
    return known.dial === undefined && !this.isConnected(known.key) && !this.#isHeld(known);
  }

  /** Enough dials of it hang already. */
  #isHeld({ key, fresh, attempts }: Known): boolean {
    return this.#underWay.of(key) >= (fresh !== undefined || attempts === 0 ? DIALS_OF_ONE_AGAIN_MAX : DIALS_OF_ONE_MAX);
  }

  #dial(known: Known, nowMs: number): boolean {
    const address = this.#isWanted(known) ? this.#addressFor(known) : undefined;
    if (address === undefined) return false;
    known.dial = { id: this.#nextDial++, address, sinceMs: nowMs };
    known.fresh = undefined;
    this.#underWay.began(known.dial.id, known.key, nowMs);
    this.#commands.push({ kind: 'dial', id: known.dial.id, address, expectedKey: known.key });
    return true;
  }

  /** It was not found there for a while. */
  #doubtNear(known: Known): void {
    known.near = [];
    if (known.kind === 'stranger') this.#roster.delete(known.key);
  }

  #freeDials(): number {
    let waitedFor = 0;
    for (const known of this.#roster.all()) if (known.dial !== undefined) waitedFor++;
    return Math.max(0, Math.min(DIALS_MAX - waitedFor, DIALS_UNDER_WAY_MAX - this.#underWay.size));
  }

  #hasRoomToDial(kind: Closeness): boolean {
    if (kind === 'relay') return true;
    if (kind === 'person') return this.#count('person') < this.#limits.personsMax;
    const strangers = [...this.#roster.of('stranger').values()];
    const under = strangers.filter((it) => it.dial !== undefined).length;
    if (under >= STRANGER_DIALS_MAX || strangers.every((it) => !this.#isWanted(it))) return false;
    const dialled = this.#connections.count((it) => it.dialled && this.#closeness(it.key) === 'stranger');
    return dialled + under < this.#limits.strangersDialledMax;
  }

  wakeAtMs(): number | undefined {
    this.#wakeAtMs ??= { at: this.#nextWakeMs() };
    // Changed by every message, and cheap: apart from what is kept.
    const askAtMs = this.#awaiting.wakeAtMs();
    const { at } = this.#wakeAtMs;
    return at === undefined || askAtMs === undefined ? (at ?? askAtMs) : Math.min(at, askAtMs);
  }

  #nextWakeMs(): number | undefined {
    let at: number | undefined = this.#drainAtMs;
    const isFree = this.#freeDials() > 0;
    let isHeld = this.#underWay.size >= DIALS_UNDER_WAY_MAX;
    for (const kind of ['relay', 'person', 'stranger'] as const) {
      // With no room for another nothing can begin before something ends, which is news of its own.
      const mayBegin = isFree && this.#hasRoomToDial(kind);
      for (const known of this.#roster.of(kind).values()) {
        if (this.isConnected(known.key)) continue;
        if (known.dial === undefined && (!mayBegin || this.#addressFor(known) === undefined)) continue;
        if (known.dial === undefined && this.#isHeld(known)) {
          isHeld = true;
          continue;
        }
        const due = known.dial === undefined ? known.notBeforeMs : known.dial.sinceMs + patienceMs(known) + 1;
        at = at === undefined ? due : Math.min(at, due);
      }
    }
    // The link tells of each that ends; this is for one that it forgets.
    const lapsesAtMs = isHeld ? this.#underWay.lapsesAtMs() : undefined;
    return at === undefined || lapsesAtMs === undefined ? (at ?? lapsesAtMs) : Math.min(at, lapsesAtMs);
  }
}
