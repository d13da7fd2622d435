import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fromQrText, toQrText } from './qr-text.ts';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

test('the examples of RFC 9285 §4.3 and §4.4', () => {
  expect(toQrText(utf8('AB'))).toBe('BB8');
  expect(toQrText(utf8('Hello!!'))).toBe('%69 VD92EX0');
  expect(toQrText(utf8('base-45'))).toBe('UJCLQE7W581');
  expect(fromQrText('QED8WEX0')).toEqual(utf8('ietf!'));
});

test('bytes come back as they went', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => {
      expect(fromQrText(toQrText(bytes))).toEqual(bytes);
    }),
    { seed: 9285 },
  );
});

test('what no bytes are written as is refused', () => {
  for (const text of ['GGW', ':::', '::', 'a00', 'A', 'ABCD', '0'.repeat(4299)]) expect(fromQrText(text)).toBeUndefined();
});
