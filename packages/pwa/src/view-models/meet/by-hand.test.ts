import { expect, test } from 'vitest';
import { meetEn } from '../../locales/meet/en.ts';
import type { AppViewModel } from '../app.ts';
import type { HandFailure } from '../ports.ts';
import type { FakeDevice, FakeDeviceOptions } from '../testing/fake-device.ts';
import { accountOf, type FakeMessenger } from '../testing/fake-messenger.ts';
import { NOW_MS, openedApp, settle } from '../testing/opened-app.ts';
import { besideViewModel } from './beside.ts';
import type { ByHandViewModel } from './by-hand.ts';
import { ShowViewModel } from './show.ts';

const ANN = accountOf('Ann');

interface Meeting {
  readonly app: AppViewModel;
  readonly messenger: FakeMessenger;
  readonly device: FakeDevice;
  readonly show: ShowViewModel;
  readonly hand: ByHandViewModel;
}

async function meeting(options: Partial<FakeDeviceOptions> = {}, prepare: (messenger: FakeMessenger) => void = () => {}): Promise<Meeting> {
  const { app, messenger, device } = await openedApp(prepare, '#/meet', options);
  const show = new ShowViewModel(app, meetEn);
  return { app, messenger, device, show, hand: show.hand };
}

const near = (messenger: FakeMessenger): void => {
  messenger.neighbours = [{ kind: 'relay', account: undefined, path: 'relay' }];
};

/** A code by hand stands on the screen. */
async function shown(options: Partial<FakeDeviceOptions> = {}): Promise<Meeting> {
  const all = await meeting({ cameraPermission: 'granted', ...options });
  await all.show.look('show');
  expect(all.hand.stage.value.kind).toBe('shown');
  return all;
}

test('with a relay near the code is an ordinary one, and nobody is asked for a camera', async () => {
  const { show, messenger, app, device } = await meeting({}, near);
  await show.look('show');
  expect(show.kind.value).toBe('ordinary');
  expect(messenger.invited).toEqual(['ordinary']);
  expect(app.meet.link.value).not.toBe('');
  expect(device.cameraOpened.times).toBe(0);
});

test('with nobody near the camera is asked for first, and only then a code is made, while it is open', async () => {
  const { show, hand, messenger, device } = await meeting();
  await show.look('show');
  expect(hand.stage.value).toEqual({ kind: 'asking', step: 'first' });
  expect(messenger.invited).toEqual([]);
  const invite = messenger.invite.bind(messenger);
  const openAtInvite: boolean[] = [];
  messenger.invite = (options) => {
    openAtInvite.push(device.cameraOpened.times > device.cameraOpened.closed);
    return invite(options);
  };
  await hand.allow();
  expect(openAtInvite).toEqual([true]);
  expect(messenger.invited).toEqual(['by-hand']);
  expect(hand.stage.value).toMatchObject({ kind: 'shown', untilMs: NOW_MS + 600_000 });
  expect(device.cameraOpened).toEqual({ times: 1, closed: 1 });
});

test('a camera that is allowed already is not asked for again', async () => {
  const { device } = await shown();
  expect(device.cameraOpened.times).toBe(0);
});

test.each(['absent', 'in-use', 'failed'] as const)('a camera that is %s keeps nobody from a code', async (camera) => {
  const { show, hand, messenger } = await meeting({ camera });
  await show.look('show');
  await hand.allow();
  expect(messenger.invited).toEqual(['by-hand']);
  expect(hand.stage.value.kind).toBe('shown');
});

test('a no to the camera is explained, with three ways on: again, without it, an ordinary code', async () => {
  const { show, hand, messenger } = await meeting({ camera: 'not-allowed' });
  await show.look('show');
  await hand.allow();
  expect(hand.stage.value).toEqual({ kind: 'asking', step: 'refused' });
  expect(messenger.invited).toEqual([]);
  await hand.allow();
  expect(hand.stage.value).toEqual({ kind: 'asking', step: 'refused' });
  await hand.make();
  expect(hand.stage.value.kind).toBe('shown');
  show.ordinary();
  await show.look('show');
  expect(messenger.invited).toEqual(['by-hand', 'ordinary']);
  expect(messenger.handsEnded).toBe(1);
});

test('a camera that was refused long ago says so at once', async () => {
  const { show, hand } = await meeting({ cameraPermission: 'denied' });
  await show.look('show');
  expect(hand.stage.value).toEqual({ kind: 'asking', step: 'refused' });
});

test('a relay that comes while one thinks about the camera makes the question needless', async () => {
  const { show, app, messenger } = await meeting();
  await show.look('show');
  near(messenger);
  await app.read();
  await show.look('show');
  expect(show.kind.value).toBe('ordinary');
  expect(messenger.invited).toEqual(['ordinary']);
});

test('a code that stands does not change because a relay comes or goes', async () => {
  const { show, app, messenger, hand } = await shown();
  near(messenger);
  await app.read();
  await show.look('show');
  expect(hand.stage.value.kind).toBe('shown');
  const other = await meeting({}, near);
  await other.show.look('show');
  other.messenger.neighbours = [];
  await other.app.read();
  await other.show.look('show');
  expect(other.show.kind.value).toBe('ordinary');
});

test('near a relay, too, a code by hand is made for whoever asks for one', async () => {
  const { show, messenger } = await meeting({ cameraPermission: 'granted' }, near);
  await show.look('show');
  await show.look('beside');
  expect(messenger.invited).toEqual(['ordinary', 'by-hand']);
  // And it stands when one goes to and fro between the ways.
  await show.look('scan');
  await show.look('show');
  expect(messenger.invited).toHaveLength(2);
  expect(messenger.handsEnded).toBe(0);
});

test.each<readonly [HandFailure, FakeDeviceOptions['cameraPermission'], RegExp]>([
  ['no-address', 'granted', /Join the same Wi-Fi/],
  ['no-address', 'denied', /until Kith may use the camera/],
  ['no-transport', 'granted', /This browser cannot/],
  ['timed-out', 'granted', /did not find each other in time/],
])('a code that cannot tie phones together (%s, camera %s) says why, and works by way of others', async (why, cameraPermission, words) => {
  const { show, hand, messenger, app, device } = await meeting({ cameraPermission: 'granted' });
  messenger.noHand = why;
  device.cameraPermission = cameraPermission ?? 'granted';
  await show.look('show');
  if (cameraPermission === 'denied') await hand.make();
  expect(hand.stage.value).toMatchObject({ kind: 'no-code', why: expect.stringMatching(words) });
  expect(app.meet.link.value).not.toBe('');
  // Joined a network meanwhile.
  messenger.noHand = undefined;
  device.cameraPermission = 'granted';
  await hand.retry();
  expect(hand.stage.value.kind).toBe('shown');
});

test('two codes: mine is scanned, theirs is scanned, the phones connect, and both are named', async () => {
  const { app, hand, messenger } = await shown();
  messenger.nextAnswer = undefined;
  messenger.hand({ account: ANN, step: 'connecting' });
  expect(await app.meet.accept('TheAnswerOnAnnsScreen_-0123456789', 'scanned')).toBe(true);
  expect(hand.stage.value).toEqual({ kind: 'connecting', account: ANN });
  messenger.hand({ account: ANN, step: 'connected' });
  expect(hand.stage.value).toEqual({ kind: 'connected', account: ANN });
  messenger.meet('Ann', 'direct');
  await settle();
  expect(app.overview.value?.contacts.map(({ name }) => name)).toEqual(['Ann']);
});

test('whoever scanned shows the answer until it was read, though the other is known by then', async () => {
  const { app, messenger, hand } = await meeting({ cameraPermission: 'granted' });
  messenger.nextAnswer = 'AnswerForAnn_-0123456789';
  await app.meet.accept('Ann', 'scanned');
  const answering = { kind: 'answering', account: ANN, answer: 'AnswerForAnn_-0123456789' };
  expect(app.meet.outcome.value).toEqual(answering);
  messenger.meet('Ann', 'relay');
  await settle();
  expect(app.meet.outcome.value).toEqual(answering);
  messenger.hand({ account: ANN, step: 'connected' });
  expect(hand.stage.value.kind).toBe('connected');
});

test('leaving the answer gives it up; leaving what connects already does not', async () => {
  const { app, messenger, show } = await meeting({ cameraPermission: 'granted' });
  messenger.nextAnswer = 'AnswerForAnn_-0123456789';
  await app.meet.accept('Ann', 'scanned');
  app.moved('#/');
  show.close();
  expect(messenger.handsEnded).toBe(1);
  const other = await shown();
  other.messenger.hand({ account: ANN, step: 'connecting' });
  other.app.moved('#/');
  other.show.close();
  expect(other.messenger.handsEnded).toBe(0);
});

test('leaving the screen gives up its code', async () => {
  const { show, messenger } = await shown();
  show.close();
  expect(messenger.handsEnded).toBe(1);
});

/** A messenger that takes its time to make a code; what comes back lets it. */
function slowly(messenger: FakeMessenger): () => Promise<void> {
  const invite = messenger.invite.bind(messenger);
  const waiting: (() => void)[] = [];
  messenger.invite = async (options) => {
    await new Promise<void>((resolve) => waiting.push(resolve));
    return invite(options);
  };
  return () => {
    waiting.shift()?.();
    return settle();
  };
}

test('a code that was made while one left is given up as soon as it is there', async () => {
  const { show, hand, messenger } = await meeting({ cameraPermission: 'granted' });
  const finish = slowly(messenger);
  void show.look('show');
  await settle();
  show.close();
  await finish();
  expect(hand.stage.value.kind).toBe('none');
  expect(messenger.handsEnded).toBe(1);
});

test('of two attempts the later one counts, and the earlier one does not end it', async () => {
  const { show, hand, messenger } = await meeting({ cameraPermission: 'granted' });
  const finish = slowly(messenger);
  void show.look('show');
  await settle();
  void hand.retry();
  await settle();
  await finish();
  expect(hand.stage.value.kind).toBe('making');
  await finish();
  expect(hand.stage.value).toMatchObject({ kind: 'shown', text: expect.stringContaining('-2-') });
  expect(messenger.handsEnded).toBe(0);
});

test('their code was read, but the phones cannot be tied together: the meeting goes on, and why is kept', async () => {
  const { app, messenger } = await meeting();
  messenger.nextNotByHand = 'no-address';
  expect(await app.meet.accept('Ann', 'scanned')).toBe(true);
  expect(app.meet.outcome.value).toEqual({ kind: 'taken-up', account: ANN, notByHand: 'no-address' });
});

test.each<HandFailure>(['no-transport', 'bad-code', 'wrong-key', 'no-certificate', 'timed-out'])(
  'a connection that fails (%s) says why and can be begun anew',
  async (why) => {
    const { show, hand, messenger } = await shown();
    messenger.hand({ account: ANN, step: 'connecting' });
    messenger.hand({ account: ANN, step: 'failed', why });
    await settle();
    expect(hand.stage.value).toEqual({ kind: 'failed', account: ANN, why: meetEn.failure[why] });
    show.again();
    await show.look('show');
    expect(hand.stage.value.kind).toBe('shown');
  },
);

test('a code that nobody scanned for ten minutes is taken away, and another is made when asked for', async () => {
  const { hand, messenger } = await shown();
  messenger.hand({ account: undefined, step: 'failed', why: 'timed-out' });
  await settle();
  expect(hand.stage.value).toEqual({ kind: 'lapsed' });
  await hand.make();
  expect(messenger.invited).toEqual(['by-hand', 'by-hand']);
  expect(hand.stage.value.kind).toBe('shown');
});

test('a full phone makes no code, and says so', async () => {
  const { show, hand, messenger } = await meeting({ cameraPermission: 'granted' });
  messenger.invite = () => Promise.resolve({ ok: false, refusal: { kind: 'not-saved', why: 'full' } });
  await show.look('show');
  expect(hand.stage.value).toMatchObject({ kind: 'no-code', why: expect.stringContaining('phone is full') });
});

async function beside(prepare: (messenger: FakeMessenger) => void): Promise<Meeting & { readonly hand: ByHandViewModel }> {
  const all = await meeting({ cameraPermission: 'granted' }, (messenger) => {
    messenger.meet('Ann', 'not-now');
    messenger.meet('Bo', 'not-now');
    messenger.about(ANN, { meetsByOneCode: true });
    prepare(messenger);
  });
  const hand = besideViewModel(all.app, ANN, meetEn);
  await hand.begin();
  return { ...all, hand };
}

test('one code is enough for somebody known; only their connection counts here', async () => {
  const { hand, messenger } = await beside(() => {});
  expect(hand.stage.value.kind).toBe('shown');
  messenger.hand({ account: accountOf('Bo'), step: 'connecting' });
  expect(hand.stage.value.kind).toBe('shown');
  messenger.hand({ account: ANN, step: 'connected' });
  expect(hand.stage.value).toEqual({ kind: 'connected', account: ANN });
});

test('where one code is not enough, two are offered', async () => {
  const { hand } = await beside((messenger) => messenger.about(ANN, { meetsByOneCode: false }));
  expect(hand.stage.value).toMatchObject({ kind: 'no-code', needsTwo: true });
});

test('one code that cannot be made says why', async () => {
  const { hand } = await beside((messenger) => {
    messenger.nextMeetAgain = { kind: 'not-by-hand', why: 'no-address' };
  });
  expect(hand.stage.value).toMatchObject({ kind: 'no-code', needsTwo: false, why: expect.stringContaining('in no network') });
  const full = await beside((messenger) => {
    messenger.nextMeetAgain = { kind: 'not-saved', why: 'full' };
  });
  expect(full.hand.stage.value).toMatchObject({ kind: 'no-code', why: expect.stringContaining('phone is full') });
});
