import { beforeAll, describe, expect, test } from 'vitest';
import { loadSodiumSuite } from '../crypto/sodium-suite.ts';
import type { Suite } from '../crypto/suite.ts';
import { toHex } from '../kernel/bytes.ts';
import { Holder, type Made, makeOne, type Shape, START_MS } from '../testing/gossip-holder.ts';
import type { Frame, Listed } from './frames.ts';
import { PERSON_LIMITS, WANTS_MAX } from './limits.ts';

let suite: Suite;
beforeAll(async () => {
  suite = await loadSodiumSuite();
});

const make = (shape: Shape = {}): Made => makeOne(suite, shape);
const bundle = (count: number, shape: Shape = {}): readonly Made[] => Array.from({ length: count }, () => make(shape));
const ids = (mail: readonly Made[]): readonly string[] => mail.map((it) => toHex(it.envelope.id));
const person = (name = 'ann', seed = 1): Holder => new Holder(suite, name, { seed });

const listed = (it: Made, copies: number): Listed => {
  const { id, header } = it.envelope;
  return { id, tag: header.tag, class: header.class, size: 0, copies };
};
const wants = (frames: readonly Frame[]): readonly string[] =>
  frames.flatMap((frame) => (frame.kind === 'want' ? frame.ids.map(toHex) : []));
const results = (frames: readonly Frame[]): readonly string[] =>
  frames.flatMap((frame) => (frame.kind === 'results' ? frame.results.map(({ result }) => result) : []));

describe('of what waits to be read', () => {
  const hearing = (holder: Holder, mail: readonly Made[], copies = 0): readonly string[] => {
    holder.hears(1, { kind: 'have', entries: mail.map((it) => listed(it, copies)) });
    return wants(holder.says());
  };

  test('one’s own is asked for together with two others', () => {
    const mail = bundle(12);
    const holder = person()
      .awaits(mail[5] as Made)
      .greeted(1);
    const wanted = hearing(holder, mail);
    expect(wanted).toContain(toHex((mail[5] as Made).envelope.id));
    expect(wanted).toHaveLength(1 + PERSON_LIMITS.decoys);
    expect(new Set(wanted).size).toBe(1 + PERSON_LIMITS.decoys);
    for (const id of wanted) expect(ids(mail)).toContain(id);
  });

  test('with all others there are, when there are fewer', () => {
    const mail = bundle(2);
    expect(
      new Set(
        hearing(
          person()
            .awaits(mail[0] as Made)
            .greeted(1),
          mail,
        ),
      ),
    ).toEqual(new Set(ids(mail)));
    const [alone] = bundle(1) as [Made];
    expect(hearing(person().awaits(alone).greeted(1), [alone])).toEqual(ids([alone]));
  });

  test('nothing is asked for when nothing is for us', () => {
    expect(hearing(person().greeted(1), bundle(12))).toEqual([]);
  });

  test('which others is chance, and the order does not say which is ours', () => {
    const mail = bundle(9);
    const choices = Array.from({ length: 12 }, (_, seed) =>
      hearing(
        person('ann', seed)
          .awaits(mail[4] as Made)
          .greeted(1),
        mail,
      ),
    );
    expect(new Set(choices.map((wanted) => [...wanted].sort().join())).size).toBeGreaterThan(3);
    for (const wanted of choices) expect(wanted).toEqual([...wanted].sort());
  });

  test('what came as a decoy is read past, unanswered, and not asked for again', () => {
    const mail = bundle(3);
    const holder = person()
      .awaits(mail[0] as Made)
      .greeted(1);
    hearing(holder, mail);
    for (const it of mail) holder.isGiven(1, it, 0);
    expect(holder.says()).toEqual([]);
    expect(holder.bodies.size).toBe(0);
    holder.gossip.consumed((mail[0] as Made).envelope, (mail[0] as Made).purgeKey, 1, undefined, START_MS);
    expect(hearing(holder, mail)).toEqual([]);
  });
});

describe('what is wanted', () => {
  test('is asked for by class, small things first', () => {
    const [bulk, media, small] = [make({ class: 3 }), make({ class: 2 }), make({ class: 1 })];
    const relay = new Holder(suite, 'relay', { role: 'relay' }).greeted(1, 'relay');
    relay.hears(1, { kind: 'have', entries: [bulk, media, small].map((it) => listed(it, 1)) });
    expect(wants(relay.says())).toEqual(ids([small, media, bulk]));
  });

  test('is nothing of a stranger who has its quota lying here', () => {
    const holder = person().greeted(1).greeted(2);
    for (const it of bundle(PERSON_LIMITS.quotas.stranger.envelopes)) holder.isGiven(1, it, 1);
    holder.says();
    const more = bundle(3);
    for (const from of [1, 2]) holder.hears(from, { kind: 'have', entries: more.map((it) => listed(it, 1)) });
    const asked = holder.saysTo().filter(({ frame }) => frame.kind === 'want');
    expect(asked.map(({ to }) => to)).toEqual([2]);
  });

  test('is of a stranger’s long list no more than its quota has left', () => {
    const holder = person().greeted(1);
    holder.hears(1, { kind: 'have', entries: bundle(200).map((it) => listed(it, 1)) });
    expect(wants(holder.says()).length).toBeLessThanOrEqual(PERSON_LIMITS.quotas.stranger.envelopes);
  });

  test('is asked for in frames of a bounded size', () => {
    const relay = new Holder(suite, 'relay', { role: 'relay' }).greeted(1);
    relay.hears(1, { kind: 'have', entries: bundle(900).map((it) => listed(it, 1)) });
    const frames = relay.says().flatMap((frame) => (frame.kind === 'want' ? [frame.ids.length] : []));
    expect(Math.max(...frames)).toBe(WANTS_MAX);
    expect(frames.reduce((a, b) => a + b)).toBe(900);
  });
});

describe('a stranger over its quota', () => {
  const over = (isForUs: boolean): { readonly holder: Holder; readonly mail: readonly Made[] } => {
    const mail = bundle(6);
    const holder = person().greeted(1);
    for (const it of bundle(PERSON_LIMITS.quotas.stranger.envelopes)) holder.isGiven(1, it, 1);
    if (isForUs) holder.awaits(mail[3] as Made);
    holder.says();
    return { holder, mail };
  };

  test('does not learn from what is wanted of its list which one is for us', () => {
    const { holder, mail } = over(true);
    holder.hears(1, { kind: 'have', entries: mail.map((it) => listed(it, 1)) });
    expect(wants(holder.says())).toHaveLength(1 + PERSON_LIMITS.decoys);
  });

  test('does not learn from the answer whether what it hands over is for us', () => {
    const answers = [true, false].map((isForUs) => {
      const { holder, mail } = over(isForUs);
      holder.isGiven(1, mail[3] as Made, 1);
      return { answers: results(holder.says()), arrived: holder.arrived.length };
    });
    expect(answers).toEqual([
      { answers: ['quota'], arrived: 1 },
      { answers: ['quota'], arrived: 0 },
    ]);
  });
});
