/**
 * What the view-models stand on: the messenger's facade, and the device as they see it. No DOM type is named here; a picture or a
 * video surface passes through untouched. Rule: docs/architecture.md, the import table.
 */
import type { ReadonlySignal } from '@preact/signals';

export type {
  AccountId,
  BeginRefusal,
  Contact,
  DeliveryState,
  Invitation,
  InvitationRefusal,
  InviteRefusal,
  Message,
  MessageId,
  Messenger,
  MessengerEvent,
  NeighbourView,
  Overview,
  Profile,
  Reach,
  RelayInfo,
  Result,
  SendRefusal,
  TimelinePage,
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

export interface Camera {
  /** Draws the camera on the surface and tells the text of each code it sees, until stopped. */
  watch(surface: Surface, onText: (text: string) => void): Promise<CameraSession | CameraTrouble>;
  /** The text of the code on a picture, or nothing. */
  readPicture(picture: Surface): Promise<string | undefined>;
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

export interface Device {
  readonly drawer: Drawer;
  readonly camera: Camera;
  readonly bell: Bell;
  readonly shelf: Shelf;
  readonly hands: Hands;
  /** Somebody can see the app now. */
  readonly isVisible: ReadonlySignal<boolean>;
  /** The time, moving once or twice a minute: for words like "Yesterday" and "3 days left". */
  readonly nowMs: ReadonlySignal<number>;
  /** Where an invitation's link begins, up to and without the text. */
  readonly linkBase: ReadonlySignal<string>;
}
