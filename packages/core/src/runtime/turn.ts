/**
 * One group commit in the making: inputs are handled one after the other, what they ask for is collected, and rows that are not held
 * are read through what is already pending. Shared by the host and by the simulator, which performs a turn without promises.
 */
import { assert } from '../kernel/assert.ts';
import type { Bytes } from '../kernel/bytes.ts';
import {
  type HostInput,
  type LinkCommand,
  type Machine,
  NEEDS_ROUNDS_MAX,
  type RowKey,
  rowName,
  type Send,
  type Write,
} from '../node/machine.ts';

export class Turn<Input, Event> {
  readonly #machine: Machine<Input, Event>;
  /** The first `#indexed` of `writes`, by name: made only when a machine asks for rows, which a relay never does. */
  readonly #pending: Map<string, Bytes | undefined> = new Map<string, Bytes | undefined>();
  #indexed = 0;
  /** What the input at hand was given so far. */
  readonly #rows: Map<string, Bytes | undefined> = new Map<string, Bytes | undefined>();
  readonly writes: Write[] = [];
  readonly sends: Send[] = [];
  readonly commands: LinkCommand[] = [];
  readonly events: Event[] = [];
  wakeAtMs: number | undefined;

  constructor(machine: Machine<Input, Event>) {
    this.#machine = machine;
  }

  /** Handles an input; answers the rows it needs, to be given before `resume`, or `undefined` when it is done. */
  begin(input: Input | HostInput, nowMs: number): readonly RowKey[] | undefined {
    this.#rows.clear();
    return this.resume(input, nowMs);
  }

  /** Goes on with an input whose rows were given. */
  resume(input: Input | HostInput, nowMs: number): readonly RowKey[] | undefined {
    const step = this.#machine.handle(input, this.#rows, nowMs);
    if (step.kind === 'needs') return step.keys;
    const { outcome } = step;
    // One by one: an outcome may hold more than a call takes arguments.
    for (const write of outcome.writes) this.writes.push(write);
    for (const send of outcome.sends) this.sends.push(send);
    for (const command of outcome.commands) this.commands.push(command);
    for (const event of outcome.events) this.events.push(event);
    this.wakeAtMs = outcome.wakeAtMs;
    return undefined;
  }

  /** Those of `keys` that only the store can answer; the others stand among the pending writes. */
  missing(keys: readonly RowKey[]): readonly RowKey[] {
    for (const write of this.writes.slice(this.#indexed)) this.#pending.set(rowName(write), write.value);
    this.#indexed = this.writes.length;
    return keys.filter((key) => !this.#pending.has(rowName(key)));
  }

  /** Adds rows to those the input was given before; `found` answers `missing` in order. */
  give(keys: readonly RowKey[], missing: readonly RowKey[], found: readonly (Bytes | undefined)[]): void {
    for (const [at, key] of missing.entries()) this.#rows.set(rowName(key), found[at]);
    for (const key of keys) if (!this.#rows.has(rowName(key))) this.#rows.set(rowName(key), this.#pending.get(rowName(key)));
  }

  /** The rule on rounds, for whoever drives. */
  static mayAsk(round: number): void {
    assert(round < NEEDS_ROUNDS_MAX, 'a machine asks for rows at most three times');
  }
}
