/** The host without promises: the same turn, performed at once, with a crash or a full disk wherever the profile wants one. */
import { type MemorySnapshot, MemoryStore } from '../../packages/core/src/adapters/store-memory/index.ts';
import { type Bytes, concat } from '../../packages/core/src/kernel/bytes.ts';
import type { HostInput, Machine, Send, Write } from '../../packages/core/src/node/machine.ts';
import { StoreFull } from '../../packages/core/src/ports/store.ts';
import { Turn } from '../../packages/core/src/runtime/turn.ts';
import type { SeededRandom } from '../../packages/core/src/testing/seeded-random.ts';
import type { Profile } from './profiles.ts';
import type { Scheduler, SimLink } from './sim-network.ts';

/** Hears what becomes of a store. */
export interface StoreWatch {
  /** `from`: whose frame led to it, if one did. */
  committed(writes: readonly Write[], from: string | undefined): void;
  /** The store holds something else now: what was known of it is to be read again. */
  restored(store: MemoryStore): void;
}

export interface SimHostOptions<Input, Event> {
  readonly build: (store: MemoryStore) => Machine<Input, Event>;
  readonly first: Input;
  readonly link: SimLink;
  readonly scheduler: Scheduler;
  readonly profile: () => Profile;
  readonly chance: SeededRandom;
  readonly clockOffsetMs: number;
  readonly watch: StoreWatch;
  readonly onEvents: (events: readonly Event[]) => void;
  readonly onNotSaved: (input: Input | HostInput) => void;
}

/** As the host does: a machine whose times all lie ahead is built anew. */
const SET_BACK_MS = 60_000;

export class SimHost<Input, Event> {
  readonly store: MemoryStore = new MemoryStore();
  readonly #options: SimHostOptions<Input, Event>;
  #machine: Machine<Input, Event> | undefined;
  #generation = 0;
  #first: Input;
  #clockOffsetMs: number;
  /** When the machine wants to be woken, and when the earliest timer for it goes off; both in the world's time. */
  #wakeAtMs: number | undefined;
  #timerAtMs: number | undefined;
  /** Whose frame is being handled. */
  #giver: string | undefined;
  crashes = 0;

  constructor(options: SimHostOptions<Input, Event>) {
    this.#options = options;
    this.#first = options.first;
    this.#clockOffsetMs = options.clockOffsetMs;
    options.link.listener = (event) => {
      this.#giver = event.kind === 'frame' ? options.link.nameOf(event.neighbour) : undefined;
      this.input({ kind: 'link', event });
      this.#giver = undefined;
    };
    this.#start();
  }

  get isUp(): boolean {
    return this.#machine !== undefined;
  }

  get machine(): Machine<Input, Event> | undefined {
    return this.#machine;
  }

  /** The time by this node's own clock. */
  get nowMs(): number {
    return this.#options.scheduler.nowMs + this.#clockOffsetMs;
  }

  /** Somebody sets the clock, or the battery was empty. */
  jumpClock(byMs: number): void {
    this.#clockOffsetMs += byMs;
    if (byMs >= -SET_BACK_MS || this.#machine === undefined) {
      this.input({ kind: 'wake' });
      return;
    }
    this.#options.link.cut(false);
    this.#start();
  }

  #start(): void {
    this.#generation++;
    this.#timerAtMs = undefined;
    this.#machine = this.#options.build(this.store);
    this.#begin();
  }

  /** Dies now and comes back later with what the store holds. */
  crash(): void {
    this.crashes++;
    this.#machine = undefined;
    this.#options.link.cut(true);
    this.#options.scheduler.after(this.#options.profile().restartMs, () => {
      this.#options.link.back();
      this.#start();
    });
  }

  /** Goes on from a store of before: a restored copy, a machine set back. `first`: whether the node is told so. */
  setBack(snapshot: MemorySnapshot, first: Input): void {
    this.#options.link.cut(true);
    this.store.restore(snapshot);
    this.#options.watch.restored(this.store);
    this.#options.link.back();
    this.#generation++;
    this.#timerAtMs = undefined;
    this.#machine = this.#options.build(this.store);
    this.#first = first;
    this.#begin();
  }

  /** The first input is given again until it has left its trace: a vault says that it was set back until somebody has acted on it. */
  #begin(): void {
    const isDone = this.input(this.#first);
    if (isDone) this.#first = this.#options.first;
  }

  /** Answers whether the input left its trace. */
  input(input: Input | HostInput): boolean {
    if (this.#machine === undefined) return false;
    const { chance, profile } = this.#options;
    const turn = new Turn(this.#machine);
    this.#handle(turn, input);
    for (let wakes = 0; wakes < 64 && turn.wakeAtMs !== undefined && turn.wakeAtMs <= this.nowMs; wakes++)
      this.#handle(turn, { kind: 'wake' });
    const { crashBeforeCommit, crashAfterCommit } = profile();
    if (crashBeforeCommit > 0 && chance.chance(crashBeforeCommit)) {
      this.crash();
      return false;
    }
    if (turn.writes.length > 0 && !this.#commit(turn, input)) return false;
    if (crashAfterCommit > 0 && chance.chance(crashAfterCommit)) {
      this.crash();
      return true;
    }
    for (const send of turn.sends) this.#send(send);
    for (const command of turn.commands) this.#options.link.perform(command);
    this.#options.onEvents(turn.events);
    this.#setTimer(turn.wakeAtMs);
    return true;
  }

  #commit(turn: Turn<Input, Event>, input: Input | HostInput): boolean {
    const { fullDisk } = this.#options.profile();
    if (fullDisk > 0 && this.#options.chance.chance(fullDisk)) this.store.failNextCommit('full');
    try {
      this.store.commitNow(turn.writes);
    } catch (error) {
      if (!(error instanceof StoreFull)) throw error;
      this.#options.onNotSaved(input);
      this.#options.link.cut(false);
      this.#start();
      return false;
    }
    this.#options.watch.committed(turn.writes, this.#giver);
    return true;
  }

  #handle(turn: Turn<Input, Event>, input: Input | HostInput): void {
    const { nowMs } = this;
    let needs = turn.begin(input, nowMs);
    for (let round = 0; needs !== undefined; round++) {
      Turn.mayAsk(round);
      const missing = turn.missing(needs);
      turn.give(needs, missing, this.store.getNow(missing));
      needs = turn.resume(input, nowMs);
    }
  }

  #send(send: Send): void {
    if ('frame' in send) return this.#options.link.send(send.neighbour, send.frame);
    const body: Bytes | undefined = this.store.getNow([send.row])[0];
    if (body !== undefined) this.#options.link.send(send.neighbour, concat(send.head, body));
    else this.input({ kind: 'gone', row: send.row });
  }

  /** A timer that goes off too early is set again: most inputs put the time off, and need no new one. */
  #setTimer(nodeAtMs: number | undefined): void {
    const { scheduler } = this.#options;
    this.#wakeAtMs = nodeAtMs === undefined ? undefined : Math.max(scheduler.nowMs + 1, nodeAtMs - this.#clockOffsetMs);
    this.#arm();
  }

  #arm(): void {
    const atMs = this.#wakeAtMs;
    if (atMs === undefined || (this.#timerAtMs !== undefined && this.#timerAtMs <= atMs)) return;
    const generation = this.#generation;
    this.#timerAtMs = atMs;
    const { scheduler } = this.#options;
    scheduler.after(atMs - scheduler.nowMs, () => {
      if (generation !== this.#generation || this.#timerAtMs !== atMs) return;
      this.#timerAtMs = undefined;
      if (this.#wakeAtMs !== undefined && this.#wakeAtMs <= scheduler.nowMs) this.input({ kind: 'wake' });
      else this.#arm();
    });
  }
}
