/** One side of the link exam: it listens to a link, keeps every event, and lets a case wait for the one it needs. */
import { AssertionFailed, assert } from '../kernel/assert.ts';
import type { Bytes } from '../kernel/bytes.ts';
import type { Link, LinkEvent, NeighbourId } from '../ports/link.ts';

export type UpEvent = Extract<LinkEvent, { kind: 'up' }>;
export type DialFailedEvent = Extract<LinkEvent, { kind: 'dial-failed' }>;
export type HandFailedEvent = Extract<LinkEvent, { kind: 'hand-failed' }>;
type HandCodeEvent = Extract<LinkEvent, { kind: 'hand-code' }>;

export class ExamSide {
  readonly link: Link;
  readonly events: LinkEvent[] = [];
  readonly #patienceMs: number;
  readonly #waiters: Set<() => void> = new Set();

  /** Starts the link. */
  constructor(link: Link, patienceMs: number) {
    this.link = link;
    this.#patienceMs = patienceMs;
    link.start((event) => {
      this.events.push(event);
      for (const waiter of [...this.#waiters]) waiter();
    });
  }

  ups(): UpEvent[] {
    return this.events.filter((event) => event.kind === 'up');
  }

  countUps(): number {
    return this.ups().length;
  }

  countDown(neighbour: NeighbourId): number {
    return this.events.filter((event) => event.kind === 'down' && event.neighbour === neighbour).length;
  }

  countFrames(neighbour: NeighbourId): number {
    return this.#framesOf(neighbour).length;
  }

  framesFromOthers(neighbour: NeighbourId): number {
    return this.events.filter((event) => event.kind === 'frame' && event.neighbour !== neighbour).length;
  }

  upNumber(at: number): Promise<UpEvent> {
    return this.#until(`neighbour number ${at} comes up`, () => this.ups()[at]);
  }

  /** The neighbour that the newest dial of this id made; a failed dial ends the case. */
  upOfDial(dial: number): Promise<UpEvent> {
    return this.#until(`dial ${dial} comes up`, () => {
      const failed = this.events.find((event) => event.kind === 'dial-failed' && event.dial === dial) as DialFailedEvent | undefined;
      assert(failed === undefined, `dial ${dial} failed: ${failed?.reason}`);
      return this.ups().findLast((up) => up.dial === dial && this.countDown(up.neighbour) === 0);
    });
  }

  dialFailed(dial: number): Promise<DialFailedEvent> {
    return this.#until(`dial ${dial} fails`, () =>
      this.events.find((event): event is DialFailedEvent => event.kind === 'dial-failed' && event.dial === dial),
    );
  }

  upOfHand(hand: number): Promise<UpEvent> {
    return this.#until(`hand ${hand} comes up`, () => {
      const failed = this.#handFailure(hand);
      assert(failed === undefined, `hand ${hand} failed: ${failed?.reason}`);
      return this.ups().find((up) => up.hand === hand);
    });
  }

  /** The code that an attempt by hand is answered with; a failed attempt ends the case. */
  handCode(hand: number): Promise<Bytes> {
    return this.#until(`hand ${hand} has a code`, () => {
      const failed = this.#handFailure(hand);
      assert(failed === undefined, `hand ${hand} failed: ${failed?.reason}`);
      return this.events.find((event): event is HandCodeEvent => event.kind === 'hand-code' && event.hand === hand)?.code;
    });
  }

  handFailed(hand: number): Promise<HandFailedEvent> {
    return this.#until(`hand ${hand} fails`, () => this.#handFailure(hand));
  }

  #handFailure(hand: number): HandFailedEvent | undefined {
    return this.events.find((event): event is HandFailedEvent => event.kind === 'hand-failed' && event.hand === hand);
  }

  async down(neighbour: NeighbourId): Promise<void> {
    await this.#until(`neighbour ${neighbour} goes down`, () => (this.countDown(neighbour) > 0 ? true : undefined));
  }

  /** Waits for the `times`-th `drained` of a neighbour. */
  async drained(neighbour: NeighbourId, times: number): Promise<void> {
    await this.#until(`drained number ${times}`, () => {
      const count = this.events.filter((event) => event.kind === 'drained' && event.neighbour === neighbour).length;
      return count >= times ? true : undefined;
    });
  }

  /** The first `count` frames from a neighbour. */
  frames(neighbour: NeighbourId, count: number): Promise<readonly Bytes[]> {
    return this.#until(`${count} frames from neighbour ${neighbour}`, () => {
      const frames = this.#framesOf(neighbour);
      return frames.length >= count ? frames : undefined;
    });
  }

  /** Sends every frame, waiting for room where there is none. */
  async sendAll(neighbour: NeighbourId, frames: readonly Bytes[]): Promise<void> {
    for (const frame of frames) {
      for (;;) {
        const before = this.events.length;
        const answer = this.link.send(neighbour, frame);
        assert(answer !== 'gone', 'the neighbour is there while frames are sent');
        if (answer === 'queued') break;
        await this.#until('room to send', () =>
          this.events.slice(before).some((event) => event.kind === 'drained' && event.neighbour === neighbour) ? true : undefined,
        );
      }
    }
  }

  /** Waits until the events told so far hold what `look` looks for. */
  event<Value>(claim: string, look: (events: readonly LinkEvent[]) => Value | undefined): Promise<Value> {
    return this.#until(claim, () => look(this.events));
  }

  #framesOf(neighbour: NeighbourId): Bytes[] {
    const frames: Bytes[] = [];
    for (const event of this.events) if (event.kind === 'frame' && event.neighbour === neighbour) frames.push(event.frame);
    return frames;
  }

  #until<Value>(claim: string, look: () => Value | undefined): Promise<Value> {
    return new Promise((resolve, reject) => {
      const done = (): void => {
        clearTimeout(patience);
        this.#waiters.delete(again);
      };
      const again = (): void => {
        try {
          const value = look();
          if (value === undefined) return;
          done();
          resolve(value);
        } catch (error) {
          done();
          reject(error);
        }
      };
      const patience = setTimeout(() => {
        done();
        reject(new AssertionFailed(`${claim}, within ${this.#patienceMs} ms; events so far: ${this.#story()}`));
      }, this.#patienceMs);
      this.#waiters.add(again);
      again();
    });
  }

  #story(): string {
    const words = this.events.slice(-20).map((event) => {
      if (event.kind === 'frame') return `frame(${event.frame.length})`;
      if (event.kind === 'dial-failed' || event.kind === 'hand-failed') return `${event.kind}(${event.reason})`;
      return event.kind;
    });
    return words.join(' ') || 'none';
  }
}
