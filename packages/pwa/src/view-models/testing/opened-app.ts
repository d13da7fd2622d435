/** An app on a fake messenger and a fake device, for tests: Friday 20 November 2026, 10:13 in UTC. */
import { type Signal, signal } from '@preact/signals';
import { en } from '../../locales/en.ts';
import { AppViewModel } from '../app.ts';
import { hashOf, type Route } from '../route.ts';
import { Times } from '../times.ts';
import { type FakeDevice, type FakeDeviceOptions, fakeDevice } from './fake-device.ts';
import { FakeLock } from './fake-lock.ts';
import { FakeMessenger } from './fake-messenger.ts';

export const NOW_MS: number = Date.UTC(2026, 10, 20, 10, 13);

export interface OpenedApp {
  readonly app: AppViewModel;
  readonly messenger: FakeMessenger;
  readonly device: FakeDevice;
  readonly lock: FakeLock;
  /** Where the app went, newest last. */
  readonly went: string[];
  readonly update: Signal<(() => void) | undefined>;
}

/** `prepare` fills the messenger before the app reads it. */
export async function openedApp(
  prepare: (messenger: FakeMessenger) => void = () => {},
  hash = '#/',
  options: Partial<FakeDeviceOptions> = {},
): Promise<OpenedApp> {
  const messenger = new FakeMessenger(NOW_MS);
  messenger.profile = { account: '7a'.repeat(32), name: 'Mira', wordsWaiting: false, isFirstDevice: true };
  prepare(messenger);
  const device = fakeDevice({ nowMs: NOW_MS, ...options });
  const lock = new FakeLock();
  const went: string[] = [];
  const update = signal<(() => void) | undefined>(undefined);
  const app = new AppViewModel({
    messenger,
    lock,
    device,
    words: en,
    times: new Times(en, { timeZone: 'UTC' }),
    version: '0.0.0',
    relayName: signal(undefined),
    update,
    go: (route: Route) => void went.push(hashOf(route)),
  });
  await app.start(hash);
  return { app, messenger, device, lock, went, update };
}

/** Lets every promise that is ready be heard. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 10; i += 1) await Promise.resolve();
}
