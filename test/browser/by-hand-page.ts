/**
 * The page of the stories about connections made by hand: a browser link and all it told, where the story can reach them, and the exam of such links between
 * two in this one page. Its seed stands after the # in hexadecimal.
 */
import { type BrowserLink, createBrowserLink } from '@kith/core/adapters/link-libp2p/browser';
import { type ExamNode, type ExamPair, handExam } from '@kith/core/testing';
import { transportKeyOfSeed } from '../../packages/core/src/adapters/link-libp2p/transport-identity.ts';
import { type Bytes, fromHex, toHex } from '../../packages/core/src/kernel/bytes.ts';
import { type LinkEvent, neighbourId, transportKey } from '../../packages/core/src/node/machine.ts';

/** What the story may do in the page; byte strings cross in hexadecimal. */
export interface ByHandPage {
  /** All that the link told, with byte strings in hexadecimal. */
  told(): readonly PlainEvent[];
  offer(hand: number, codeBytesMax?: number): void;
  answer(hand: number, offer: string, expectedKey: string, codeBytesMax?: number): void;
  accept(hand: number, answer: string, expectedKey: string): void;
  again(hand: number, how: PageAgain): void;
  drop(hand: number): void;
  certify(name: string): void;
  send(neighbour: number, bytes: readonly number[]): string;
  close(neighbour: number): void;
  /** What did not hold, a line each. */
  examine(): Promise<readonly string[]>;
}

/** An event as it leaves the page. */
export interface PlainEvent {
  readonly kind: LinkEvent['kind'];
  readonly [field: string]: string | number | boolean | readonly string[] | undefined;
}

export interface PageAgain {
  readonly secret: string;
  readonly certificate: string;
  readonly peerFingerprint: string;
  readonly shown?: string;
  readonly expectedKey?: string;
}

function bytes(hex: string): Bytes {
  const read = fromHex(hex);
  if (read === undefined) throw new Error('the story writes byte strings in hexadecimal');
  return read;
}

const link: BrowserLink = createBrowserLink({ certificatesName: 'by-hand-story' });
const events: LinkEvent[] = [];
link.start((event) => events.push(event));
link.perform({ kind: 'listen', seed: bytes(location.hash.slice(1)) });

async function examNode(): Promise<ExamNode> {
  const seed = crypto.getRandomValues(new Uint8Array(32));
  const key = await transportKeyOfSeed(seed);
  return { link: createBrowserLink({ certificatesName: 'by-hand-exam' }), seed, key };
}

const page: ByHandPage = {
  told: () => JSON.parse(JSON.stringify(events, (_, value: unknown) => (value instanceof Uint8Array ? toHex(value) : value))),
  offer: (hand, codeBytesMax = 80) => link.perform({ kind: 'hand-offer', hand, codeBytesMax }),
  answer: (hand, offer, expectedKey, codeBytesMax = 80) =>
    link.perform({ kind: 'hand-answer', hand, offer: bytes(offer), expectedKey: transportKey(expectedKey), codeBytesMax }),
  accept: (hand, answer, expectedKey) =>
    link.perform({ kind: 'hand-accept', hand, answer: bytes(answer), expectedKey: transportKey(expectedKey) }),
  again: (hand, { secret, certificate, peerFingerprint, shown, expectedKey }) =>
    link.perform({
      kind: 'hand-again',
      hand,
      secret: bytes(secret),
      certificate,
      peerFingerprint: bytes(peerFingerprint),
      ...(shown === undefined ? {} : { shown: bytes(shown) }),
      ...(expectedKey === undefined ? {} : { expectedKey: transportKey(expectedKey) }),
    }),
  drop: (hand) => link.perform({ kind: 'hand-drop', hand }),
  certify: (name) => link.perform({ kind: 'hand-certify', name }),
  send: (neighbour, frame) => link.send(neighbourId(neighbour), Uint8Array.from(frame)),
  close: (neighbour) => link.perform({ kind: 'close', neighbour: neighbourId(neighbour) }),
  examine: async () => {
    const failed: string[] = [];
    const open = async (): Promise<ExamPair> => {
      const [dialler, listener] = await Promise.all([examNode(), examNode()]);
      return { dialler, listener, address: async () => '', nowhere: '', close: async () => {} };
    };
    for (const { name, run } of handExam({ open })) {
      try {
        await run();
      } catch (error) {
        failed.push(`${name}: ${error instanceof Error ? error.message : error}`);
      }
    }
    return failed;
  },
};

Object.assign(globalThis, { byHand: page });
