/**
 * The locks of an opened vault: which slot holds what, changed one call at a time and each in one durable commit.
 * Holds the master key until `forget`. Rule: docs/protocol/vault.md §2.
 */
import type { Suite } from '../../crypto/suite.ts';
import { assert } from '../../kernel/assert.ts';
import { type Bytes, EMPTY } from '../../kernel/bytes.ts';
import { ok, type Result, refuse } from '../../kernel/result.ts';
import type { DeviceKey } from '../../ports/device-key.ts';
import type { Entropy } from '../../ports/entropy.ts';
import { type Store, StoreFailed } from '../../ports/store.ts';
import { STRETCH_COST } from './limits.ts';
import { SLOTS_ROW, STATE_ROW } from './reserved.ts';
import { emptySlot, encodeSlots, fillSlot, type Lock, MASTER_BYTES, newSalt, openSlot, SLOT, type SlotsRow, withSlot } from './slots.ts';
import { sealState, type VaultState } from './state.ts';
import { DEVICE_SECRET_BYTES, type Unlock } from './unlock.ts';

export interface VaultMethods {
  readonly passphrase: boolean;
  readonly prf: boolean;
  readonly words: boolean;
}

interface LockPorts {
  readonly inner: Store;
  readonly suite: Suite;
  readonly entropy: Entropy;
  readonly deviceKey?: DeviceKey;
}

/** Everything that one change replaces. */
interface Locked {
  readonly row: SlotsRow;
  readonly state: VaultState;
  /** The device secret; `undefined` when the device key that wrapped it is gone. */
  readonly device: Bytes | undefined;
}

const SECRET_BYTES = 32;

export class Locks {
  readonly #ports: LockPorts;
  #master: Bytes | undefined;
  #now: Locked;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(ports: LockPorts, from: Locked & { readonly master: Bytes }) {
    this.#ports = ports;
    this.#master = from.master;
    this.#now = { row: from.row, state: from.state, device: from.device };
  }

  get row(): SlotsRow {
    return this.#now.row;
  }

  methods(): VaultMethods {
    const { state, device } = this.#now;
    return { passphrase: state.passphrase && device !== undefined, prf: state.prf && device !== undefined, words: state.words };
  }

  /** The first commit of a new vault. */
  begin(lock: Extract<Unlock, { kind: 'passphrase' | 'prf' }> | undefined): Promise<void> {
    return this.#inTurn(async () => {
      const first = lock === undefined ? this.#now : this.#withLock(this.#now, lock);
      await this.#save(this.#withFourth(first));
    });
  }

  /** Opened by the words on a device whose key is gone: if no lock was set, it opens by itself again. A lock is for the person to set anew. */
  mend(): Promise<void> {
    return this.#inTurn(async () => {
      const { device, state } = this.#now;
      if (device !== undefined || state.passphrase || state.prf || this.#ports.deviceKey === undefined) return;
      await this.#save(this.#withFourth(await this.#bound()));
    });
  }

  allSealed(): Promise<void> {
    return this.#inTurn(() => this.#save({ ...this.#now, row: { ...this.#now.row, phase: 'whole' } }));
  }

  setPassphrase(text: Uint8Array | undefined): Promise<void> {
    return this.#wiping(text, async () => {
      const bound = await this.#bound();
      if (text !== undefined) return this.#save(this.#withFourth(this.#withLock(bound, { kind: 'passphrase', text })));
      const slots = withSlot(bound.row.slots, SLOT.passphrase, this.#chance());
      const state = { ...bound.state, passphrase: false, duress: false };
      await this.#save(this.#withFourth({ ...bound, row: { ...bound.row, slots }, state }));
    });
  }

  setPrf(output: Uint8Array | undefined): Promise<void> {
    return this.#wiping(output, async () => {
      const bound = await this.#bound();
      if (output !== undefined) return this.#save(this.#withFourth(this.#withLock(bound, { kind: 'prf', output })));
      const slots = withSlot(bound.row.slots, SLOT.prf, this.#chance());
      await this.#save(this.#withFourth({ ...bound, row: { ...bound.row, slots }, state: { ...bound.state, prf: false } }));
    });
  }

  /** Somebody has acted on the store's being older than it was. */
  healed(): Promise<void> {
    return this.#inTurn(async () => {
      const now = this.#now;
      if (now.state.setBack) await this.#save({ ...now, state: { ...now.state, setBack: false } });
    });
  }

  setWords(seed: Uint8Array): Promise<void> {
    assert(seed.length === SECRET_BYTES, 'the seed behind the words has 32 bytes');
    return this.#inTurn(async () => {
      const filled = this.#filled(this.#now, 'words', seed);
      await this.#save({ ...filled, state: { ...filled.state, words: true } });
    });
  }

  setDuress(text: Uint8Array | undefined): Promise<Result<void, { kind: 'needs-passphrase' } | { kind: 'same-as-passphrase' }>> {
    return this.#wiping(text, async () => {
      const now = this.#now;
      if (text === undefined) {
        if (now.state.duress) await this.#save(this.#withFourth({ ...now, state: { ...now.state, duress: false } }));
        return ok(undefined);
      }
      if (!this.methods().passphrase) return refuse({ kind: 'needs-passphrase' });
      const secret = this.#stretched(text, now.row);
      const isSame = this.#opens(now, 'passphrase', secret);
      // Chance in place of the master key: whoever is given this passphrase is not given the profile, with whatever program they try it.
      const filled = isSame ? now : this.#filled(now, 'duress', secret);
      this.#ports.suite.wipe(secret);
      if (isSame) return refuse({ kind: 'same-as-passphrase' });
      await this.#save({ ...filled, state: { ...filled.state, duress: true } });
      return ok(undefined);
    });
  }

  /** Overwrites the keys. What is under way is not saved any more. */
  forget(): void {
    if (this.#master !== undefined) this.#ports.suite.wipe(this.#master);
    if (this.#now.device !== undefined) this.#ports.suite.wipe(this.#now.device);
    this.#master = undefined;
  }

  /** The passphrase or the PRF output in its slot. */
  #withLock(from: Locked, lock: Extract<Unlock, { kind: 'passphrase' | 'prf' }>): Locked {
    if (lock.kind === 'prf') {
      assert(lock.output.length === SECRET_BYTES, 'a PRF output has 32 bytes');
      const filled = this.#filled(from, 'prf', lock.output);
      return { ...filled, state: { ...filled.state, prf: true } };
    }
    assert(lock.text.length > 0, 'a passphrase has at least one byte');
    const priced = this.#priced(from);
    const secret = this.#stretched(lock.text, priced.row);
    const filled = this.#filled(priced, 'passphrase', secret);
    const duress = priced.state.duress && !this.#opens(priced, 'duress', secret);
    this.#ports.suite.wipe(secret);
    return { ...filled, state: { ...filled.state, passphrase: true, duress } };
  }

  /** A passphrase is set at the cost of this version, never at one that was found; the duress passphrase of another cost has to go. */
  #priced(from: Locked): Locked {
    const { passes, memoryBytes } = from.row.cost;
    if (passes === STRETCH_COST.passes && memoryBytes === STRETCH_COST.memoryBytes) return from;
    const row = { ...from.row, cost: STRETCH_COST, salt: newSalt(this.#ports.entropy) };
    return { ...from, row, state: { ...from.state, duress: false } };
  }

  /** The fourth slot: the device's while no lock is set; else the duress passphrase's or chance. */
  #withFourth(from: Locked): Locked {
    const { passphrase, prf, duress } = from.state;
    if (passphrase || prf) {
      if (duress) return from;
      return { ...from, row: { ...from.row, slots: withSlot(from.row.slots, SLOT.fourth, this.#chance()) } };
    }
    assert(from.row.wrapped.length > 0, 'without a device key a vault keeps at least one lock');
    return this.#filled(from, 'device', EMPTY);
  }

  /** What is held now, or when the device key is gone, bound to the device anew: the slots that nothing opens any more become chance. */
  async #bound(): Promise<Locked> {
    const now = this.#now;
    if (now.device !== undefined) return now;
    const { entropy, deviceKey } = this.#ports;
    const device = deviceKey === undefined ? new Uint8Array(DEVICE_SECRET_BYTES) : entropy.bytes(DEVICE_SECRET_BYTES);
    const wrapped = deviceKey === undefined ? EMPTY : await deviceKey.wrap(device);
    const [, , words] = now.row.slots;
    const row: SlotsRow = { ...now.row, wrapped, slots: [this.#chance(), this.#chance(), words, this.#chance()] };
    return { row, device, state: { ...now.state, passphrase: false, prf: false, duress: false } };
  }

  #filled(from: Locked, lock: Lock, secret: Uint8Array): Locked {
    const { suite, entropy } = this.#ports;
    const key = { lock, secret, device: from.device ?? EMPTY };
    const isDuress = lock === 'duress';
    const content = isDuress ? entropy.bytes(MASTER_BYTES) : this.#alive();
    return { ...from, row: { ...from.row, slots: fillSlot(suite, entropy, from.row.slots, key, isDuress ? 'duress' : 'real', content) } };
  }

  #opens(from: Locked, lock: Lock, secret: Uint8Array): boolean {
    const found = openSlot(this.#ports.suite, from.row.slots, { lock, secret, device: from.device ?? EMPTY });
    if (found !== undefined) this.#ports.suite.wipe(found.master);
    return found !== undefined;
  }

  #stretched(text: Uint8Array, row: SlotsRow): Bytes {
    return this.#ports.suite.stretch(text, row.salt, row.cost);
  }

  #chance(): Bytes {
    return emptySlot(this.#ports.entropy);
  }

  #alive(): Bytes {
    if (this.#master === undefined) throw new StoreFailed('the profile is locked; its locks cannot be changed');
    return this.#master;
  }

  async #save(next: Locked): Promise<void> {
    const { inner, suite, entropy } = this.#ports;
    const state = sealState(suite, entropy, this.#alive(), next.state);
    await inner.commit(
      [
        { ...SLOTS_ROW, value: encodeSlots(next.row) },
        { ...STATE_ROW, value: state },
      ],
      'durable',
    );
    this.#now = next;
  }

  #wiping<Answer>(given: Uint8Array | undefined, change: () => Promise<Answer>): Promise<Answer> {
    return this.#inTurn(async () => {
      try {
        return await change();
      } finally {
        if (given !== undefined) this.#ports.suite.wipe(given);
      }
    });
  }

  #inTurn<Answer>(change: () => Promise<Answer>): Promise<Answer> {
    const turn = this.#turn.then(change);
    // Whoever asked hears of a failure; the next change only waits for its end.
    this.#turn = turn.catch(() => {});
    return turn;
  }
}
