/** A device that does what a test says, and nothing by itself. */
import { type Signal, signal } from '@preact/signals';
import type { BellPermission, Camera, CameraPermission, CameraTrouble, Device, StorageFacts } from '../ports.ts';

export interface FakeDevice extends Device {
  readonly isVisible: Signal<boolean>;
  readonly nowMs: Signal<number>;
  readonly kept: Map<string, string>;
  readonly rung: { readonly title: string; readonly body: string; readonly about: string }[];
  readonly copied: string[];
  readonly saved: { readonly name: string; readonly bytes: Uint8Array<ArrayBuffer> }[];
  readonly shared: string[];
  /** When the fake person last touched it. */
  usedMs: number;
  readonly permission: Signal<BellPermission>;
  /** Whether the camera may be used, and how often it was opened without a picture and closed again. */
  cameraPermission: CameraPermission;
  readonly cameraOpened: { times: number; closed: number };
  /** How many screens are kept from going dark. */
  readonly awake: { held: number };
  /** What the next code before the camera says. */
  see(text: string): void;
}

export interface FakeDeviceOptions {
  readonly nowMs: number;
  readonly camera?: CameraTrouble;
  readonly cameraPermission?: CameraPermission;
  readonly picture?: string;
  readonly permission?: BellPermission;
  readonly facts?: StorageFacts;
  /** What is in the file that the person chooses. */
  readonly file?: Uint8Array<ArrayBuffer>;
  /** How handing a file to another program ends; without, the device has no such sheet. */
  readonly share?: 'shared' | 'not-now' | 'not-taken';
}

export function fakeDevice(options: FakeDeviceOptions): FakeDevice {
  const kept = new Map<string, string>();
  const rung: { readonly title: string; readonly body: string; readonly about: string }[] = [];
  const copied: string[] = [];
  const saved: { readonly name: string; readonly bytes: Uint8Array<ArrayBuffer> }[] = [];
  const shared: string[] = [];
  const permission = signal<BellPermission>(options.permission ?? 'not-asked');
  const cameraOpened = { times: 0, closed: 0 };
  const awake = { held: 0 };
  let onText: (text: string) => void = () => {};
  const camera: Camera = {
    watch: (_surface, listener) => {
      onText = listener;
      return Promise.resolve(options.camera ?? { hasTorch: true, setTorch: () => {}, stop: () => {} });
    },
    readPicture: () => Promise.resolve(options.picture),
    permission: () => Promise.resolve(fake.cameraPermission),
    open: () => {
      cameraOpened.times += 1;
      if (options.camera !== undefined) return Promise.resolve(options.camera);
      fake.cameraPermission = 'granted';
      return Promise.resolve(() => {
        cameraOpened.closed += 1;
      });
    },
  };
  const fake: FakeDevice = {
    saved,
    shared,
    usedMs: options.nowMs,
    usedAtMs: () => fake.usedMs,
    files: {
      save: (name, bytes) => void saved.push({ name, bytes }),
      read: () => Promise.resolve(options.file),
      canShare: options.share !== undefined,
      share: (name) => {
        shared.push(name);
        return Promise.resolve(options.share ?? 'not-taken');
      },
    },
    kept,
    rung,
    copied,
    permission,
    camera,
    cameraPermission: options.cameraPermission ?? 'not-asked',
    cameraOpened,
    awake,
    screen: {
      stayOn: () => {
        awake.held += 1;
        return () => {
          awake.held -= 1;
        };
      },
    },
    isVisible: signal(true),
    nowMs: signal(options.nowMs),
    linkBase: signal('https://kith.example/#/meet/'),
    drawer: {
      read: (name) => kept.get(name),
      write: (name, value) => (value === undefined ? void kept.delete(name) : void kept.set(name, value)),
    },
    bell: {
      permission,
      ask: () => {
        permission.value = 'granted';
        return Promise.resolve();
      },
      ring: (note) => void rung.push(note),
    },
    shelf: {
      facts: () => Promise.resolve(options.facts ?? { usedBytes: 4_200_000, isKept: true, forgets: false }),
      keep: () => Promise.resolve(true),
    },
    hands: {
      canShare: false,
      copy: (text) => {
        copied.push(text);
        return Promise.resolve(true);
      },
      share: () => Promise.resolve(false),
    },
    see: (text) => onText(text),
  };
  return fake;
}
