import { expect, test } from 'vitest';
import { en } from '../locales/en.ts';
import { clockNotice } from './clock.ts';
import { openedApp, settle } from './testing/opened-app.ts';

async function appWith(behindHours: number) {
  const opened = await openedApp((messenger) => {
    messenger.clockBehindHours = behindHours;
  });
  const now = async (hours: number): Promise<string | undefined> => {
    opened.messenger.clockBehindHours = hours;
    opened.messenger.say({ kind: 'overview-changed' });
    await settle();
    return opened.app.clock.notice.value?.title;
  };
  return { ...opened, now };
}

test('a clock that is right is not spoken of', async () => {
  const { app } = await appWith(0);
  expect(app.clock.notice.value).toBeUndefined();
});

test('one that is wrong is: by how much, what comes of it, where to mend it', async () => {
  const { app } = await appWith(-40);
  expect(app.clock.notice.value).toEqual({
    title: 'This phone’s clock is 40 hours ahead of others nearby.',
    text: 'Set it right in the phone’s settings, or others do not take what you write. Your copy stays here.',
  });
});

test('behind is not ahead, and what comes of it is another thing', () => {
  expect(clockNotice(30, en)).toEqual({
    title: 'This phone’s clock is 30 hours behind others nearby.',
    text: 'Set it right in the phone’s settings, or your messages expire too early. Your copy stays here.',
  });
});

test.each([
  [71, '71 hours'],
  [72, '3 days'],
  [400, '17 days'],
  [9000, '375 days'],
  [17_520, '2 years'],
  [-43_800, '5 years'],
])('%i hours are said as a person would: %s', (hours, span) => {
  expect(clockNotice(hours, en).title).toContain(`clock is ${span} `);
});

test('put aside it stays away while an hour turns here or there, and comes back when it changed', async () => {
  const { app, now } = await appWith(-40);
  app.clock.putAside();
  expect(app.clock.notice.value).toBeUndefined();
  expect(await now(-41)).toBeUndefined();
  expect(await now(-39)).toBeUndefined();
  expect(await now(-43)).toBe('This phone’s clock is 43 hours ahead of others nearby.');
  app.clock.putAside();
  expect(await now(43)).toBe('This phone’s clock is 43 hours behind others nearby.');
});

test('mended and wrong once more, it is said once more; mended, it goes by itself', async () => {
  const { app, now } = await appWith(-40);
  app.clock.putAside();
  expect(await now(0)).toBeUndefined();
  expect(await now(-40)).toBe('This phone’s clock is 40 hours ahead of others nearby.');
  expect(await now(0)).toBeUndefined();
});
