/** For our own mistakes only (style: errors of the second kind). Input from a peer must never reach these. */

export class AssertionFailed extends Error {
  override readonly name = 'AssertionFailed';
}

export function assert(condition: boolean, claim: string): asserts condition {
  if (!condition) throw new AssertionFailed(claim);
}

export function assertNever(value: never): never {
  throw new AssertionFailed(`unexpected case: ${JSON.stringify(value)}`);
}
