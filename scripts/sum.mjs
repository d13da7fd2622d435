/** The last line of every test command: `N passed, N failed, N skipped`, with each failure and each skip named above it. */

/** Prints the sum; answers the exit code: 0 only when something ran and nothing failed. */
export function sumLine(sums) {
  const passed = sums.reduce((total, one) => total + one.passed, 0);
  const failed = sums.flatMap((one) => one.failed);
  const skipped = sums.flatMap((one) => one.skipped);
  for (const line of skipped) console.log(`skipped: ${line}`);
  for (const line of failed) console.log(`failed: ${line}`);
  if (passed + failed.length === 0) console.log('nothing ran');
  console.log(`${passed} passed, ${failed.length} failed, ${skipped.length} skipped`);
  return passed > 0 && failed.length === 0 ? 0 : 1;
}
