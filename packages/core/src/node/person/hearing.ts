/** Who may say what: content that was read goes to the part it is for, or means nothing from this device. Rule: docs/protocol/content.md §1. */
import type { Content } from '../../content/content.ts';
import { assertNever } from '../../kernel/assert.ts';
import { sameBytes, toHex } from '../../kernel/bytes.ts';
import type { Session } from '../../session/session.ts';
import type { Rows } from '../machine.ts';
import { hearArchive } from './archiving.ts';
import { hearSignal } from './by-hand.ts';
import { hearMeet } from './certificates.ts';
import { hearComparison } from './comparing.ts';
import { hearReceipt, hearSync, hearText } from './correspondence.ts';
import type { DeviceRow } from './device-rows.ts';
import { hearIntroduction } from './introducing.ts';
import { hearKeys } from './keys.ts';
import { countPart } from './linking.ts';
import { hearCard } from './meeting.ts';
import { hearAnew } from './sessions.ts';
import type { Out, PersonState } from './state.ts';

interface Heard {
  readonly session: Session;
  readonly content: Content;
  readonly rows: Rows;
  /** Something stands already where it would be placed. */
  readonly isKnown: boolean;
}

/** From a device of a contact, or another of one's own; what the one may say means nothing from the other. */
export function hearContent(state: PersonState, device: DeviceRow, heard: Heard, out: Out, nowMs: number): void {
  const { session, content, rows, isKnown } = heard;
  const isOwn = state.own !== undefined && sameBytes(device.account, state.own.device.account);
  if (!isOwn && !state.contacts.has(toHex(device.account))) return;
  switch (content.kind) {
    case 'receipt':
      return hearReceipt(state, device, content, out, nowMs);
    case 'card':
      return hearCard(state, device, content, out, nowMs);
    case 'keys':
      return hearKeys(state, device, content, out, nowMs);
    case 'anew':
      return hearAnew(state, device, content.lost, out, nowMs);
    case 'text':
      return isOwn ? undefined : hearText(state, device, content, isKnown, out, nowMs);
    case 'comparison':
      return isOwn ? undefined : hearComparison(state, device, session, content, out, nowMs);
    case 'sync':
      return isOwn ? hearSync(state, content, isKnown, out) : undefined;
    case 'archive':
      if (!isOwn) return;
      hearArchive(state, content, rows, out, nowMs);
      if (content.parts > 0) countPart(state, content.part, content.parts, out, nowMs);
      return;
    case 'meet':
      return isOwn ? undefined : hearMeet(state, device, content, out, nowMs);
    case 'signal':
      return isOwn ? undefined : hearSignal(state, device, content, out, nowMs);
    case 'introduction':
      return isOwn ? undefined : hearIntroduction(state, device, content, out, nowMs);
    case 'linking':
      // Said in the session of a linking alone, and heard before.
      return;
    default:
      assertNever(content);
  }
}

/** When content was said, by its writer's clock: whoever said it just now may be near. */
export function whenSaid(content: Content): number | undefined {
  if (content.kind === 'text') return content.sentAtMs;
  return content.kind === 'receipt' || content.kind === 'signal' ? content.atMs : undefined;
}
