/**
 * The steps by which two people see the same six digits: a promise, the other side's number, then the number that was promised.
 * `comparison`: of two contacts. `linking`: of a device and the one that adds it, which ends with a welcome.
 */
import type { Bytes } from '../kernel/bytes.ts';
import type { Reader, Writer } from '../kernel/codec.ts';
import type { ContentCodec } from './codec.ts';
import { WELCOME_BYTES_MAX } from './limits.ts';

export type ComparisonStep = 'commit' | 'answer' | 'reveal';
export type LinkingStep = ComparisonStep | 'welcome' | 'refuse';

export interface ComparisonContent {
  readonly kind: 'comparison';
  readonly step: ComparisonStep;
  /** 32 bytes: a commitment, or a number. */
  readonly bytes: Bytes;
}

export interface LinkingContent {
  readonly kind: 'linking';
  readonly step: LinkingStep;
  /** 32 bytes for the first three steps, the welcome for `welcome`, nothing for `refuse`. */
  readonly bytes: Bytes;
}

const STEPS: readonly LinkingStep[] = ['commit', 'answer', 'reveal', 'welcome', 'refuse'];

function readStep(reader: Reader, count: number): LinkingStep {
  const number = reader.u8();
  if (number >= count) reader.fail();
  return STEPS[number] ?? 'refuse';
}

export const comparisonCodec: ContentCodec<ComparisonContent> = {
  number: 7,
  write: (writer: Writer, it: ComparisonContent) => void writer.u8(STEPS.indexOf(it.step)).raw(it.bytes),
  read: (reader: Reader): ComparisonContent => ({
    kind: 'comparison',
    step: readStep(reader, 3) as ComparisonStep,
    bytes: reader.raw(32),
  }),
};

export const linkingCodec: ContentCodec<LinkingContent> = {
  number: 8,
  write: (writer: Writer, it: LinkingContent) => void writer.u8(STEPS.indexOf(it.step)).bytes16(it.bytes),
  read: (reader: Reader): LinkingContent => {
    const step = readStep(reader, STEPS.length);
    const bytes = reader.bytes16(WELCOME_BYTES_MAX);
    if (step !== 'welcome' && bytes.length !== (step === 'refuse' ? 0 : 32)) reader.fail();
    return { kind: 'linking', step, bytes };
  },
};
