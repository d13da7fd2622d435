/** What a node remembers of being there for others: its transport key of the day, and connections that are being made by hand. */
import type { Signal } from '../../content/signal.ts';
import type { Bytes } from '../../kernel/bytes.ts';
import type { AgainCode } from '../../rendezvous/hand-code.ts';
import type { Invitation } from '../../rendezvous/invitation.ts';
import type { TransportDays } from '../../rendezvous/transport-days.ts';
import type { PersonCall } from './inputs.ts';

export interface Today {
  readonly day: number;
  readonly endsAtMs: number;
  readonly publicKey: Bytes;
  /** The same in hexadecimal. */
  readonly key: string;
  /** What a card tells, and what a deposit has room for. */
  readonly days: TransportDays;
  readonly firstDays: TransportDays;
}

type Call<Kind extends PersonCall['kind']> = Extract<PersonCall, { kind: Kind }>;

/** An attempt under way, by what it waits for. */
export type Hand = { readonly untilMs: number } & (
  | { readonly waits: 'offer'; readonly call: Call<'invite'>; readonly invitation: Invitation }
  /** For somebody to read the code and show the answer. */
  | { readonly waits: 'reader'; readonly secret: Bytes }
  | { readonly waits: 'answer'; readonly call: Call<'accept'>; readonly account: Bytes; readonly secret: Bytes }
  | { readonly waits: 'again'; readonly call: Call<'meet-again'>; readonly device: string; readonly shown: Omit<AgainCode, 'code'> }
  /** For the offer or the answer that goes to this device as a message. */
  | { readonly waits: 'signal'; readonly device: string; readonly step: Signal['step']; readonly id: Bytes }
  /** For that device's answer. */
  | { readonly waits: 'signalled'; readonly device: string; readonly id: Bytes }
  /** For the connection. `device`: which it will be, where that is known; `isAgain`: its certificates are used up with it. */
  | {
      readonly waits: 'up';
      readonly account: Bytes;
      readonly device: string | undefined;
      readonly isAgain: boolean;
      readonly isQuiet: boolean;
    }
);
