/** What an adapter's author, a bot's author and a simulator need to test against Kith. Shipped; imports no adapter and no test runner. */
export { handExam } from './hand-exam.ts';
export { type ExamNode, type ExamPair, type LinkExamCase, type LinkExamHarness, linkExam } from './link-exam.ts';
export { SeededRandom } from './seeded-random.ts';
export { storeExam } from './store-exam.ts';
export type { Cannot, ExamCase, StoreFaults, StoreHarness } from './store-harness.ts';
