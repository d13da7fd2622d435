/**
 * The page's half of the lock: passes on what a person types or the device gives, once, and wipes it here. It never sees a key. What it
 * remembers beside the profile (`finger.…`, the newest generation seen) opens nothing.
 */
import { type Signal, signal } from '@preact/signals';
import type { Eraser } from './device/eraser.ts';
import type { Finger } from './device/finger.ts';
import type { Drawer, Lock, LockKey, LockRefusal, LockState, UnlockRefusal } from './view-models/ports.ts';
import type { Answer, Asked, FromWorker, Secret } from './worker-messages.ts';

const GENERATION = 'generation';
/** A worker that has not answered by then is ended; deleting goes on without it. */
const LAST_ANSWER_MS = 5000;

export interface PageLockParts {
  readonly drawer: Drawer;
  readonly finger: Finger;
  readonly eraser: Eraser;
  /** Asks the worker; what it is given is moved there. */
  readonly ask: (asked: Asked) => Promise<Answer>;
  /** Takes everything readable off the screen, at once. */
  readonly hide: () => void;
  /** Ends the worker and the link. */
  readonly end: () => Promise<void>;
  /** Opens the app again, from its first page. */
  readonly restart: () => void;
}

export class PageLock implements Lock {
  readonly state: Signal<LockState> = signal({ kind: 'opening' });
  readonly finger: Signal<'unknown' | 'offered' | 'absent'> = signal('unknown');
  readonly hasFinger: Signal<boolean>;
  readonly #parts: PageLockParts;

  constructor(parts: PageLockParts) {
    this.#parts = parts;
    this.hasFinger = signal(parts.finger.isSet());
    void parts.finger.isOffered().then((isOffered) => {
      this.finger.value = isOffered ? 'offered' : 'absent';
    });
  }

  /** The generation that an older copy of the profile would fall behind. */
  static witnessed(drawer: Drawer): number | undefined {
    const kept = Number(drawer.read(GENERATION));
    return Number.isSafeInteger(kept) && kept > 0 ? kept : undefined;
  }

  hears(message: FromWorker): void {
    switch (message.kind) {
      case 'ready':
        this.state.value = { kind: 'open', methods: message.methods, openedBy: message.openedBy };
        return;
      case 'locked':
        this.state.value = { kind: 'locked', why: message.why };
        return;
      case 'methods':
        if (this.state.value.kind === 'open') this.state.value = { ...this.state.value, methods: message.methods };
        return;
      case 'witness':
        this.#parts.drawer.write(GENERATION, String(message.generation));
        return;
      case 'answer':
      case 'no-store':
      case 'store-gone':
        return;
    }
  }

  async unlock(key: LockKey): Promise<UnlockRefusal | undefined> {
    const secret = key.kind === 'finger' ? await this.#parts.finger.ask() : bytesOf(key.text);
    if (typeof secret === 'string') return { kind: secret === 'absent' ? 'failed' : 'not-given' };
    const answer = await this.#ask({ kind: 'open', by: key.kind, secret });
    if (answer.kind === 'erased') {
      this.#parts.hide();
      await this.#startAsNew(() => this.#parts.eraser.eraseData());
      return undefined;
    }
    return answer.kind === 'not-opened' ? answer.why : undefined;
  }

  async setPassphrase(text: string | undefined): Promise<LockRefusal | undefined> {
    const refusal = refusalIn(await this.#ask({ kind: 'set-passphrase', secret: text === undefined ? undefined : bytesOf(text) }));
    if (text === undefined && refusal === undefined) this.#forgetFinger();
    return refusal;
  }

  async setFinger(isOn: boolean): Promise<LockRefusal | undefined> {
    if (!isOn) {
      const refusal = refusalIn(await this.#ask({ kind: 'set-finger', secret: undefined }));
      if (refusal === undefined) this.#forgetFinger();
      return refusal;
    }
    const secret = await this.#parts.finger.set();
    if (typeof secret === 'string') return { kind: secret === 'absent' ? 'no-finger' : 'not-given' };
    const refusal = refusalIn(await this.#ask({ kind: 'set-finger', secret }));
    if (refusal === undefined) this.hasFinger.value = true;
    else this.#forgetFinger();
    return refusal;
  }

  async setDuress(text: string | undefined): Promise<LockRefusal | undefined> {
    return refusalIn(await this.#ask({ kind: 'set-duress', secret: text === undefined ? undefined : bytesOf(text) }));
  }

  async lockNow(): Promise<void> {
    this.#parts.hide();
    await this.#askForTheLastTime({ kind: 'forget' });
    await this.#parts.end();
    this.#parts.restart();
  }

  async wipe(): Promise<void> {
    this.#parts.hide();
    // What makes it unreadable comes first and takes milliseconds; the rest may take as long as it takes.
    await this.#askForTheLastTime({ kind: 'erase' });
    await this.#startAsNew(() => this.#parts.eraser.eraseAll());
  }

  async #startAsNew(erase: () => Promise<void>): Promise<void> {
    await this.#parts.end();
    this.#parts.finger.forget();
    await erase();
    this.#parts.restart();
  }

  #forgetFinger(): void {
    this.#parts.finger.forget();
    this.hasFinger.value = false;
  }

  async #askForTheLastTime(asked: Asked): Promise<void> {
    await Promise.race([this.#ask(asked), new Promise((resolve) => setTimeout(resolve, LAST_ANSWER_MS))]);
  }

  async #ask(asked: Asked): Promise<Answer> {
    try {
      return await this.#parts.ask(asked);
    } finally {
      // Moved away when it was sent, and then empty here; wiped when it was not.
      if ('secret' in asked && asked.secret !== undefined && asked.secret.length > 0) asked.secret.fill(0);
    }
  }
}

function refusalIn(answer: Answer): LockRefusal | undefined {
  return answer.kind === 'not-set' ? { kind: answer.why } : undefined;
}

function bytesOf(text: string): Secret {
  // The same letters typed on another keyboard may come as other bytes.
  return new TextEncoder().encode(text.normalize('NFC')) as Secret;
}
