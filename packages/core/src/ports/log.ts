/** Log lines hold event names, ids of this run, and counts: never text, names, addresses or tags. */
export interface Log {
  note(event: string, counts?: Readonly<Record<string, number | boolean>>): void;
}

export const SILENT: Log = { note: () => {} };
