/** A server as `queue` sees it: it keeps what is written to somebody absent, and hands it over when they come. */
export interface Mailbox {
  readonly name: string;
  pid(): number;
  /** Leaves `count` messages of 100 bytes for one absent person; resolves when the last is acknowledged. */
  queue(count: number): Promise<Queued>;
  stop(): Promise<void>;
}

export interface Queued {
  /** From the first message sent to the last acknowledged. */
  readonly queueMs: number;
  /** Memory of the server while it keeps them. */
  readonly residentMib: number;
  /** The person comes; answers the time from asking to the last message, in milliseconds. Afterwards the server keeps none of them. */
  deliver(): Promise<number>;
}
