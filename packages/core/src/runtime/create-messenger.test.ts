/** Whole nodes in one process: two people and a relay over a memory network, with everything the product has but the wires. */
import { describe, expect, test } from 'vitest';
import { EMPTY } from '../kernel/bytes.ts';
import type { BundleTaken, Message } from './messenger.ts';
import { accountOf, type House, newHouse, type Person, texts, until } from './testing/house.ts';

async function meet(): Promise<{ readonly house: House; readonly ann: Person; readonly bo: Person }> {
  const house = await newHouse();
  await house.openRelay();
  const [ann, bo] = [await house.person('Ann'), await house.person('Bo')];
  const invited = await ann.messenger.invite();
  if (!invited.ok) throw new Error(invited.refusal.kind);
  expect(await bo.messenger.accept(`  kith:#${invited.value.text}\n`)).toEqual({
    ok: true,
    value: { account: await accountOf(ann), answer: undefined, byHand: undefined },
  });
  await until(ann, ({ contacts }) => contacts[0]?.name === 'Bo');
  await until(bo, ({ contacts }) => contacts[0]?.name === 'Ann');
  return { house, ann, bo };
}

async function say(from: Person, to: Person, text: string): Promise<string> {
  const sent = await from.messenger.send(await accountOf(to), text);
  if (!sent.ok) throw new Error(sent.refusal.kind);
  return sent.value;
}

const stateOf = async (it: Person, other: Person, id: string): Promise<Message['state']> =>
  (await it.messenger.timeline(await accountOf(other))).messages.find((message) => message.id === id)?.state;

describe('two people', () => {
  test('meet by an invitation, and both are told once', async () => {
    const { ann, bo } = await meet();
    for (const [it, other] of [
      [ann, bo],
      [bo, ann],
    ] as const) {
      const added = it.events.filter((event) => event.kind === 'contact-added');
      expect(added.map((event) => event.kind === 'contact-added' && event.contact.account)).toEqual([await accountOf(other)]);
      expect((await it.messenger.overview()).contacts).toHaveLength(1);
    }
  });

  test('write, are delivered to and read, and the writer sees each state', async () => {
    const { ann, bo } = await meet();
    const id = await say(ann, bo, 'hello');
    await until(bo, async () => (await texts(bo, ann)).length === 1);
    await until(ann, async () => (await stateOf(ann, bo, id))?.kind === 'delivered');
    expect((await bo.messenger.overview()).contacts[0]).toMatchObject({ unread: 1, lastMessage: { text: 'hello', mine: false } });
    await bo.messenger.markRead(await accountOf(ann));
    expect((await bo.messenger.overview()).contacts[0]?.unread).toBe(0);
    await until(ann, async () => (await stateOf(ann, bo, id))?.kind === 'read');
    const told = ann.events.flatMap((event) =>
      event.kind === 'message-changed' && event.message.id === id ? [event.message.state?.kind] : [],
    );
    expect(told[0]).toBe('waiting');
    expect(told.slice(-2)).toEqual(['delivered', 'read']);
    expect(ann.events.filter((event) => event.kind === 'message-changed' && event.isNew)).toHaveLength(1);
  });

  test('meet nobody by a link that was taken back', async () => {
    const house = await newHouse();
    await house.openRelay();
    const [ann, bo] = [await house.person('Ann'), await house.person('Bo')];
    const links = [await ann.messenger.invite(), await ann.messenger.invite()];
    const open = async (): Promise<number> => (await ann.messenger.overview()).openInvitations;
    expect(await open()).toBe(2);
    expect(await ann.messenger.revokeInvitations()).toEqual({ ok: true, value: undefined });
    expect(await open()).toBe(0);
    const another = await ann.messenger.invite();
    for (const link of [...links, another]) if (link.ok) await bo.messenger.accept(link.value.text);
    await until(bo, ({ contacts }) => contacts[0]?.name === 'Ann');
    await until(ann, ({ contacts }) => contacts.length === 1);
    expect(await open()).toBe(0);
  });

  test('meet nobody by a link that had run out when it was taken back', async () => {
    const house = await newHouse();
    const ann = await house.person('Ann');
    await ann.messenger.invite();
    ann.clock.aheadMs = 25 * 3_600_000;
    const kept = async (): Promise<number> => (await ann.store.range({ space: 'invitations', prefix: EMPTY, limit: 9 })).length;
    expect((await ann.messenger.overview()).openInvitations).toBe(0);
    expect(await kept()).toBe(1);
    await ann.messenger.revokeInvitations();
    expect(await kept()).toBe(0);
  });

  test('answer each other many times, and each text is there once, in order', async () => {
    const { ann, bo } = await meet();
    const said: string[] = [];
    for (let i = 0; i < 12; i++) {
      const [from, to] = i % 3 === 0 ? [bo, ann] : [ann, bo];
      said.push(`text ${i}`);
      await say(from, to, `text ${i}`);
      await until(to, async () => (await texts(to, from)).length === i + 1);
    }
    expect(await texts(ann, bo)).toEqual(said);
    expect(await texts(bo, ann)).toEqual(said);
  });

  test('an answer stands behind what it answers, within one moment and between clocks a minute apart', async () => {
    const { ann, bo } = await meet();
    bo.clock.aheadMs = 60_000;
    const said: string[] = [];
    for (let i = 0; i < 6; i++) {
      const [from, to] = i % 2 === 0 ? [bo, ann] : [ann, bo];
      for (const text of [`${i}, at once`, `${i}, and again`]) {
        said.push(text);
        await say(from, to, text);
      }
      await until(to, async () => (await texts(to, from)).length === said.length);
    }
    expect(await texts(ann, bo)).toEqual(said);
    expect(await texts(bo, ann)).toEqual(said);
  });

  test('who invited each other at the same time are one contact to each other, and can talk', async () => {
    const house = await newHouse();
    await house.openRelay();
    const [ann, bo] = [await house.person('Ann'), await house.person('Bo')];
    const [annText, boText] = [await ann.messenger.invite(), await bo.messenger.invite()];
    if (!annText.ok || !boText.ok) throw new Error('no invitation');
    await Promise.all([ann.messenger.accept(boText.value.text), bo.messenger.accept(annText.value.text)]);
    await until(ann, ({ contacts }) => contacts[0]?.name === 'Bo');
    await until(bo, ({ contacts }) => contacts[0]?.name === 'Ann');
    await say(ann, bo, 'hi');
    await until(bo, async () => (await texts(bo, ann)).includes('hi'));
    await say(bo, ann, 'ho');
    await until(ann, async () => (await texts(ann, bo)).includes('ho'));
    expect((await ann.messenger.overview()).contacts).toHaveLength(1);
    expect((await bo.messenger.overview()).contacts).toHaveLength(1);
  });

  test('with many messages read them page by page', async () => {
    const { ann, bo } = await meet();
    for (let i = 0; i < 23; i++) await say(ann, bo, `${i}`);
    const account = await accountOf(bo);
    const pages: string[][] = [];
    let before: string | undefined;
    do {
      const page = await ann.messenger.timeline(account, { limit: 10, ...(before === undefined ? {} : { before }) });
      pages.unshift(page.messages.map((message) => message.text));
      before = page.earlier;
    } while (before !== undefined);
    expect(pages.map((page) => page.length)).toEqual([3, 10, 10]);
    expect(new Set(pages.flat()).size).toBe(23);
    expect((await ann.messenger.timeline('no account')).messages).toEqual([]);
    expect((await ann.messenger.timeline(account, { limit: -5 })).messages).toHaveLength(1);
  });
});

describe('a messenger that is opened again', () => {
  test('has everything it had, and the conversation goes on', async () => {
    const { house, ann, bo } = await meet();
    const id = await say(ann, bo, 'before');
    await until(ann, async () => (await stateOf(ann, bo, id))?.kind === 'delivered');
    const [overview, account] = [await ann.messenger.overview(), await accountOf(bo)];
    const timeline = await ann.messenger.timeline(account);
    await ann.messenger.close();
    const again = await house.start(ann.store.reopened());
    const found = await again.messenger.overview();
    expect(found.profile).toEqual(overview.profile);
    expect(found.contacts.map(({ name, account, metAtMs }) => ({ name, account, metAtMs }))).toEqual(
      overview.contacts.map(({ name, account, metAtMs }) => ({ name, account, metAtMs })),
    );
    expect(await again.messenger.timeline(account)).toEqual(timeline);
    await say(bo, again, 'while you were away');
    await until(again, async () => (await texts(again, bo)).includes('while you were away'));
    await say(again, bo, 'back');
    await until(bo, async () => (await texts(bo, again)).includes('back'));
  });

  test('gets what was written while it was away, though the writer has gone by then', async () => {
    const { house, ann, bo } = await meet();
    const bosAccount = await accountOf(bo);
    await bo.messenger.close();
    const sent = await ann.messenger.send(bosAccount, 'for later');
    await until(ann, async () => (await ann.messenger.timeline(bosAccount)).messages.at(-1)?.state?.kind === 'carried');
    expect(sent.ok).toBe(true);
    await ann.messenger.close();
    const again = await house.start(bo.store.reopened());
    const account = (await again.messenger.overview()).contacts[0]?.account ?? '';
    await until(again, async () => (await again.messenger.timeline(account)).messages.some((message) => message.text === 'for later'));
  });
});

describe('by hand', () => {
  /** Both know each other, and the relay is gone for good. */
  async function apart(): Promise<{ readonly ann: Person; readonly bo: Person }> {
    const { house, ann, bo } = await meet();
    await house.relay?.close();
    await until(ann, ({ neighbours }) => neighbours.length === 0);
    await until(bo, ({ neighbours }) => neighbours.length === 0);
    return { ann, bo };
  }

  async function exported(it: Person): Promise<Uint8Array<ArrayBuffer>> {
    const bundle = await it.messenger.exportBundle(2 ** 20);
    if (!bundle.ok) throw new Error(bundle.refusal.kind);
    return bundle.value.file;
  }

  async function taken(it: Person, file: Uint8Array<ArrayBuffer>): Promise<BundleTaken> {
    const answer = await it.messenger.importBundle(file);
    if (!answer.ok) throw new Error(answer.refusal.kind);
    return answer.value;
  }

  test('a file carries a message there, and another one its receipt back', async () => {
    const { ann, bo } = await apart();
    const id = await say(ann, bo, 'in your pocket');
    expect(await ann.messenger.whereIs(id)).toMatchObject({ state: { kind: 'waiting' }, isHere: true, near: 0 });
    const there = await exported(ann);
    expect((await taken(bo, there)).forMe).toBeGreaterThan(0);
    expect(await texts(bo, ann)).toEqual(['in your pocket']);
    await taken(ann, await exported(bo));
    await until(ann, async () => (await stateOf(ann, bo, id))?.kind === 'delivered');
    expect(await ann.messenger.whereIs(id)).toMatchObject({ isHere: false, devices: { reached: 1, all: 1 } });
    expect(await taken(bo, there)).toMatchObject({ forMe: 0, toCarry: 0, refused: 0 });
  });

  test('a file says how much is in it, and of what size it may be', async () => {
    const { ann, bo } = await apart();
    for (let i = 0; i < 100; i++) await say(ann, bo, `text ${i}`);
    const all = await ann.messenger.exportBundle(Number.POSITIVE_INFINITY);
    const least = await ann.messenger.exportBundle(Number.NaN);
    const some = await ann.messenger.exportBundle(20_000.5);
    if (!all.ok || !least.ok || !some.ok) throw new Error('nothing was exported');
    expect(all.value.own).toBeGreaterThanOrEqual(100);
    expect(all.value.own).toBeLessThanOrEqual(all.value.envelopes);
    expect(some.value.file.length).toBeLessThanOrEqual(20_000);
    expect(least.value.file.length).toBeLessThanOrEqual(4096);
    expect(some.value.envelopes).toBeLessThan(all.value.envelopes);
    expect(some.value.envelopes).toBeGreaterThan(least.value.envelopes);
    await taken(bo, all.value.file);
    expect(new Set(await texts(bo, ann)).size).toBe(50);
  });

  test('what cannot be taken in is refused, and changes nothing', async () => {
    const { ann, bo } = await apart();
    await say(ann, bo, 'whole or not at all');
    const file = await exported(ann);
    const before = bo.store.bytes;
    const refusal = async (bytes: Uint8Array<ArrayBuffer>) => {
      const answer = await bo.messenger.importBundle(bytes);
      return answer.ok ? 'taken' : answer.refusal.kind;
    };
    expect(await refusal(file.slice(0, -1))).toBe('damaged');
    expect(await refusal(file.with(30, (file[30] as number) ^ 1))).toBe('damaged');
    expect(await refusal(new Uint8Array(0))).toBe('not-a-bundle');
    expect(await refusal(file.with(8, 9))).toBe('newer-version');
    expect(bo.store.bytes).toBe(before);
    expect(await refusal(file)).toBe('taken');
    const nobody = (await (await newHouse()).start()).messenger;
    expect(await nobody.importBundle(file)).toEqual({ ok: false, refusal: { kind: 'no-profile' } });
    expect(await nobody.exportBundle(1e6)).toEqual({ ok: false, refusal: { kind: 'no-profile' } });
  });

  test('on a full device nothing is half taken, and the same file brings the rest later', async () => {
    const { ann, bo } = await apart();
    for (let i = 0; i < 30; i++) await say(ann, bo, `${i}`);
    const file = await exported(ann);
    bo.store.setRoomBytes(bo.store.bytes);
    expect(await bo.messenger.importBundle(file)).toEqual({ ok: false, refusal: { kind: 'not-saved', why: 'full' } });
    bo.store.setRoomBytes(Number.POSITIVE_INFINITY);
    await taken(bo, file);
    expect([...(await texts(bo, ann))].sort()).toEqual(Array.from({ length: 30 }, (_, i) => `${i}`).sort());
  });
});

test('how mail is asked for is kept', async () => {
  const house = await newHouse();
  const ann = await house.person('Ann');
  expect((await ann.messenger.overview()).pull).toBe('cover');
  await ann.messenger.setPull('mailbox');
  expect((await ann.messenger.overview()).pull).toBe('mailbox');
  expect(ann.events).toContainEqual({ kind: 'overview-changed' });
  await ann.messenger.close();
  expect((await (await house.start(ann.store.reopened())).messenger.overview()).pull).toBe('mailbox');
});

describe('an invitation', () => {
  test('that was used brings in nobody else', async () => {
    const house = await newHouse();
    await house.openRelay();
    const [ann, bo, cy] = [await house.person('Ann'), await house.person('Bo'), await house.person('Cy')];
    const invited = await ann.messenger.invite();
    if (!invited.ok) throw new Error('no invitation');
    await bo.messenger.accept(invited.value.text);
    await until(ann, ({ contacts }) => contacts[0]?.name === 'Bo');
    await cy.messenger.accept(invited.value.text);
    // A word that goes all the way round: by then whatever Cy sent has come too.
    await until(bo, ({ contacts }) => contacts[0]?.name === 'Ann');
    await say(bo, ann, 'x');
    await until(ann, async () => (await texts(ann, bo)).includes('x'));
    expect((await ann.messenger.overview()).contacts.map((contact) => contact.name)).toEqual(['Bo']);
    expect(await ann.messenger.send(await accountOf(cy), 'x')).toEqual({ ok: false, refusal: { kind: 'unknown-contact' } });
  });
});

describe('refusals', () => {
  test('before there is a profile', async () => {
    const { messenger } = await (await newHouse()).start();
    const none = { ok: false, refusal: { kind: 'no-profile' } };
    expect(await messenger.invite()).toEqual(none);
    expect(await messenger.accept('x')).toEqual(none);
    expect(await messenger.send('aa'.repeat(32), 'x')).toEqual(none);
    expect((await messenger.overview()).profile).toBeUndefined();
    expect(await messenger.markRead('aa'.repeat(32))).toBeUndefined();
    expect(await messenger.awake()).toBeUndefined();
  });

  test('of a name, and of a second beginning', async () => {
    const { messenger } = await (await newHouse()).start();
    expect(await messenger.begin('  ')).toEqual({ ok: false, refusal: { kind: 'empty' } });
    expect(await messenger.begin('x'.repeat(61))).toEqual({ ok: false, refusal: { kind: 'too-long', lengthMax: 60 } });
    expect(await messenger.begin(' Ann ')).toMatchObject({ ok: true, value: { name: 'Ann' } });
    expect(await messenger.begin('Bo')).toEqual({ ok: false, refusal: { kind: 'already-begun' } });
  });

  test('of an invitation: nonsense, one’s own, a contact’s, an old one', async () => {
    const { house, ann, bo } = await meet();
    const invited = await ann.messenger.invite();
    if (!invited.ok) throw new Error('no invitation');
    const { text } = invited.value;
    expect(await ann.messenger.accept('hello')).toEqual({ ok: false, refusal: { kind: 'not-an-invitation' } });
    expect(await ann.messenger.accept(text)).toEqual({ ok: false, refusal: { kind: 'own' } });
    expect(await bo.messenger.accept(text)).toEqual({ ok: false, refusal: { kind: 'already-known', account: await accountOf(ann) } });
    const cy = await house.person('Cy');
    cy.clock.aheadMs = 26 * 3_600_000;
    expect(await cy.messenger.accept(text)).toMatchObject({ ok: false, refusal: { kind: 'expired' } });
  });

  test('of a text', async () => {
    const { ann, bo } = await meet();
    const account = await accountOf(bo);
    expect(await ann.messenger.send(account, ' \n ')).toEqual({ ok: false, refusal: { kind: 'empty' } });
    expect(await ann.messenger.send(account, 'x'.repeat(16_001))).toEqual({
      ok: false,
      refusal: { kind: 'too-long', bytes: 16_001, bytesMax: 16_000 },
    });
    expect((await ann.messenger.send(account, 'x'.repeat(16_000))).ok).toBe(true);
    expect(await ann.messenger.send('bb'.repeat(32), 'x')).toEqual({ ok: false, refusal: { kind: 'unknown-contact' } });
  });

  test('of a full device: the draft comes back, nothing is sent or shown, and the next try succeeds', async () => {
    const { ann, bo } = await meet();
    await until(ann, async () => (await texts(ann, bo)).length === 0);
    ann.store.setRoomBytes(ann.store.bytes);
    expect(await ann.messenger.send(await accountOf(bo), 'lost')).toEqual({ ok: false, refusal: { kind: 'not-saved', why: 'full' } });
    expect(ann.events.some((event) => event.kind === 'not-saved')).toBe(true);
    expect(await texts(ann, bo)).toEqual([]);
    ann.store.setRoomBytes(Number.POSITIVE_INFINITY);
    await say(ann, bo, 'kept');
    await until(bo, async () => (await texts(bo, ann)).includes('kept'));
    expect(await texts(bo, ann)).toEqual(['kept']);
  });

  test('a messenger that was closed answers, and does not keep anybody waiting', async () => {
    const { messenger } = await (await newHouse()).person('Ann');
    await messenger.close();
    expect(await messenger.invite()).toEqual({ ok: false, refusal: { kind: 'not-saved', why: 'failed' } });
    expect(await messenger.markRead('aa'.repeat(32))).toBeUndefined();
    expect(await messenger.whereIs('aa'.repeat(16))).toBeUndefined();
    expect(await messenger.setPull('mailbox')).toBeUndefined();
  });
});

test('a listener that was taken back hears nothing more', async () => {
  const ann = await (await newHouse()).person('Ann');
  let heard = 0;
  const stop = ann.messenger.subscribe(() => heard++);
  stop();
  await ann.messenger.useRelay({ key: 'cc'.repeat(32), addresses: ['memory:nobody'] });
  expect(heard).toBe(0);
  expect((await ann.messenger.overview()).knowsRelay).toBe(true);
});
