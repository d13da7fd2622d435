/** The bundle file, from docs/protocol/bundle.md alone: the second implementation goes on. */
import { expect, test } from 'vitest';
import { bytes16, hash, hex, join, readEnvelope, toHex, u8, u16, u32, utf8, vectors } from './independent.ts';

test('bundle.json: files, byte for byte', () => {
  const { createdHour, token, gives, file, empty } = vectors('bundle');
  const give = (one: { readonly copies: number; readonly ageHours: number; readonly envelope: string }) =>
    join(u8(4), u8(one.copies), u16(one.ageHours), hex(one.envelope));
  const fileOf = (hour: number, frames: readonly Uint8Array[]): string => {
    const whole = join(utf8('KITHHAND'), u8(1), u32(hour), u32(frames.length), ...frames.map(bytes16));
    return toHex(join(whole, hash('bundle/file', whole)));
  };
  expect(fileOf(createdHour, [join(u8(6), u16(1), hex(token)), ...gives.map(give)])).toBe(file);
  expect(fileOf(createdHour - 30, [])).toBe(empty);
  const ids = gives.map((one: { readonly envelope: string }) => readEnvelope(hex(one.envelope)).id);
  expect(ids).toEqual(gives.map((one: { readonly id: string }) => one.id));
  expect(ids).toEqual([...ids].sort());
});
