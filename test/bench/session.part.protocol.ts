/** What the session benchmark asks of every protocol it measures, ours and others': to carry messages of one size, and to shake hands. */

export type Soon<Value> = Value | Promise<Value>;

/** Two devices whose session is established: both have written and both have read. */
export interface Talk {
  /** Seals the plaintext at one side and opens it at the other; answers how many bytes longer than the plaintext it travelled. */
  carry(from: 0 | 1): Soon<number>;
  close(): Soon<void>;
}

export interface Protocol {
  readonly name: string;
  readonly version: string;
  talk(): Soon<Talk>;
  /**
   * The initiator's side from the other's bundle to a sealed first message. What it answers is the responder's side, from the received
   * bytes to the opened first message.
   */
  initiate(): Soon<() => Soon<void>>;
}

export const PLAINTEXT_BYTES = 1024;
