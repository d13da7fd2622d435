import { loadSodiumSuite } from '../../packages/core/src/crypto/sodium-suite.ts';
import { Pair } from './reconcile.part.line.ts';
import { makeSets } from './reconcile.part.sets.ts';
import { median } from './pairs.ts';
const suite = await loadSodiumSuite();
const kinds = [[0, 125_000], [50, 125_000], [90, 125_000], [100, 125_000], [200, 125_000], [0, 1e9], [50, 1e9]] as const;
const all = kinds.map(() => [] as any[]);
for (let n = 1; n <= 7; n++) { const pair = new Pair(suite, makeSets(100_000, 'scattered', n));
kinds.forEach(([roundTripMs, bytesPerSecond], i) => all[i]!.push(pair.meet({ roundTripMs, bytesPerSecond }))); }
kinds.forEach((k, i) => console.log(k, ...['bytes', 'vainBytes', 'asking', 'knownMs'].map((w) => median(all[i]!.map((m) => m[w])))));
