/**
 * Freezes what must be refused: `npx tsx test/vectors/make-hostile.ts`. Like `make.ts` it never overwrites: delete `hostile.json` when the
 * wire is meant to change.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { loadSodiumSuite } from '../../packages/core/src/crypto/sodium-suite.ts';
import { makeHostile } from './hostile.ts';

const path = fileURLToPath(new URL('hostile.json', import.meta.url));
if (existsSync(path)) console.log('hostile.json is there and stays as it is');
else {
  const frozen = {
    provenance: 'made by test/vectors/make-hostile.ts from the inputs in test/vectors/hostile.ts; byte strings are lower-case hexadecimal',
    frozenOn: new Date().toISOString().slice(0, 10),
    vectors: makeHostile(await loadSodiumSuite()),
  };
  writeFileSync(path, `${JSON.stringify(frozen, null, 2)}\n`);
  console.log('hostile.json was made');
}
