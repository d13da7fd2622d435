/** A suite that is watched while it seals: what was sealed under which key and nonce. It changes nothing. */
import type { Suite } from '../../packages/core/src/crypto/suite.ts';
import { concat, toHex, toKey } from '../../packages/core/src/kernel/bytes.ts';

const OPERATIONS = [
  'hash',
  'mac',
  'derive',
  'stretch',
  'step',
  'open',
  'signingPair',
  'sign',
  'verify',
  'agreementPair',
  'agree',
  'encapsulationPair',
  'encapsulate',
  'decapsulate',
  'equal',
  'wipe',
] as const satisfies readonly (keyof Suite)[];

export class Sealings {
  /** Key and nonce, shortened to what is told apart by far → what came out. The same again is a frame made again, and harmless. */
  readonly #sealed: Map<string, string> = new Map<string, string>();
  readonly twice: string[] = [];

  watch(suite: Suite): Suite {
    const rest = Object.fromEntries(OPERATIONS.map((name) => [name, suite[name].bind(suite)])) as unknown as Omit<Suite, 'id' | 'seal'>;
    return {
      ...rest,
      id: suite.id,
      seal: (key, nonce, associated, plaintext) => {
        const sealed = suite.seal(key, nonce, associated, plaintext);
        this.#note(key, nonce, sealed);
        return sealed;
      },
    };
  }

  /** The tag at the end stands for all that was sealed. */
  #note(key: Uint8Array, nonce: Uint8Array, sealed: Uint8Array): void {
    const under = toKey(concat(key.subarray(0, 12), nonce.subarray(0, 12)));
    const tag = toKey(sealed.subarray(-16));
    const before = this.#sealed.get(under);
    if (before === undefined) this.#sealed.set(under, tag);
    else if (before !== tag) this.twice.push(toHex(nonce));
  }
}
