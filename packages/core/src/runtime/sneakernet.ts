/**
 * Carrying by hand, between a store, a node and a bundle file. Exporting only reads; importing hands the node one frame after the other,
 * as a neighbour would, and counts what became of them. Rule: docs/protocol/bundle.md.
 */
import type { Suite } from '../crypto/suite.ts';
import { type Bytes, concat } from '../kernel/bytes.ts';
import { ok, type Result, refuse } from '../kernel/result.ts';
import { chooseToCarry } from '../node/person/carrying.ts';
import type { Answers } from '../node/person/inputs.ts';
import { IDENTITY_ROW } from '../node/person/rows.ts';
import type { Store } from '../ports/store.ts';
import { BUNDLE_EXTRA_BYTES, BUNDLE_FRAME_EXTRA_BYTES, bundleFile, readBundleFile } from './bundle.ts';
import { ARCHIVE_ROWS, BUNDLE_BYTES_MAX, BUNDLE_BYTES_MIN, BUNDLE_FRAMES_AT_ONCE } from './limits.ts';
import type { Bundle, BundleExportRefusal, BundleRefusal, BundleTaken } from './messenger.ts';
import { readSpace } from './read-space.ts';

/** What waits in a store, in a file of at most `bytesMax` bytes. An envelope that is let go of meanwhile is left out. */
export async function exportBundle(
  store: Store,
  suite: Suite,
  bytesMax: number,
  nowMs: number,
): Promise<Result<Bundle, BundleExportRefusal>> {
  const [identity] = await store.get([{ space: 'self', key: IDENTITY_ROW }]);
  if (identity === undefined) return refuse({ kind: 'no-profile' });
  const [carried, seen] = [await readSpace(store, 'carried'), await readSpace(store, 'seen')];
  const roomBytes = roomWithin(bytesMax) - BUNDLE_EXTRA_BYTES;
  const { forgets, gives } = chooseToCarry(carried, seen, roomBytes, BUNDLE_FRAME_EXTRA_BYTES, nowMs);
  const frames: Bytes[] = [...forgets];
  let own = 0;
  for (let at = 0; at < gives.length; at += ARCHIVE_ROWS) {
    const some = gives.slice(at, at + ARCHIVE_ROWS);
    const bodies = await store.get(some.map(({ id }) => ({ space: 'bodies', key: id })));
    for (const [i, give] of some.entries()) {
      const body = bodies[i];
      if (body === undefined) continue;
      frames.push(concat(give.head, body));
      if (give.own) own++;
    }
  }
  const envelopes = frames.length - forgets.length;
  if (envelopes === 0) return refuse({ kind: 'nothing-to-carry' });
  return ok({ file: bundleFile(suite, Math.floor(nowMs / 3_600_000), frames), envelopes, own });
}

function roomWithin(bytesMax: number): number {
  return Math.max(BUNDLE_BYTES_MIN, Math.min(BUNDLE_BYTES_MAX, Number.isNaN(bytesMax) ? 0 : Math.floor(bytesMax)));
}

/**
 * Takes a file in, in portions; whatever else the node is asked is heard in between. `hear` gives the node one frame.
 * What was taken before a portion could not be saved stays taken: the same file, read again, adds the rest.
 */
export async function importBundle(
  suite: Suite,
  file: Bytes,
  hear: (frame: Bytes) => Promise<Answers['carry-in']>,
): Promise<Result<BundleTaken, BundleRefusal>> {
  const read = readBundleFile(suite, file);
  if (!read.ok) return read;
  const taken = { forMe: 0, toCarry: 0, known: 0, refused: 0 };
  for (const portion of portions(read.value.frames)) {
    for (const answer of await Promise.all(portion.map(hear))) {
      if (!answer.ok) return answer;
      if (answer.value !== 'nothing') taken[answer.value]++;
    }
  }
  return ok(taken);
}

function* portions(frames: Iterable<Bytes>): Generator<readonly Bytes[], undefined> {
  let portion: Bytes[] = [];
  for (const frame of frames) {
    portion.push(frame);
    if (portion.length < BUNDLE_FRAMES_AT_ONCE) continue;
    yield portion;
    portion = [];
  }
  if (portion.length > 0) yield portion;
}
