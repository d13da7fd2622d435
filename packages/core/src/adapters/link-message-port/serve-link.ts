/**
 * Drives a real link for a node across a message port; the other half is `LinkPortClient`. Frames are transferred, not copied.
 * Towards the node a neighbour has credit and a bounded backlog; a neighbour that overruns both is closed, because a link
 * cannot ask it to pause and memory is not for strangers to fill. What was lost with it is offered again at the next meeting.
 */
import { assertNever } from '../../kernel/assert.ts';
import { type Bytes, copyBytes } from '../../kernel/bytes.ts';
import type { LinkEvent, NeighbourId } from '../../node/machine.ts';
import type { Link } from '../../ports/link.ts';
import { CREDIT_BYTES, CREDIT_FRAMES, type LinkPort, readToLink, type ToNode } from './messages.ts';

/** Frames of one neighbour that may wait in the page for a busy node. Chosen: two seconds of the fastest path measured in a browser. */
const BACKLOG_BYTES = 16_777_216;
/** Small frames cost more than their bytes. */
const BACKLOG_FRAMES = 65_536;

interface Lane {
  /** To the node: posted and not yet taken. */
  framesOut: number;
  bytesOut: number;
  readonly backlog: Bytes[];
  backlogBytes: number;
  /** To the neighbour: taken from the port, and the link was full. Bounded by the client's credit. */
  readonly waiting: Bytes[];
}

/** Starts the link and serves it until the node stops it; returns a way to stop it from this side. */
export function serveLink(link: Link, port: LinkPort): () => Promise<void> {
  const lanes = new Map<NeighbourId, Lane>();
  let stopped: Promise<void> | undefined;

  const post = (message: ToNode, transfer: ArrayBuffer[] = []): void => port.postMessage(message, transfer);

  const postFrame = (neighbour: NeighbourId, lane: Lane, frame: Bytes): void => {
    const whole = frame.byteLength === frame.buffer.byteLength ? frame : copyBytes(frame);
    lane.framesOut++;
    lane.bytesOut += whole.length;
    post({ kind: 'event', event: { kind: 'frame', neighbour, frame: whole } }, [whole.buffer]);
  };

  const hasCredit = (lane: Lane): boolean => lane.framesOut < CREDIT_FRAMES && lane.bytesOut < CREDIT_BYTES;

  const onFrame = (neighbour: NeighbourId, frame: Bytes): void => {
    const lane = lanes.get(neighbour);
    if (lane === undefined) return;
    if (lane.backlog.length === 0 && hasCredit(lane)) return postFrame(neighbour, lane, frame);
    lane.backlog.push(frame);
    lane.backlogBytes += frame.length;
    if (lane.backlogBytes > BACKLOG_BYTES || lane.backlog.length > BACKLOG_FRAMES) {
      lane.backlog.length = 0;
      lanes.delete(neighbour);
      link.perform({ kind: 'close', neighbour });
    }
  };

  const onCredit = (neighbour: NeighbourId, frames: number, bytes: number): void => {
    const lane = lanes.get(neighbour);
    if (lane === undefined) return;
    lane.framesOut = Math.max(0, lane.framesOut - frames);
    lane.bytesOut = Math.max(0, lane.bytesOut - bytes);
    let next = 0;
    for (; next < lane.backlog.length && hasCredit(lane); next++) {
      const frame = lane.backlog[next] as Bytes;
      lane.backlogBytes -= frame.length;
      postFrame(neighbour, lane, frame);
    }
    lane.backlog.splice(0, next);
  };

  /** Gives the link what waits, and the client its credit back. */
  const pour = (neighbour: NeighbourId, lane: Lane): void => {
    let frames = 0;
    let bytes = 0;
    for (const frame of lane.waiting) {
      if (link.send(neighbour, frame) === 'full') break;
      frames++;
      bytes += frame.length;
    }
    lane.waiting.splice(0, frames);
    if (frames > 0) post({ kind: 'credit', neighbour, frames, bytes });
  };

  const onEvent = (event: LinkEvent): void => {
    switch (event.kind) {
      case 'frame':
        onFrame(event.neighbour, event.frame);
        break;
      case 'drained': {
        const lane = lanes.get(event.neighbour);
        if (lane !== undefined) pour(event.neighbour, lane);
        break;
      }
      case 'up':
        lanes.set(event.neighbour, { framesOut: 0, bytesOut: 0, backlog: [], backlogBytes: 0, waiting: [] });
        post({ kind: 'event', event });
        break;
      case 'down': {
        // what arrived before the end is still told before it; credit no longer matters
        const lane = lanes.get(event.neighbour);
        if (lane !== undefined) for (const frame of lane.backlog) postFrame(event.neighbour, lane, frame);
        lanes.delete(event.neighbour);
        post({ kind: 'event', event });
        break;
      }
      case 'path':
      case 'dial-failed':
      case 'addresses':
      case 'found':
      case 'hand-code':
      case 'hand-failed':
      case 'hand-certificate':
        post({ kind: 'event', event });
        break;
      default:
        assertNever(event);
    }
  };

  const onMessage = ({ data }: { readonly data: unknown }): void => {
    const message = readToLink(data);
    if (message === undefined || stopped !== undefined) return;
    switch (message.kind) {
      case 'command':
        link.perform(message.command);
        break;
      case 'send': {
        const lane = lanes.get(message.neighbour);
        if (lane === undefined) return;
        lane.waiting.push(message.frame);
        if (lane.waiting.length === 1) pour(message.neighbour, lane);
        break;
      }
      case 'credit':
        onCredit(message.neighbour, message.frames, message.bytes);
        break;
      case 'stop':
        void stop();
        break;
      default:
        assertNever(message);
    }
  };

  const stop = (): Promise<void> => {
    stopped ??= link.stop().then(() => {
      port.removeEventListener('message', onMessage);
      post({ kind: 'stopped' });
    });
    return stopped;
  };

  link.start(onEvent);
  port.addEventListener('message', onMessage);
  port.start?.();
  return stop;
}
