/**
 * How somebody brings two of their contacts together: asks one, who gives an invitation that only the other may take up, and passes it
 * on. Rule: docs/protocol/content.md, docs/protocol/rendezvous.md §10.
 */
import type { Bytes } from '../kernel/bytes.ts';
import type { Reader, Writer } from '../kernel/codec.ts';
import { nameFrom } from './card.ts';
import type { ContentCodec } from './codec.ts';
import { INTRODUCED_BYTES_MAX, NAME_BYTES_MAX } from './limits.ts';

/** `ask`: may they meet you? `give`: my invitation for them. `pass`: theirs for you. `decline`: rather not. */
export type IntroductionStep = 'ask' | 'give' | 'pass' | 'decline';

export interface Introduction {
  readonly kind: 'introduction';
  readonly step: IntroductionStep;
  /** 8 random bytes of the introducer, the same in every step. */
  readonly id: Bytes;
  /** The other person, as the introducer calls them: in `ask` and `pass`. Empty otherwise. */
  readonly name: string;
  /** Account of the other person, 32 bytes: in `ask` and `pass`; zeros otherwise. */
  readonly account: Bytes;
  /** In `give` and `pass`: an invitation's bytes. Empty otherwise. */
  readonly invitation: Bytes;
}

const STEPS: readonly IntroductionStep[] = ['ask', 'give', 'pass', 'decline'];

export const introductionCodec: ContentCodec<Introduction> = {
  number: 12,
  write: (writer: Writer, it: Introduction) => {
    writer.u8(STEPS.indexOf(it.step)).raw(it.id).text16(it.name).raw(it.account).bytes16(it.invitation);
  },
  read: (reader: Reader): Introduction => {
    const step = STEPS[reader.u8()];
    const [id, name, account] = [reader.raw(8), reader.text16(NAME_BYTES_MAX), reader.raw(32)];
    const invitation = reader.bytes16(INTRODUCED_BYTES_MAX);
    const named = nameFrom(name);
    const names = step === 'ask' || step === 'pass';
    const invites = step === 'give' || step === 'pass';
    if (step === undefined || names !== 'name' in named || (!names && name !== '') || invites !== invitation.length > 0) reader.fail();
    return { kind: 'introduction', step: step ?? 'decline', id, name: 'name' in named ? named.name : '', account, invitation };
  },
};
