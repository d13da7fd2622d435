/** The tests that mutation testing runs: the quick ones beside the code that is changed, and the frozen vectors. Schedules and long delays take too long for it. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: { conditions: ['kith-source'] },
  ssr: { resolve: { conditions: ['kith-source', 'node', 'import'] } },
  test: {
    include: ['packages/core/src/{session,identity}/**/*.test.ts', 'test/vectors/vectors.test.ts'],
    exclude: ['**/schedule.test.ts', '**/delay.test.ts', '**/labels.test.ts'],
    testTimeout: 10_000,
  },
});
