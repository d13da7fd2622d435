import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: { conditions: ['kith-source'] },
  ssr: { resolve: { conditions: ['kith-source', 'node', 'import'] } },
  test: {
    include: ['packages/*/src/**/*.test.ts', 'test/{house,scenarios,simulator,vectors}/**/*.test.ts'],
    setupFiles: [],
    testTimeout: 30_000,
    coverage: { provider: 'v8', include: ['packages/core/src/**'], exclude: ['**/*.test.ts'] },
  },
});
