/**
 * What the view-models stand on: the messenger's facade, and the device as they see it. No DOM type is named here; a picture or a
 * video surface passes through untouched. Rule: docs/architecture.md, the import table.
 */
import type { WordsRefusal } from '@kith/core';
import type { ReadonlySignal } from '@preact/signals';

export type {
  Accepted,
  AccountId,
  BackupRefusal,
  BackupSecret,
  BeginRefusal,
  Bundle,
  BundleExportRefusal,
  BundleRefusal,
  BundleTaken,
  ByHand,
  Comparison,
  Contact,
  ContactNews,
  DeliveryState,
  HandFailure,
  IntroduceRefusal,
  IntroductionView,
  Invitation,
  InvitationRefusal,
  InviteRefusal,
  Linking,
  LinkRefusal,
  MeetAgainRefusal,
  Message,
  MessageId,
  Messenger,
  MessengerEvent,
  NameRefusal,
  NeighbourView,
  NotSaved,
  OfferLinkRefusal,
  Overview,
  OwnDevice,
  Profile,
  Pull,
  Reach,
  RecoverRefusal,
  RelayInfo,
  RemoveDeviceRefusal,
  Restored,
  RestoreRefusal,
  Result,
  SafetyNumber,
  SendRefusal,
  TimelinePage,
  Verification,
  VerifyRefusal,
  Whereabouts,
  WordsRefusal,
} from '@kith/core';

/** Small things kept on this device: drafts, switches. Never keys. May forget (a private window, cleared data). */
export interface Drawer {
  read(name: string): string | undefined;
  write(name: string, value: string | undefined): void;
}

export type CameraTrouble = 'absent' | 'not-allowed' | 'in-use' | 'failed';

/** Something to draw the camera's picture on, or a picture to read; only the device knows what it really is. */
export type Surface = object;

export interface CameraSession {
  readonly hasTorch: boolean;
  setTorch(isOn: boolean): void;
  stop(): void;
}

/** `not-asked`: the browser has not said, or asks each time. */
export type CameraPermission = 'granted' | 'not-asked' | 'denied' | 'absent';

export interface Camera {
  /** Draws the camera on the surface and tells the text of each code it sees, until stopped. `moving`: the codes change, so it looks without a pause. */
  watch(surface: Surface, onText: (text: string) => void, codes?: 'still' | 'moving'): Promise<CameraSession | CameraTrouble>;
  /** The text of the code on a picture, or nothing. */
  readPicture(picture: Surface): Promise<string | undefined>;
  /** Whether Kith may use it, as far as the browser says without asking the person. */
  permission(): Promise<CameraPermission>;
  /** Opens it without a picture: a browser tells where the device is to whoever may see. What comes back closes it. */
  open(): Promise<(() => void) | CameraTrouble>;
}

export interface Screen {
  /** Keeps it from going dark, where the device lets it, until what comes back is called. */
  stayOn(): () => void;
}

export type BellPermission = 'granted' | 'not-asked' | 'denied' | 'absent';

export interface Bell {
  readonly permission: ReadonlySignal<BellPermission>;
  ask(): Promise<void>;
  ring(note: { readonly title: string; readonly body: string; readonly about: string }): void;
}

export interface StorageFacts {
  readonly usedBytes: number | undefined;
  /** The browser promised not to clear it by itself. */
  readonly isKept: boolean;
  /** A private window: everything goes when it closes. */
  readonly forgets: boolean;
}

export interface Shelf {
  facts(): Promise<StorageFacts>;
  /** Asks the browser not to clear what Kith keeps. */
  keep(): Promise<boolean>;
}

export interface Hands {
  readonly canShare: boolean;
  copy(text: string): Promise<boolean>;
  share(text: string): Promise<boolean>;
}

export interface Files {
  /** Gives the person a file to keep, by the browser's own way. */
  save(name: string, bytes: Uint8Array<ArrayBuffer>): void;
  /** Other programs can be handed a file here, by the device's own sheet. */
  readonly canShare: boolean;
  /** `not-taken`: the device hands on no files of this kind. `not-now`: the person thought better of it. */
  share(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<'shared' | 'not-now' | 'not-taken'>;
  /** What is in a file that the person chose; nothing when it cannot be read, or is larger than any backup. */
  read(chosen: Surface): Promise<Uint8Array<ArrayBuffer> | undefined>;
}

/** What opens this profile besides the key that the browser keeps. */
export interface LockMethods {
  readonly passphrase: boolean;
  readonly finger: boolean;
  /** The recovery words open it. Not so on a device that was linked: it never saw them. */
  readonly words: boolean;
}

export type LockState =
  /** Not known yet. */
  | { readonly kind: 'opening' }
  | {
      readonly kind: 'locked';
      /**
       * `asks`: for a passphrase, or what else was set. `key-lost`: the browser lost the key that belongs to it, only the words are left.
       * `damaged`, `newer`: nothing opens it with this version.
       */
      readonly why: 'asks' | 'key-lost' | 'damaged' | 'newer';
    }
  | { readonly kind: 'open'; readonly methods: LockMethods; readonly openedBy: 'device' | 'passphrase' | 'finger' | 'words' };

/** What a person opens with. `finger` asks the device for whatever it has: fingerprint, face, a code. */
export type LockKey =
  | { readonly kind: 'passphrase'; readonly text: string }
  | { readonly kind: 'finger' }
  | { readonly kind: 'words'; readonly text: string };

export type UnlockRefusal =
  | { readonly kind: 'wrong' }
  | { readonly kind: 'key-lost' }
  | { readonly kind: 'damaged' }
  | { readonly kind: 'newer' }
  /** The person turned away from the device's question, or it timed out. */
  | { readonly kind: 'not-given' }
  | { readonly kind: 'failed' }
  | WordsRefusal;

export type LockRefusal =
  | { readonly kind: 'needs-passphrase' }
  | { readonly kind: 'same-as-passphrase' }
  /** The device has a fingerprint or the like, but no key behind it. */
  | { readonly kind: 'no-finger' }
  | { readonly kind: 'not-given' }
  | { readonly kind: 'failed' };

/**
 * The seal on this profile. Keys are made and used elsewhere: what a person types passes through here once, and nothing that opens the
 * profile ever comes back.
 */
export interface Lock {
  readonly state: ReadonlySignal<LockState>;
  /** Whether fingerprint or face can open here. `unknown` until the browser has answered. */
  readonly finger: ReadonlySignal<'unknown' | 'offered' | 'absent'>;
  /** A finger was set on this device, as far as this device remembers without opening anything. */
  readonly hasFinger: ReadonlySignal<boolean>;
  unlock(key: LockKey): Promise<UnlockRefusal | undefined>;
  /** Sets or changes the passphrase; nothing removes it, and the finger with it. */
  setPassphrase(text: string | undefined): Promise<LockRefusal | undefined>;
  setFinger(isOn: boolean): Promise<LockRefusal | undefined>;
  /** Nobody is told whether one is set, so that nobody can be made to say it. */
  setDuress(text: string | undefined): Promise<LockRefusal | undefined>;
  /** Stops everything, forgets the keys and asks again. */
  lockNow(): Promise<void>;
  /** Makes everything unreadable first, then deletes it; the app starts as new. */
  wipe(): Promise<void>;
}

export interface Device {
  readonly drawer: Drawer;
  readonly files: Files;
  readonly camera: Camera;
  readonly screen: Screen;
  readonly bell: Bell;
  readonly shelf: Shelf;
  readonly hands: Hands;
  /** Somebody can see the app now. */
  readonly isVisible: ReadonlySignal<boolean>;
  /** The time, moving once or twice a minute: for words like "Yesterday" and "3 days left". */
  readonly nowMs: ReadonlySignal<number>;
  /** When somebody last touched the app. */
  readonly usedAtMs: () => number;
  /** Where an invitation's link begins, up to and without the text. */
  readonly linkBase: ReadonlySignal<string>;
}
