/**
 * Freezes the vectors: `npx tsx test/vectors/make.ts`. Run once for each change of the wire; it never overwrites. Delete the files whose
 * bytes are meant to change, change docs/protocol/ with them, and say in the commit why the wire moved.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { loadSodiumSuite } from '../../packages/core/src/crypto/sodium-suite.ts';
import { byHand } from './by-hand-vectors.ts';
import { makeVectors } from './vectors.ts';

const PROVENANCE =
  'made by test/vectors/make.ts from the inputs in test/vectors/*vectors.ts and inputs.ts; byte strings are lower-case hexadecimal';

/** Where the page has another name than the file. */
const RULES: Readonly<Record<string, string>> = {
  suite: 'cryptography.md',
  handshake: 'session.md',
  conversation: 'session.md',
  occasions: 'session.md',
  'content-2': 'content.md',
  'content-3': 'content.md',
  'rendezvous-2': 'rendezvous.md',
  words: 'identity.md',
  trust: 'identity.md',
  contact: 'identity.md',
  backup: 'archive.md',
};

const suite = await loadSodiumSuite();
for (const [name, vectors] of Object.entries({ ...makeVectors(suite), 'by-hand': await byHand() })) {
  const path = fileURLToPath(new URL(`${name}.json`, import.meta.url));
  if (existsSync(path)) {
    console.log(`${name}.json is there and stays as it is`);
    continue;
  }
  const frozen = {
    provenance: PROVENANCE,
    rule: `docs/protocol/${ruleOf(name)}`,
    frozenOn: new Date().toISOString().slice(0, 10),
    vectors,
  };
  writeFileSync(path, `${JSON.stringify(frozen, null, 2)}\n`);
  console.log(`${name}.json was made`);
}

function ruleOf(name: string): string {
  return RULES[name] ?? `${name}.md`;
}
