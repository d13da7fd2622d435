/**
 * The one loop around a machine: inbox → handle → commit → send → command → tell → one timer. Many inputs share a commit.
 * When a commit fails the machine is rebuilt from the store and the inputs are answered as not saved. Knows no node by name.
 * Rule: docs/architecture.md.
 */
import { AssertionFailed } from '../kernel/assert.ts';
import { type Bytes, concat, copyBytes, sameBytes } from '../kernel/bytes.ts';
import type { HostInput, LinkCommand, LinkEvent, Machine, NeighbourId, RowKey, Send } from '../node/machine.ts';
import type { Clock } from '../ports/clock.ts';
import type { Link } from '../ports/link.ts';
import type { Log } from '../ports/log.ts';
import { type Durability, type Store, StoreFull } from '../ports/store.ts';
import { Turn } from './turn.ts';

/** Inputs that may share one commit: enough to pay for the sync, few enough to keep the first one from waiting. */
const INPUTS_PER_COMMIT_MAX = 256;

/** Times a machine may put work off to the end of one turn; what is left then waits for the timer. */
const WAKES_PER_COMMIT_MAX = 64;

/** Bytes of frames held for one neighbour whose queue is full, before the machine is told that it missed some. */
const HELD_BYTES_MAX = 2 ** 20;

/** Bytes of frames of one neighbour, and of all, that wait to be handled. A link cannot pause its reading, so whoever passes this is closed. */
const WAITING_BYTES_MAX: number = 16 * 2 ** 20;
const WAITING_BYTES_OF_ALL_MAX: number = 96 * 2 ** 20;

/** Stored rows read at one time to be sent: the largest make 2 MiB. */
const ROWS_PER_READ = 64;

/** Whoever sets the clock back by more than this, in milliseconds, has the machine built anew: all its times would lie ahead. */
const SET_BACK_MS = 60_000;

/** Frames for a neighbour that takes no more at the moment. */
interface Held {
  readonly frames: Bytes[];
  bytes: number;
  /** Some were dropped; the machine was told. */
  hasMissed: boolean;
}

export interface HostOptions<Input, Event> {
  /** Builds the machine from what the store holds: at the start, and again after a commit that failed. */
  readonly build: () => Promise<Machine<Input, Event>>;
  /** The first input of every machine. */
  readonly first: Input;
  /** The first input of a machine that is rebuilt after `first` was saved; `first` again unless given. */
  readonly again?: Input;
  readonly store: Store;
  readonly link: Link;
  readonly clock: Clock;
  readonly log: Log;
  readonly durability: Durability;
  readonly onEvents: (events: readonly Event[]) => void;
  /** A commit failed; these inputs left no trace. */
  readonly onNotSaved: (inputs: readonly (Input | HostInput)[], why: 'full' | 'failed') => void;
  /** The machine was built anew; what it was told of the world outside store and link it does not know. */
  readonly onRebuilt?: () => void;
  /** The machine made a mistake of ours and was stopped. */
  readonly onStopped: (why: string) => void;
}

export class Host<Input, Event> {
  readonly #options: HostOptions<Input, Event>;
  readonly #inbox: (Input | HostInput)[] = [];
  readonly #held: Map<NeighbourId, Held> = new Map<NeighbourId, Held>();
  /** Bytes of frames in the inbox. */
  readonly #waiting: Map<NeighbourId, number> = new Map<NeighbourId, number>();
  #waitingOfAll = 0;
  readonly #linked: Map<NeighbourId, LinkEvent & { kind: 'up' }> = new Map<NeighbourId, LinkEvent & { kind: 'up' }>();
  #machine: Machine<Input, Event> | undefined;
  #cancelTimer: () => void = () => {};
  #running: Promise<void> | undefined;
  #isClosed = false;
  #wasRebuilt = false;
  /** The seed it was last told to listen under. */
  #listening: Bytes | undefined;
  #hasBegun = false;
  /** The time at the last turn. */
  #turnAtMs = 0;

  constructor(options: HostOptions<Input, Event>) {
    this.#options = options;
  }

  /** Builds the machine, starts the link, and handles the first input before it resolves. */
  async start(): Promise<void> {
    this.#machine = await this.#options.build();
    this.#options.link.start((event) => this.#onLink(event));
    this.input(this.#options.first);
    await this.#running;
  }

  input(input: Input | HostInput): void {
    if (this.#isClosed || this.#machine === undefined) return;
    this.#inbox.push(input);
    this.#running ??= this.#run();
  }

  /** Finishes what is under way, then closes link and store. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#cancelTimer();
    await this.#running;
    await this.#options.link.stop();
    await this.#options.store.close();
  }

  #onLink(event: LinkEvent): void {
    if (event.kind === 'up') this.#linked.set(event.neighbour, event);
    if (event.kind === 'path') {
      const up = this.#linked.get(event.neighbour);
      if (up !== undefined) this.#linked.set(event.neighbour, { ...up, path: event.path });
    }
    if (event.kind === 'down') {
      this.#linked.delete(event.neighbour);
      this.#held.delete(event.neighbour);
    }
    if (event.kind === 'drained' && !this.#sendHeld(event.neighbour)) return;
    if (event.kind === 'frame' && !this.#makeWait(event.neighbour, event.frame.length)) return;
    this.input({ kind: 'link', event });
  }

  /** Answers whether a frame may wait; a neighbour that sends faster than this node can keep is closed. */
  #makeWait(neighbour: NeighbourId, bytes: number): boolean {
    const waiting = (this.#waiting.get(neighbour) ?? 0) + bytes;
    if (waiting > WAITING_BYTES_MAX || this.#waitingOfAll + bytes > WAITING_BYTES_OF_ALL_MAX) {
      this.#options.log.note('closed-too-fast', { bytes: waiting });
      this.#options.link.perform({ kind: 'close', neighbour });
      return false;
    }
    this.#waiting.set(neighbour, waiting);
    this.#waitingOfAll += bytes;
    return true;
  }

  #takeFromInbox(): Input | HostInput {
    const input = this.#inbox.shift() as Input | HostInput;
    const hosted = input as HostInput;
    if (hosted.kind === 'link' && hosted.event.kind === 'frame') {
      const { neighbour, frame } = hosted.event;
      const left = (this.#waiting.get(neighbour) ?? 0) - frame.length;
      if (left > 0) this.#waiting.set(neighbour, left);
      else this.#waiting.delete(neighbour);
      this.#waitingOfAll -= frame.length;
    }
    return input;
  }

  async #run(): Promise<void> {
    // Inputs that arrive together share the first commit, and what answers them leaves together.
    await this.#gathered();
    try {
      while (this.#inbox.length > 0 && this.#machine !== undefined) await this.#turn(this.#machine);
    } catch (error) {
      this.#machine = undefined;
      this.#inbox.length = 0;
      this.#cancelTimer();
      const why = error instanceof Error ? error.message : String(error);
      this.#options.log.note(error instanceof AssertionFailed ? 'stopped-by-assertion' : 'stopped');
      this.#options.onStopped(why);
    } finally {
      // In the same breath as the last look into the inbox: an input that comes a moment later starts the next run.
      this.#running = undefined;
    }
  }

  #gathered(): Promise<void> {
    const { clock } = this.#options;
    return clock.soon === undefined ? Promise.resolve() : new Promise((resolve) => clock.soon?.(resolve));
  }

  async #turn(machine: Machine<Input, Event>): Promise<void> {
    const { clock, store, log } = this.#options;
    const before = this.#turnAtMs;
    this.#turnAtMs = clock.nowMs();
    if (this.#turnAtMs + SET_BACK_MS < before) {
      log.note('clock-set-back', { ms: before - this.#turnAtMs });
      return this.#buildAnew();
    }
    const turn = new Turn(machine);
    const handled: (Input | HostInput)[] = [];
    while (this.#inbox.length > 0 && handled.length < INPUTS_PER_COMMIT_MAX) {
      const input = this.#takeFromInbox();
      handled.push(input);
      const asking = this.#handle(turn, input);
      if (asking !== undefined) await asking;
    }
    for (let wakes = 0; wakes < WAKES_PER_COMMIT_MAX && turn.wakeAtMs !== undefined && turn.wakeAtMs <= clock.nowMs(); wakes++) {
      const asking = this.#handle(turn, { kind: 'wake' });
      if (asking !== undefined) await asking;
    }
    if (turn.writes.length > 0) {
      try {
        await store.commit(turn.writes, this.#options.durability);
      } catch (error) {
        log.note('commit-failed', { writes: turn.writes.length, full: error instanceof StoreFull });
        await this.#rebuild(handled, error instanceof StoreFull ? 'full' : 'failed');
        return;
      }
    }
    this.#hasBegun = true;
    await this.#send(turn.sends);
    for (const command of turn.commands) this.#perform(command);
    if (turn.events.length > 0) this.#options.onEvents(turn.events);
    this.#setTimer(turn.wakeAtMs);
  }

  /** A rebuilt machine asks to listen again; under that key the link already does. */
  #perform(command: LinkCommand): void {
    if (command.kind === 'listen') {
      const wasRebuilt = this.#wasRebuilt;
      this.#wasRebuilt = false;
      if (this.#listening !== undefined && sameBytes(this.#listening, command.seed)) return;
      if (wasRebuilt && this.#listening !== undefined) this.#closeDialable();
      // The link may wipe what it was given.
      this.#listening = copyBytes(command.seed);
    }
    this.#options.link.perform(command);
  }

  /** A promise only when the machine asks for rows: most inputs ask for none. */
  /** A rebuilt machine took another key, as after a clock was set back: it cannot know that those it was told of came up under the one before. */
  #closeDialable(): void {
    for (const [neighbour, up] of this.#linked) if (up.hand === undefined) this.#options.link.perform({ kind: 'close', neighbour });
  }

  #handle(turn: Turn<Input, Event>, input: Input | HostInput): Promise<void> | undefined {
    const nowMs = this.#options.clock.nowMs();
    const needs = turn.begin(input, nowMs);
    return needs === undefined ? undefined : this.#answer(turn, input, nowMs, needs);
  }

  async #answer(turn: Turn<Input, Event>, input: Input | HostInput, nowMs: number, first: readonly RowKey[]): Promise<void> {
    let needs: readonly RowKey[] | undefined = first;
    for (let round = 0; needs !== undefined; round++) {
      Turn.mayAsk(round);
      const missing = turn.missing(needs);
      const found = missing.length > 0 ? await this.#options.store.get(missing) : [];
      turn.give(needs, missing, found);
      needs = turn.resume(input, nowMs);
    }
  }

  /** Nothing of the turn happened. */
  async #rebuild(lost: readonly (Input | HostInput)[], why: 'full' | 'failed'): Promise<void> {
    await this.#buildAnew();
    this.#options.onNotSaved(lost, why);
  }

  /** A new machine reads the store, and learns again who is connected. */
  async #buildAnew(): Promise<void> {
    this.#machine = await this.#options.build();
    this.#wasRebuilt = true;
    this.#held.clear();
    // Whoever came up meanwhile is among those told again: told twice, it would count as its own rival.
    const left = this.#inbox.splice(0).filter((input) => !isUp(input as HostInput));
    this.#inbox.push(this.#hasBegun ? (this.#options.again ?? this.#options.first) : this.#options.first);
    for (const event of this.#linked.values()) this.#inbox.push({ kind: 'link', event });
    for (const input of left) this.#inbox.push(input);
    this.#options.onRebuilt?.();
  }

  #setTimer(atMs: number | undefined): void {
    this.#cancelTimer();
    this.#cancelTimer = atMs === undefined || this.#isClosed ? () => {} : this.#options.clock.at(atMs, () => this.input({ kind: 'wake' }));
  }

  async #send(sends: readonly Send[]): Promise<void> {
    for (let at = 0; at < sends.length; ) {
      const part: Send[] = [];
      for (let rows = 0; at < sends.length && rows < ROWS_PER_READ; at++) {
        const send = sends[at] as Send;
        if ('row' in send) rows++;
        part.push(send);
      }
      await this.#sendPart(part);
    }
  }

  async #sendPart(sends: readonly Send[]): Promise<void> {
    const rows = sends.flatMap((send) => ('row' in send ? [send.row] : []));
    const stored = rows.length > 0 ? await this.#options.store.get(rows) : [];
    let next = 0;
    for (const send of sends) {
      const body = 'row' in send ? stored[next++] : undefined;
      const frame = 'row' in send ? body && concat(send.head, body) : send.frame;
      if (frame !== undefined) this.#sendFrame(send.neighbour, frame);
      else if ('row' in send) this.input({ kind: 'gone', row: send.row });
    }
  }

  #sendFrame(neighbour: NeighbourId, frame: Bytes): void {
    const held = this.#held.get(neighbour);
    if (held === undefined) {
      if (this.#options.link.send(neighbour, frame) === 'full')
        this.#held.set(neighbour, { frames: [frame], bytes: frame.length, hasMissed: false });
    } else if (held.hasMissed) {
      // It is told in one piece what it missed, after what is held has gone.
    } else if (held.bytes + frame.length <= HELD_BYTES_MAX) {
      held.frames.push(frame);
      held.bytes += frame.length;
    } else {
      held.hasMissed = true;
      this.input({ kind: 'full', neighbour });
    }
  }

  /** Answers whether all that was held has gone. */
  #sendHeld(neighbour: NeighbourId): boolean {
    const held = this.#held.get(neighbour);
    for (let frame = held?.frames[0]; held !== undefined && frame !== undefined; frame = held.frames[0]) {
      if (this.#options.link.send(neighbour, frame) === 'full') return false;
      held.frames.shift();
      held.bytes -= frame.length;
    }
    this.#held.delete(neighbour);
    return true;
  }
}

function isUp(input: HostInput): boolean {
  return input.kind === 'link' && input.event.kind === 'up';
}
