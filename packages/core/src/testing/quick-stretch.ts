/** A suite whose stretching costs nothing, for tests that lock and unlock often. Everything else is the suite's own. */
import { label, type Suite } from '../crypto/suite.ts';
import { concat } from '../kernel/bytes.ts';
import { Writer } from '../kernel/codec.ts';

const QUICK = label('test/quick-stretch');

export function withQuickStretch(suite: Suite): Suite {
  const stretch: Suite['stretch'] = (passphrase, salt, { passes, memoryBytes }) =>
    suite.hash(QUICK, concat(salt, new Writer(5).u8(passes).u32(memoryBytes).finish(), passphrase));
  return new Proxy(suite, {
    get(target, name) {
      if (name === 'stretch') return stretch;
      const own: unknown = Reflect.get(target, name);
      return typeof own === 'function' ? own.bind(target) : own;
    },
  });
}
