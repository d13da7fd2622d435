/** `npm run verify`: everything that can be said about a change in under two minutes. Changes no file; stops at the first failure. */
import { ensurePackages } from './install.mjs';
import { runSteps, STEPS } from './steps.mjs';
import { sumLine } from './sum.mjs';

ensurePackages();
const startMs = performance.now();
const sums = await runSteps(STEPS, { stopAtFirst: true });
console.log(`${((performance.now() - startMs) / 1_000).toFixed(1)} s in all`);
process.exitCode = sumLine(sums);
