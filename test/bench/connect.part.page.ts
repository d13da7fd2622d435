/**
 * The page of `bench -- connect`: a whole messenger in one page, and a bare RTCDataChannel beside it that answers what it is sent. What stands after the #
 * names its store; with `,plain` behind it the page has no WebRTC for its messenger, with `,turn:…` no other way than that server. Measures by the page's
 * own clock; decides nothing.
 */
// Before all that takes the connection's constructor for its own.
import './connect.part.only-turn.ts';
import { createMessenger, type Message, type Messenger, type MessengerEvent, type RelayInfo } from '@kith/core';
import { createBrowserLink } from '@kith/core/adapters/link-libp2p/browser';
import { openIndexedDbStore } from '@kith/core/adapters/store-indexeddb';
import { systemClock, systemEntropy } from '@kith/core/adapters/system';
import type { NeighbourId } from '../../packages/core/src/node/machine.ts';
import type { Link } from '../../packages/core/src/ports/link.ts';

/** A text of 100 bytes begins with one of these: the first is answered by the second. */
const ASK = 'ask ';
const ANSWER = 'ans ';
const TEXT_BYTES = 100;

const [store = 'connect', manner] = location.hash.slice(1).split(',');

/** The first bytes of a frame of ours, which the messenger does not see: to be answered, or an answer. No frame of gossip begins so. */
const [FRAME_ASK, FRAME_ANSWER] = [250, 251];

const link = createBrowserLink({ webrtc: manner !== 'plain', certificatesName: `${store}-certificates` });
/** Neighbours to whom there is a connection without the house's relay in it. */
const direct = new Set<NeighbourId>();
let onFrameAnswer: () => void = () => {};

/** The link, and frames of ours beside those of the messenger. */
const shared: Link = {
  ...link,
  start: (listener) =>
    link.start((event) => {
      if (event.kind === 'up' && event.path !== 'relay') direct.add(event.neighbour);
      if (event.kind === 'down') direct.delete(event.neighbour);
      const first = event.kind === 'frame' ? event.frame[0] : undefined;
      if (event.kind !== 'frame' || (first !== FRAME_ASK && first !== FRAME_ANSWER)) listener(event);
      else if (first === FRAME_ASK) link.send(event.neighbour, new Uint8Array(TEXT_BYTES).fill(FRAME_ANSWER));
      else onFrameAnswer();
    }),
};

async function openMessenger(): Promise<Messenger> {
  return createMessenger({
    link: shared,
    store: await openIndexedDbStore(store),
    clock: systemClock(),
    entropy: systemEntropy(),
  });
}

const opening = openMessenger();
const heard = new Map<string, number>();
const waiting = new Map<string, (atMs: number) => void>();
let bare: RTCPeerConnection | undefined;
let channel: RTCDataChannel | undefined;
let onAnswer: () => void = () => {};

function hear(messenger: Messenger, message: Message): void {
  const atMs = performance.timeOrigin + performance.now();
  heard.set(message.text, atMs);
  waiting.get(message.text)?.(atMs);
  if (message.text.startsWith(ASK)) void messenger.send(message.conversation, ANSWER + message.text.slice(ASK.length));
}

function whenHeard(text: string): Promise<number> {
  const atMs = heard.get(text);
  if (atMs !== undefined) return Promise.resolve(atMs);
  return new Promise((resolve) => waiting.set(text, resolve));
}

function textOf(count: number): string {
  return `${count} `.padEnd(TEXT_BYTES - ASK.length, 'x');
}

function use(opened: RTCDataChannel): void {
  channel = opened;
  channel.onmessage = ({ data }: MessageEvent<string>) => {
    if (data.startsWith(ASK)) opened.send(ANSWER + data.slice(ASK.length));
    else onAnswer();
  };
}

/** With every address found: a bare connection, as a page that makes one by hand would have it. */
async function described(connection: RTCPeerConnection): Promise<string> {
  if (connection.iceGatheringState !== 'complete')
    await new Promise<void>((resolve) => {
      connection.onicegatheringstatechange = () => {
        if (connection.iceGatheringState === 'complete') resolve();
      };
    });
  return JSON.stringify(connection.localDescription);
}

async function trips(count: number, ask: (text: string) => Promise<unknown>): Promise<number[]> {
  const times: number[] = [];
  for (let i = 0; i < count; i++) {
    const beganMs = performance.now();
    await ask(textOf(i + 1_000_000 + Math.floor(beganMs * 1000)));
    times.push(performance.now() - beganMs);
  }
  return times;
}

const connectPage = {
  openedAtMs: (): number => performance.timeOrigin,
  async ready(): Promise<true> {
    const messenger = await opening;
    messenger.subscribe((event: MessengerEvent) => {
      if (event.kind === 'message-changed' && event.isNew && !event.message.mine) hear(messenger, event.message);
    });
    return true;
  },
  /** Any method of the messenger that takes and gives plain data. */
  async do(
    method: 'begin' | 'invite' | 'accept' | 'send' | 'meetAgain' | 'introduce' | 'answerIntroduction' | 'overview',
    ...args: readonly unknown[]
  ) {
    const messenger = await opening;
    return (messenger[method] as (...given: readonly unknown[]) => Promise<unknown>).apply(messenger, [...args]);
  },
  useRelay: async (relay: RelayInfo): Promise<void> => (await opening).useRelay(relay),
  whenHeard,
  trips: async (account: string, count: number): Promise<number[]> => {
    const messenger = await opening;
    return trips(count, async (text) => {
      await messenger.send(account as Parameters<Messenger['send']>[0], ASK + text);
      await whenHeard(ANSWER + text);
    });
  },
  frameTrips: (count: number): Promise<number[]> =>
    trips(
      count,
      () =>
        new Promise<void>((resolve) => {
          onFrameAnswer = resolve;
          for (const neighbour of [...direct].slice(0, 1)) link.send(neighbour, new Uint8Array(TEXT_BYTES).fill(FRAME_ASK));
        }),
    ),
  async bareOffer(): Promise<string> {
    bare = new RTCPeerConnection();
    use(bare.createDataChannel('bare'));
    await bare.setLocalDescription();
    return described(bare);
  },
  async bareAnswer(offer: string): Promise<string> {
    bare = new RTCPeerConnection();
    bare.ondatachannel = (event) => use(event.channel);
    await bare.setRemoteDescription(JSON.parse(offer) as RTCSessionDescriptionInit);
    await bare.setLocalDescription();
    return described(bare);
  },
  async bareAccept(answer: string): Promise<void> {
    await bare?.setRemoteDescription(JSON.parse(answer) as RTCSessionDescriptionInit);
  },
  isBareOpen: (): boolean => channel?.readyState === 'open',
  bareTrips: (count: number): Promise<number[]> =>
    trips(
      count,
      (text) =>
        new Promise<void>((resolve) => {
          onAnswer = resolve;
          channel?.send(ASK + text);
        }),
    ),
};

export type ConnectPage = typeof connectPage;
Object.assign(globalThis, { connectPage });
