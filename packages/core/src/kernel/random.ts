/** Chance, handed in at construction: machines never reach for ambient randomness (docs/architecture.md). */
import type { Bytes } from './bytes.ts';

export interface Random {
  /** `length` fresh bytes, unpredictable in the product and seeded in tests. */
  bytes(length: number): Bytes;
}

/** A uniform whole number in [0, below). */
export function randomBelow(random: Random, below: number): number {
  const limit = Math.floor(0x1_0000_0000 / below) * below;
  for (;;) {
    const [a, b, c, d] = random.bytes(4) as unknown as [number, number, number, number];
    const value = a * 0x100_0000 + (b << 16) + (c << 8) + d;
    if (value < limit) return value % below;
  }
}
