/** The host without promises: the same turn, performed at once, with a crash or a full disk wherever the profile wants one. */
import { type MemorySnapshot, MemoryStore } from '../../packages/core/src/adapters/store-memory/index.ts';
import { type Bytes, concat } from '../../packages/core/src/kernel/bytes.ts';
import type { HostInput, Machine, Send } from '../../packages/core/src/node/machine.ts';
import { StoreFull } from '../../packages/core/src/ports/store.ts';
import { Turn } from '../../packages/core/src/runtime/turn.ts';
import type { SeededRandom } from '../../packages/core/src/testing/seeded-random.ts';
import type { Profile } from './profiles.ts';
import type { Scheduler, SimLink } from './sim-network.ts';

export interface SimHostOptions<Input, Event> {
  readonly build: (store: MemoryStore) => Machine<Input, Event>;
  readonly first: Input;
  readonly link: SimLink;
  readonly scheduler: Scheduler;
  readonly profile: () => Profile;
  readonly chance: SeededRandom;
  readonly onEvents: (events: readonly Event[]) => void;
  readonly onNotSaved: (input: Input | HostInput) => void;
}

export class SimHost<Input, Event> {
  readonly store: MemoryStore = new MemoryStore();
  readonly #options: SimHostOptions<Input, Event>;
  #machine: Machine<Input, Event> | undefined;
  #generation = 0;
  #first: Input;
  crashes = 0;

  constructor(options: SimHostOptions<Input, Event>) {
    this.#options = options;
    this.#first = options.first;
    options.link.listener = (event) => this.input({ kind: 'link', event });
    this.#start();
  }

  get isUp(): boolean {
    return this.#machine !== undefined;
  }

  get machine(): Machine<Input, Event> | undefined {
    return this.#machine;
  }

  #start(): void {
    this.#generation++;
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
    this.#options.link.back();
    this.#generation++;
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
    const { scheduler, chance, profile } = this.#options;
    const turn = new Turn(this.#machine);
    this.#handle(turn, input);
    for (let wakes = 0; wakes < 64 && turn.wakeAtMs !== undefined && turn.wakeAtMs <= scheduler.nowMs; wakes++)
      this.#handle(turn, { kind: 'wake' });
    if (chance.chance(profile().crashBeforeCommit)) {
      this.crash();
      return false;
    }
    if (turn.writes.length > 0 && !this.#commit(turn, input)) return false;
    if (chance.chance(profile().crashAfterCommit)) {
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
    if (this.#options.chance.chance(this.#options.profile().fullDisk)) this.store.failNextCommit('full');
    try {
      this.store.commitNow(turn.writes);
      return true;
    } catch (error) {
      if (!(error instanceof StoreFull)) throw error;
      this.#options.onNotSaved(input);
      this.#options.link.cut(false);
      this.#start();
      return false;
    }
  }

  #handle(turn: Turn<Input, Event>, input: Input | HostInput): void {
    const nowMs = this.#options.scheduler.nowMs;
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
  }

  #setTimer(atMs: number | undefined): void {
    if (atMs === undefined) return;
    const generation = ++this.#generation;
    const { scheduler } = this.#options;
    scheduler.after(Math.max(1, atMs - scheduler.nowMs), () => {
      if (generation === this.#generation) this.input({ kind: 'wake' });
    });
  }
}
