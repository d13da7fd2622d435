/** Decoders of packages/core/src/runtime. */
import type { Bytes } from '../../../packages/core/src/kernel/bytes.ts';
import { bundleFile, readBundleFile } from '../../../packages/core/src/runtime/bundle.ts';
import { decodeSlots, emptySlots, encodeSlots, fillSlot, openSlot, type Slots } from '../../../packages/core/src/runtime/vault/slots.ts';
import { openState, sealState } from '../../../packages/core/src/runtime/vault/state.ts';
import type { Cast } from './cast.ts';
import { Counting, counting, type Decoder, HOUR } from './decoder.ts';

export function runtimeDecoders({ suite }: Cast): readonly Decoder[] {
  const chance = new Counting();
  const [master, device] = [counting(32, 1), counting(32, 2)];
  const empty = emptySlots(chance, 'whole', counting(60, 3));
  const key = { lock: 'device', secret: device, device } as const;
  const slots = fillSlot(suite, chance, empty.slots, key, 'real', master);
  const flags = { generation: 3, passphrase: true, prf: false, words: true, duress: false, setBack: false };
  const slotOf = (bytes: Bytes): Slots => [slots[0], slots[1], slots[2], bytes];
  return [
    {
      at: 'runtime/bundle.ts readBundleFile',
      examples: [bundleFile(suite, HOUR, [counting(150, 1), counting(200, 7)]), bundleFile(suite, HOUR, [])],
      read: (bytes) => readBundleFile(suite, bytes),
    },
    {
      at: 'runtime/vault/slots.ts decodeSlots',
      examples: [encodeSlots({ ...empty, slots })],
      read: (bytes) => {
        const found = decodeSlots(bytes);
        return found.kind === 'row' ? found : undefined;
      },
    },
    { at: 'runtime/vault/slots.ts openSlot', examples: [slots[3]], read: (bytes) => openSlot(suite, slotOf(bytes), key) },
    {
      at: 'runtime/vault/state.ts openState',
      examples: [sealState(suite, chance, master, flags)],
      read: (bytes) => openState(suite, master, bytes),
    },
  ];
}
