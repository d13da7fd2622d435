/** A device key and a rollback witness that live in memory, for tests of what is bound to a device. They keep no secret from anybody. */
import { type Bytes, copyBytes, toHex } from '../kernel/bytes.ts';
import type { DeviceKey, RollbackWitness } from '../ports/device-key.ts';
import { SeededRandom } from './seeded-random.ts';

const TOKEN_BYTES = 60;

export class MemoryDeviceKey implements DeviceKey {
  readonly #random: SeededRandom;
  readonly #wrapped: Map<string, Bytes> = new Map();

  constructor(seed: number | string = 'device key') {
    this.#random = new SeededRandom(seed);
  }

  async wrap(bytes: Bytes): Promise<Bytes> {
    const token = this.#random.bytes(TOKEN_BYTES);
    this.#wrapped.set(toHex(token), copyBytes(bytes));
    return token;
  }

  async unwrap(wrapped: Bytes): Promise<Bytes | undefined> {
    const bytes = this.#wrapped.get(toHex(wrapped));
    return bytes && copyBytes(bytes);
  }

  async forget(): Promise<void> {
    this.#wrapped.clear();
  }
}

export class MemoryWitness implements RollbackWitness {
  generation: number | undefined;

  async read(): Promise<number | undefined> {
    return this.generation;
  }

  async write(generation: number): Promise<void> {
    this.generation = generation;
  }
}
