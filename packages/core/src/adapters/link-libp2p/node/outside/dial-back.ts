/**
 * AutoNAT, both ends of it: asks a relay whether it can dial this one, and dials who asks. Whoever asks is dialled at the address it was seen to come
 * from and at no other, so nobody is made to dial a third; and the key has to be the same there, or the answer is no. Rule: docs/protocol/link.md §6.
 */
import type { Connection, Stream } from '@libp2p/interface';
import { lpStream } from '@libp2p/utils';
import { multiaddr } from '@multiformats/multiaddr';
import { BoundedMap } from '../../../../kernel/bounded-map.ts';
import { copyBytes, sameBytes } from '../../../../kernel/bytes.ts';
import { isCircuit } from '../../dial-target.ts';
import type { PassiveNode } from '../../passive-node.ts';
import {
  ANSWER_WITHIN_MS,
  DIAL_BACK_AGAIN_MS,
  DIAL_BACK_REMEMBERED_MAX,
  DIAL_BACK_WITHIN_MS,
  DIAL_BACKS_MAX,
  MESSAGE_BYTES_MAX,
} from './limits.ts';
import { AUTONAT, decodeQuestion, decodeVerdict, encodeQuestion, encodeVerdict, type Question, type Verdict } from './messages.ts';
import { type Place, placeOf } from './place.ts';

export interface DialBackServing {
  isOutside(place: Place): boolean;
  nowMs(): number;
  readonly stopping: AbortSignal;
}

/** Answers those who ask. */
export async function serveDialBack({ node, parts }: PassiveNode, { isOutside, nowMs, stopping }: DialBackServing): Promise<void> {
  const dialledAtMs = new BoundedMap<string, number>(DIAL_BACK_REMEMBERED_MAX);
  let underWay = 0;

  /** The place at which whoever asked is dialled, or why it is not. */
  const choose = (question: Question | undefined, connection: Connection): Place | 'refused' | 'wrong' => {
    if (question === undefined || !sameBytes(question.peer, connection.remotePeer.toMultihash().bytes)) return 'wrong';
    const from = isCircuit(connection.remoteAddr) ? undefined : placeOf(connection.remoteAddr);
    const place = question.places.find((one) => one.host === from?.host && isOutside(one));
    if (place === undefined || underWay >= DIAL_BACKS_MAX) return 'refused';
    const lastMs = dialledAtMs.get(place.host);
    const now = nowMs();
    return lastMs !== undefined && now >= lastMs && now - lastMs < DIAL_BACK_AGAIN_MS ? 'refused' : place;
  };

  const dial = async ({ host, port }: Place, { remotePeer }: Connection): Promise<Verdict> => {
    underWay++;
    dialledAtMs.delete(host);
    dialledAtMs.set(host, nowMs());
    try {
      const signal = AbortSignal.any([stopping, AbortSignal.timeout(DIAL_BACK_WITHIN_MS)]);
      const connection = await parts.transportManager.dial(multiaddr(`/ip4/${host}/tcp/${port}/p2p/${remotePeer}`), { signal });
      connection.abort(new Error('dialled back'));
      return 'reached';
    } catch {
      return 'in-vain';
    } finally {
      underWay--;
    }
  };

  const answer = async (stream: Stream, connection: Connection): Promise<void> => {
    const lines = lpStream(stream, { maxDataLength: MESSAGE_BYTES_MAX });
    const signal = AbortSignal.any([stopping, AbortSignal.timeout(ANSWER_WITHIN_MS)]);
    try {
      const chosen = choose(decodeQuestion((await lines.read({ signal })).subarray()), connection);
      const verdict = typeof chosen === 'string' ? chosen : await dial(chosen, connection);
      await lines.write(encodeVerdict(verdict, typeof chosen === 'string' ? undefined : chosen), { signal });
      await stream.close({ signal });
    } catch (error) {
      stream.abort(error instanceof Error ? error : new Error('not answered'));
    }
  };
  await node.handle(AUTONAT, answer, { maxInboundStreams: 1, maxOutboundStreams: 1 });
}

/** Asks at the other end of this connection to be dialled at this place. Throws when it does not speak of such things. */
export async function askDialBack(
  connection: Connection,
  { node }: PassiveNode,
  place: Place,
  stopping: AbortSignal,
): Promise<Verdict | undefined> {
  const signal = AbortSignal.any([stopping, AbortSignal.timeout(ANSWER_WITHIN_MS)]);
  const stream = await connection.newStream(AUTONAT, { signal });
  try {
    const lines = lpStream(stream, { maxDataLength: MESSAGE_BYTES_MAX });
    await lines.write(encodeQuestion({ peer: copyBytes(node.peerId.toMultihash().bytes), places: [place] }), { signal });
    return decodeVerdict((await lines.read({ signal })).subarray());
  } finally {
    stream.abort(new Error('asked'));
  }
}
