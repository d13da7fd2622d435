/** Where unpredictable bytes come from. Only a composition root and a seeded test implement it. */
export type { Random as Entropy } from '../kernel/random.ts';
