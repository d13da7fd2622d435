/** Joins a person's node, a host, and the ports it is given into a `Messenger`. The composition every program starts with. */
import { loadSodiumSuite } from '../crypto/sodium-suite.ts';
import type { Result } from '../kernel/result.ts';
import type { HostInput } from '../node/machine.ts';
import type { Answers, PersonCall, PersonEvent, PersonInput } from '../node/person/inputs.ts';
import { PersonNode } from '../node/person/person-node.ts';
import type { Clock } from '../ports/clock.ts';
import type { Entropy } from '../ports/entropy.ts';
import type { Link } from '../ports/link.ts';
import { type Log, SILENT } from '../ports/log.ts';
import type { Durability, Store } from '../ports/store.ts';
import { Host } from './host.ts';
import type { Messenger, MessengerEvent } from './messenger.ts';
import { readOverview, readTimeline } from './queries.ts';
import { readPerson } from './resident.ts';

export interface MessengerOptions {
  readonly link: Link;
  readonly store: Store;
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly log?: Log;
  /** `relaxed` unless told: survives a crash of the program; what a power cut takes, the other side still has. */
  readonly durability?: Durability;
}

type Pending = { readonly kind: PersonCall['kind']; readonly resolve: (answer: never) => void };

/**
 * Starts a messenger on a link and a store, which it then owns and closes.
 * Resolves when the profile is read and the link told to listen. Throws what the store throws (`StoreFailed`, `StoreNewer`).
 */
export async function createMessenger(options: MessengerOptions): Promise<Messenger> {
  const suite = await loadSodiumSuite();
  const { store, clock } = options;
  const listeners = new Set<(event: MessengerEvent) => void>();
  const calls = new Map<number, Pending>();
  let node: PersonNode | undefined;
  let nextCall = 1;
  let stoppedWhy: string | undefined;

  const tell = (event: MessengerEvent): void => {
    for (const listener of listeners) {
      try {
        listener(event);
      } catch (error) {
        // A mistake of whoever listens: it is reported where theirs are, and must not stop the node.
        void Promise.reject(error);
      }
    }
  };

  const host = new Host<PersonInput, PersonEvent>({
    build: async () => {
      node = new PersonNode(suite, options.entropy, await readPerson(store));
      return node;
    },
    first: { kind: 'start' },
    store,
    link: options.link,
    clock,
    log: options.log ?? SILENT,
    durability: options.durability ?? 'relaxed',
    onEvents: (events) => {
      for (const event of events) {
        if (event.kind !== 'answer') tell(event);
        else settle(event.call, event.answer);
      }
    },
    onNotSaved: (inputs, why) => {
      for (const input of inputs) if ('call' in input) settleUnsaved(input, why);
      tell({ kind: 'not-saved', why });
      tell({ kind: 'overview-changed' });
    },
    onStopped: (why) => {
      stoppedWhy = why;
      for (const call of [...calls.keys()]) settle(call, { ok: false, refusal: { kind: 'not-saved', why: 'failed' } });
      tell({ kind: 'stopped', why });
    },
  });

  function settle(call: number, answer: unknown): void {
    calls.get(call)?.resolve(answer as never);
    calls.delete(call);
  }

  function settleUnsaved(input: Exclude<PersonInput | HostInput, { kind: 'start' }>, why: 'full' | 'failed'): void {
    if ('call' in input) settle(input.call, { ok: false, refusal: { kind: 'not-saved', why } });
  }

  type Asked<Kind extends PersonCall['kind']> = Omit<Extract<PersonCall, { kind: Kind }>, 'kind' | 'call'>;
  function ask<Kind extends PersonCall['kind']>(kind: Kind, asked: Asked<Kind>): Promise<Answers[Kind]> {
    return new Promise((resolve) => {
      const call = nextCall++;
      calls.set(call, { kind, resolve });
      if (stoppedWhy === undefined) host.input({ kind, call, ...asked } as unknown as PersonInput);
      else settle(call, { ok: false, refusal: { kind: 'not-saved', why: 'failed' } });
    });
  }

  await host.start();
  const view = () => (node as PersonNode).view(clock.nowMs());
  const quiet = async (asking: Promise<Result<unknown, unknown> | undefined>): Promise<void> => void (await asking);
  return {
    begin: (name) => ask('begin', { name }),
    invite: () => ask('invite', {}),
    accept: (text) => ask('accept', { text }),
    send: (to, text) => ask('send', { to, text }),
    markRead: (account) => quiet(ask('mark-read', { account })),
    useRelay: (relay) => quiet(ask('use-relay', { relay })),
    awake: () => quiet(ask('awake', {})),
    overview: () => readOverview(store, view()),
    timeline: (account, page) => readTimeline(store, account, page?.before, page?.limit),
    subscribe: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    close: async () => {
      await host.close();
      stoppedWhy ??= 'closed';
      for (const call of [...calls.keys()]) settle(call, { ok: false, refusal: { kind: 'not-saved', why: 'failed' } });
    },
  };
}
