/**
 * A link whose far side is across a message port: the node in its worker holds this one, the page drives the real one with
 * `serveLink`. Bounded by credit: what was posted and not yet taken by the real link never exceeds the credit of its neighbour.
 */
import { assert, assertNever } from '../../kernel/assert.ts';
import { type Bytes, copyBytes } from '../../kernel/bytes.ts';
import type { LinkCommand, LinkEvent, NeighbourId } from '../../node/machine.ts';
import type { Link } from '../../ports/link.ts';
import { CREDIT_BYTES, CREDIT_FRAMES, type LinkPort, readToNode, type ToLink } from './messages.ts';

/** What is under way to one neighbour. */
interface Outgoing {
  frames: number;
  bytes: number;
  wantsDrained: boolean;
  readonly frameBytesMax: number;
}

/** Frames taken from a neighbour and not yet told to the page; told in lots, so that a frame does not cost a message back. */
interface Taken {
  frames: number;
  bytes: number;
}

export class LinkPortClient implements Link {
  readonly #port: LinkPort;
  readonly #outgoing: Map<NeighbourId, Outgoing> = new Map();
  readonly #taken: Map<NeighbourId, Taken> = new Map();
  readonly #onMessage = (event: { readonly data: unknown }): void => this.#receive(event.data);
  #listener: ((event: LinkEvent) => void) | undefined;
  #stopped: Promise<void> | undefined;
  #onStopped: () => void = () => {};

  constructor(port: LinkPort) {
    this.#port = port;
  }

  start(listener: (event: LinkEvent) => void): void {
    assert(this.#listener === undefined, 'a link is started once');
    this.#listener = listener;
    this.#port.addEventListener('message', this.#onMessage);
    this.#port.start?.();
  }

  perform(command: LinkCommand): void {
    assert(this.#listener !== undefined, 'a link is started before its first command');
    if (this.#stopped === undefined) this.#post({ kind: 'command', command }, []);
  }

  /** Copies the frame once, because the caller may send it to others too; the copy is transferred. */
  send(neighbour: NeighbourId, frame: Bytes): 'queued' | 'full' | 'gone' {
    const outgoing = this.#outgoing.get(neighbour);
    if (outgoing === undefined || this.#stopped !== undefined) return 'gone';
    assert(frame.length >= 1 && frame.length <= outgoing.frameBytesMax, 'a frame has 1 to frameBytesMax bytes');
    if (outgoing.frames >= CREDIT_FRAMES || (outgoing.frames > 0 && outgoing.bytes + frame.length > CREDIT_BYTES)) {
      outgoing.wantsDrained = true;
      return 'full';
    }
    outgoing.frames++;
    outgoing.bytes += frame.length;
    const copy = copyBytes(frame);
    this.#post({ kind: 'send', neighbour, frame: copy }, [copy.buffer]);
    return 'queued';
  }

  /** Resolves when the real link has stopped, or at once if the page never served it. */
  stop(): Promise<void> {
    if (this.#stopped !== undefined) return this.#stopped;
    this.#outgoing.clear();
    this.#stopped =
      this.#listener === undefined
        ? Promise.resolve()
        : new Promise((resolve) => {
            this.#onStopped = resolve;
            this.#post({ kind: 'stop' }, []);
          });
    return this.#stopped;
  }

  #post(message: ToLink, transfer: ArrayBuffer[]): void {
    this.#port.postMessage(message, transfer);
  }

  #receive(data: unknown): void {
    const message = readToNode(data);
    if (message === undefined) return;
    switch (message.kind) {
      case 'stopped':
        if (this.#stopped === undefined) return;
        this.#port.removeEventListener('message', this.#onMessage);
        this.#onStopped();
        break;
      case 'credit':
        this.#returnCredit(message.neighbour, message.frames, message.bytes);
        break;
      case 'event':
        this.#track(message.event);
        this.#tell(message.event);
        break;
      default:
        assertNever(message);
    }
  }

  #tell(event: LinkEvent): void {
    if (this.#stopped === undefined) this.#listener?.(event);
  }

  #track(event: LinkEvent): void {
    if (event.kind === 'up') {
      this.#outgoing.set(event.neighbour, { frames: 0, bytes: 0, wantsDrained: false, frameBytesMax: event.frameBytesMax });
      this.#taken.set(event.neighbour, { frames: 0, bytes: 0 });
    } else if (event.kind === 'down') {
      this.#outgoing.delete(event.neighbour);
      this.#taken.delete(event.neighbour);
    } else if (event.kind === 'frame') {
      const taken = this.#taken.get(event.neighbour);
      if (taken === undefined) return;
      taken.frames++;
      taken.bytes += event.frame.length;
      if (taken.frames * 4 < CREDIT_FRAMES && taken.bytes * 4 < CREDIT_BYTES) return;
      this.#post({ kind: 'credit', neighbour: event.neighbour, frames: taken.frames, bytes: taken.bytes }, []);
      taken.frames = 0;
      taken.bytes = 0;
    }
  }

  #returnCredit(neighbour: NeighbourId, frames: number, bytes: number): void {
    const outgoing = this.#outgoing.get(neighbour);
    if (outgoing === undefined) return;
    outgoing.frames = Math.max(0, outgoing.frames - frames);
    outgoing.bytes = Math.max(0, outgoing.bytes - bytes);
    const isHalfFree = outgoing.frames * 2 <= CREDIT_FRAMES && outgoing.bytes * 2 <= CREDIT_BYTES;
    if (!outgoing.wantsDrained || !isHalfFree) return;
    outgoing.wantsDrained = false;
    this.#tell({ kind: 'drained', neighbour });
  }
}
