/**
 * The `Messenger` across a message port: numbered calls one way, answers and events the other. The node's side is
 * `serveMessenger`, the view's side `connectMessenger`. Both ignore or refuse what they do not understand; neither ever throws for
 * what came through the port. A method of `Messenger` that is missing here does not compile.
 */
import type { Bytes } from '../kernel/bytes.ts';
import type { BackupSecret, Messenger, MessengerEvent } from './messenger.ts';

/** An event as every platform makes them; only those of `message` have data. */
export interface PortEvent {
  readonly type: string;
  readonly data?: unknown;
}

/** What a MessagePort of a browser or of Node, a Worker, and the global scope of a worker have in common. */
export interface MessengerPort {
  postMessage(message: unknown): void;
  addEventListener(type: 'message' | 'close', listener: (event: PortEvent) => void): void;
  removeEventListener(type: 'message' | 'close', listener: (event: PortEvent) => void): void;
  /** Ports hold messages back until this. */
  start?(): void;
}

/** The one who calls may close the port behind the last answer. */
export interface ClosablePort extends MessengerPort {
  close?(): void;
}

/** Everything that is asked and answered; `subscribe` is not, because its events come by themselves. */
type CallName = Exclude<keyof Messenger, 'subscribe'>;
type CallArguments<Name extends CallName> = Parameters<Messenger[Name]>;

/** Who is asked for more at once than any view would is asked by mistake. */
const CALLS_WAITING_MAX = 1_000;

type Request =
  | { readonly kind: 'call'; readonly id: number; readonly name: CallName; readonly args: readonly unknown[] }
  | { readonly kind: 'subscribe' }
  | { readonly kind: 'unsubscribe' };

type Reply =
  | { readonly kind: 'answer'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'error'; readonly id: number; readonly name: string; readonly message: string }
  | { readonly kind: 'event'; readonly event: MessengerEvent };

/** Calls what is asked for, if its arguments are of the right types; `undefined` when they are not. */
type Dispatch = (messenger: Messenger, args: readonly unknown[]) => Promise<unknown> | undefined;

const DISPATCH: Readonly<Record<CallName, Dispatch>> = {
  begin: withText((messenger, name) => messenger.begin(name)),
  invite: (messenger, [options]) => (isInviteOptions(options) ? messenger.invite(options) : undefined),
  meetAgain: withText((messenger, account) => messenger.meetAgain(account)),
  revokeInvitations: (messenger) => messenger.revokeInvitations(),
  endByHand: withNothing((messenger) => messenger.endByHand()),
  introduce: (messenger, [account, to]) => (isText(account) && isText(to) ? messenger.introduce(account, to) : undefined),
  answerIntroduction: withTextAndChoice((messenger, id, isWanted) => messenger.answerIntroduction(id, isWanted)),
  recover: (messenger, [words, name]) => (isText(words) && isText(name) ? messenger.recover(words, name) : undefined),
  words: withNothing((messenger) => messenger.words()),
  wordsWritten: withNothing((messenger) => messenger.wordsWritten()),
  accept: (messenger, [text, how]) =>
    isText(text) && (how === undefined || how === 'scanned' || how === 'link') ? messenger.accept(text, how) : undefined,
  safetyNumber: withText((messenger, account) => messenger.safetyNumber(account)),
  verifyByCode: (messenger, [account, code]) => (isText(account) && isText(code) ? messenger.verifyByCode(account, code) : undefined),
  setVerified: withTextAndChoice((messenger, account, isVerified) => messenger.setVerified(account, isVerified)),
  newsSeen: withText((messenger, account) => messenger.newsSeen(account)),
  compare: withText((messenger, account) => messenger.compare(account)),
  endComparison: withTextAndChoice((messenger, account, isEqual) => messenger.endComparison(account, isEqual)),
  send: (messenger, [to, text]) => (isText(to) && isText(text) ? messenger.send(to, text) : undefined),
  markRead: withText((messenger, account) => messenger.markRead(account)),
  useRelay: (messenger, [relay]) => (isRelay(relay) ? messenger.useRelay(relay) : undefined),
  devices: withNothing((messenger) => messenger.devices()),
  offerLink: withNothing((messenger) => messenger.offerLink()),
  link: withText((messenger, text) => messenger.link(text)),
  confirmLink: (messenger, [isEqual]) => (typeof isEqual === 'boolean' ? messenger.confirmLink(isEqual) : undefined),
  cancelLink: withNothing((messenger) => messenger.cancelLink()),
  removeDevice: (messenger, [id, why]) =>
    isText(id) && (why === 'retired' || why === 'stolen') ? messenger.removeDevice(id, why) : undefined,
  backup: (messenger, [secret]) => (isBackupSecret(secret) ? messenger.backup(secret) : undefined),
  restore: (messenger, [file, secret, words]) =>
    file instanceof Uint8Array && isBackupSecret(secret) && (words === undefined || isText(words))
      ? messenger.restore(file as Bytes, secret, words)
      : undefined,
  whereIs: withText((messenger, id) => messenger.whereIs(id)),
  exportBundle: (messenger, [bytesMax]) => (typeof bytesMax === 'number' ? messenger.exportBundle(bytesMax) : undefined),
  importBundle: (messenger, [file]) => (file instanceof Uint8Array ? messenger.importBundle(file as Bytes) : undefined),
  setPull: (messenger, [pull]) => (pull === 'cover' || pull === 'ferry' || pull === 'mailbox' ? messenger.setPull(pull) : undefined),
  awake: withNothing((messenger) => messenger.awake()),
  overview: withNothing((messenger) => messenger.overview()),
  timeline: (messenger, [account, options]) =>
    isText(account) && isTimelineOptions(options) ? messenger.timeline(account, options) : undefined,
  close: withNothing((messenger) => messenger.close()),
};

/** Answers for `messenger` at this port until the returned function is called or `close` was answered. It never closes the port. */
export function serveMessenger(messenger: Messenger, port: MessengerPort): () => void {
  let unsubscribe: (() => void) | undefined;

  const post = (reply: Reply): void => port.postMessage(reply);

  const call = async ({ id, name, args }: Request & { kind: 'call' }): Promise<void> => {
    try {
      const asked = DISPATCH[name](messenger, args);
      if (asked === undefined) throw new TypeError(`${name} was called with arguments of other types`);
      post({ kind: 'answer', id, value: await asked });
      if (name === 'close') stop();
    } catch (error) {
      const { name: errorName, message } = error instanceof Error ? error : new Error(String(error));
      post({ kind: 'error', id, name: errorName, message });
    }
  };

  const listener = ({ data }: PortEvent): void => {
    const request = readRequest(data);
    switch (request?.kind) {
      case undefined:
        return;
      case 'call':
        void call(request);
        return;
      case 'subscribe':
        unsubscribe ??= messenger.subscribe((event) => post({ kind: 'event', event }));
        return;
      case 'unsubscribe':
        unsubscribe?.();
        unsubscribe = undefined;
    }
  };

  const stop = (): void => {
    port.removeEventListener('message', listener);
    port.removeEventListener('close', stop);
    unsubscribe?.();
    unsubscribe = undefined;
  };

  port.addEventListener('message', listener);
  port.addEventListener('close', stop);
  port.start?.();
  return stop;
}

interface WaitingCall {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/**
 * A `Messenger` that is served at the other end. A call rejects with an `Error` when the served one's did, and when the port closes.
 * A port that closes unasked is told as `stopped`. After `close` the port is closed too, where it can be.
 */
export function connectMessenger(port: ClosablePort): Messenger {
  const waiting = new Map<number, WaitingCall>();
  const listeners = new Set<(event: MessengerEvent) => void>();
  let lastId = 0;
  let isClosed = false;

  const call = <Name extends CallName>(name: Name, ...args: CallArguments<Name>): ReturnType<Messenger[Name]> => {
    const answer = new Promise<unknown>((resolve, reject) => {
      if (isClosed) throw new Error('the messenger is closed');
      if (waiting.size >= CALLS_WAITING_MAX) throw new Error('too many calls are waiting for the messenger');
      lastId++;
      port.postMessage({ kind: 'call', id: lastId, name, args } satisfies Request);
      waiting.set(lastId, { resolve, reject });
    });
    // The served messenger is one of the same interface.
    return answer as ReturnType<Messenger[Name]>;
  };

  const tell = (event: MessengerEvent): void => {
    for (const listener of [...listeners]) listener(event);
  };

  const listener = ({ data }: PortEvent): void => {
    const reply = readReply(data);
    if (reply === undefined) return;
    if (reply.kind === 'event') {
      tell(reply.event);
      return;
    }
    const call = waiting.get(reply.id);
    waiting.delete(reply.id);
    if (reply.kind === 'answer') call?.resolve(reply.value);
    else call?.reject(Object.assign(new Error(reply.message), { name: reply.name }));
  };

  const end = (): void => {
    isClosed = true;
    port.removeEventListener('message', listener);
    port.removeEventListener('close', lost);
    for (const call of waiting.values()) call.reject(new Error('the messenger closed before it answered'));
    waiting.clear();
  };

  const lost = (): void => {
    end();
    tell({ kind: 'stopped', why: 'the connection to the messenger was closed' });
    listeners.clear();
  };

  port.addEventListener('message', listener);
  port.addEventListener('close', lost);
  port.start?.();

  return {
    begin: (name) => call('begin', name),
    invite: (options) => call('invite', options),
    meetAgain: (account) => call('meetAgain', account),
    revokeInvitations: () => call('revokeInvitations'),
    endByHand: () => call('endByHand'),
    introduce: (account, to) => call('introduce', account, to),
    answerIntroduction: (id, isWanted) => call('answerIntroduction', id, isWanted),
    recover: (words, name) => call('recover', words, name),
    words: () => call('words'),
    wordsWritten: () => call('wordsWritten'),
    accept: (text, how) => call('accept', text, how),
    safetyNumber: (account) => call('safetyNumber', account),
    verifyByCode: (account, code) => call('verifyByCode', account, code),
    setVerified: (account, isVerified) => call('setVerified', account, isVerified),
    newsSeen: (account) => call('newsSeen', account),
    compare: (account) => call('compare', account),
    endComparison: (account, isEqual) => call('endComparison', account, isEqual),
    send: (to, text) => call('send', to, text),
    markRead: (account) => call('markRead', account),
    useRelay: (relay) => call('useRelay', relay),
    devices: () => call('devices'),
    offerLink: () => call('offerLink'),
    link: (text) => call('link', text),
    confirmLink: (isEqual) => call('confirmLink', isEqual),
    cancelLink: () => call('cancelLink'),
    removeDevice: (id, why) => call('removeDevice', id, why),
    backup: (secret) => call('backup', secret),
    restore: (file, secret, words) => call('restore', file, secret, words),
    whereIs: (id) => call('whereIs', id),
    exportBundle: (bytesMax) => call('exportBundle', bytesMax),
    importBundle: (file) => call('importBundle', file),
    setPull: (pull) => call('setPull', pull),
    awake: () => call('awake'),
    overview: () => call('overview'),
    timeline: (account, options) => call('timeline', account, options),
    subscribe(told) {
      // A function of its own, so that one listener that subscribed twice is told twice.
      const entry = (event: MessengerEvent): void => told(event);
      listeners.add(entry);
      if (listeners.size === 1 && !isClosed) port.postMessage({ kind: 'subscribe' } satisfies Request);
      return () => {
        const wasTold = listeners.delete(entry);
        if (wasTold && listeners.size === 0 && !isClosed) port.postMessage({ kind: 'unsubscribe' } satisfies Request);
      };
    },
    async close() {
      if (isClosed) return;
      await call('close');
      end();
      listeners.clear();
      port.close?.();
    },
  };
}

function readRequest(data: unknown): Request | undefined {
  if (!isObject(data)) return undefined;
  const { kind, id, name, args } = data;
  if (kind === 'subscribe' || kind === 'unsubscribe') return { kind };
  if (kind !== 'call' || !isId(id) || !isText(name) || !Object.hasOwn(DISPATCH, name) || !Array.isArray(args)) return undefined;
  return { kind, id, name: name as CallName, args };
}

/** Values and events are believed to be of their types: they come from this very program, across the port. */
function readReply(data: unknown): Reply | undefined {
  if (!isObject(data)) return undefined;
  const { kind, id, name, message, value, event } = data;
  if (kind === 'event' && isObject(event) && isText(event['kind'])) return { kind, event: event as unknown as MessengerEvent };
  if (kind === 'answer' && isId(id)) return { kind, id, value };
  if (kind === 'error' && isId(id) && isText(name) && isText(message)) return { kind, id, name, message };
  return undefined;
}

function withNothing(ask: (messenger: Messenger) => Promise<unknown>): Dispatch {
  return (messenger) => ask(messenger);
}

function withText(ask: (messenger: Messenger, text: string) => Promise<unknown>): Dispatch {
  return (messenger, [text]) => (isText(text) ? ask(messenger, text) : undefined);
}

function withTextAndChoice(ask: (messenger: Messenger, text: string, isSo: boolean) => Promise<unknown>): Dispatch {
  return (messenger, [text, isSo]) => (isText(text) && typeof isSo === 'boolean' ? ask(messenger, text, isSo) : undefined);
}

function isBackupSecret(value: unknown): value is BackupSecret {
  return isObject(value) && (value['kind'] === 'passphrase' || value['kind'] === 'words') && isText(value['text']);
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isId(value: unknown): value is number {
  return Number.isSafeInteger(value);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function isRelay(value: unknown): value is Parameters<Messenger['useRelay']>[0] {
  return isObject(value) && isText(value['key']) && Array.isArray(value['addresses']) && value['addresses'].every(isText);
}

function isInviteOptions(value: unknown): value is { readonly byHand?: boolean } | undefined {
  if (value === undefined) return true;
  if (typeof value !== 'object' || value === null) return false;
  const { byHand } = value as Readonly<Record<string, unknown>>;
  return byHand === undefined || typeof byHand === 'boolean';
}

function isTimelineOptions(value: unknown): value is Parameters<Messenger['timeline']>[1] {
  if (value === undefined) return true;
  if (!isObject(value)) return false;
  const { before, limit } = value;
  return (before === undefined || isText(before)) && (limit === undefined || typeof limit === 'number');
}
