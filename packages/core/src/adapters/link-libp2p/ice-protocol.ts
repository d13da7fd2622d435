/**
 * The protocol by which a page learns of the STUN and TURN server beside a relay: it opens a stream, the relay writes one answer and closes.
 * Decides neither who may have one nor what is done with it. Rule: docs/protocol/link.md §5.
 */
import type { Connection, Stream } from '@libp2p/interface';
import { type Bytes, concat, EMPTY } from '../../kernel/bytes.ts';
import { Writer } from '../../kernel/codec.ts';
import { decodeIceOffer, encodeIceOffer, ICE_OFFER_BYTES_MAX, type IceOffer } from './ice-offer.ts';
import type { PassiveNode } from './passive-node.ts';

export const ICE_PROTOCOL = '/kith/ice/1.0.0';

/** One connection is answered once in this long. */
const AGAIN_AFTER_MS = 5_000;
/** All of them together, in a second: making credentials costs next to nothing, and nobody shall make it cost more. */
const ANSWERS_A_SECOND_MAX = 50;
const LENGTH_BYTES = 2;
const CLOSE_WITHIN_MS = 5_000;

export interface IceServing {
  /** What there is to tell this peer (its id, as libp2p writes it) now. */
  offer(peer: string): IceOffer | undefined;
  mayAsk(connection: Connection): boolean;
  nowMs(): number;
}

/** Answers those who ask. Who may not ask, or asks too often, has the stream reset. */
export async function serveIce({ node }: PassiveNode, serving: IceServing): Promise<void> {
  const answeredAtMs = new WeakMap<Connection, number>();
  let second = 0;
  let answers = 0;
  const isAllowed = (connection: Connection): boolean => {
    const nowMs = serving.nowMs();
    const lastMs = answeredAtMs.get(connection);
    if (!serving.mayAsk(connection) || (lastMs !== undefined && nowMs - lastMs < AGAIN_AFTER_MS && nowMs >= lastMs)) return false;
    const thisSecond = Math.floor(nowMs / 1_000);
    if (thisSecond !== second) [second, answers] = [thisSecond, 0];
    if (answers >= ANSWERS_A_SECOND_MAX) return false;
    answers++;
    answeredAtMs.set(connection, nowMs);
    return true;
  };
  const answer = (stream: Stream, connection: Connection): void => {
    if (!isAllowed(connection)) return stream.abort(new Error('not now'));
    const offer = serving.offer(connection.remotePeer.toString());
    stream.send(new Writer().bytes16(offer === undefined ? EMPTY : encodeIceOffer(offer)).finish());
    void stream.close({ signal: AbortSignal.timeout(CLOSE_WITHIN_MS) }).catch((error: Error) => stream.abort(error));
  };
  await node.handle(ICE_PROTOCOL, answer, { maxInboundStreams: 1, maxOutboundStreams: 1 });
}

/** Asks at the other end of this connection. Throws when it does not speak of such things, refuses, or says too much. */
export async function askIce(connection: Connection, signal: AbortSignal): Promise<IceOffer | undefined> {
  const stream = await connection.newStream(ICE_PROTOCOL, { signal });
  try {
    return decodeIceOffer(await readAnswer(stream, signal));
  } finally {
    stream.abort(new Error('answered'));
  }
}

/** Ends with the last byte that was announced: libp2p may tell that the other side has closed before it hands over what came before. */
function readAnswer(stream: Stream, signal: AbortSignal): Promise<Bytes> {
  return new Promise((resolve, reject) => {
    let heard: Bytes = EMPTY;
    const giveUp = (): void => reject(new Error('no answer'));
    stream.addEventListener('message', ({ data }) => {
      if (heard.length > LENGTH_BYTES + ICE_OFFER_BYTES_MAX) return giveUp();
      heard = concat(heard, data instanceof Uint8Array ? data : data.subarray());
      if (heard.length < LENGTH_BYTES) return;
      const length = new DataView(heard.buffer).getUint16(0);
      if (length > ICE_OFFER_BYTES_MAX) return giveUp();
      if (heard.length >= LENGTH_BYTES + length) resolve(heard.slice(LENGTH_BYTES, LENGTH_BYTES + length));
    });
    stream.addEventListener('close', giveUp);
    signal.addEventListener('abort', giveUp);
    if (stream.status !== 'open') giveUp(); // a refusal can be here before anybody listens
  });
}
