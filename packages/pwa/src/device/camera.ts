/** The camera as the app knows it. What looks through it (`lens.ts`) is loaded when it is first asked to. */
import type { Camera } from '../view-models/ports.ts';

const lens = (): Promise<typeof import('./lens.ts') | undefined> => import('./lens.ts').catch(() => undefined);

export function deviceCamera(): Camera {
  return {
    watch: async (surface, onText, codes) => (await (await lens())?.watch(surface, onText, codes)) ?? 'failed',
    readPicture: async (picture) => (await lens())?.readPicture(picture),
    permission: async () => (await lens())?.permission() ?? 'not-asked',
    open: async () => (await (await lens())?.open()) ?? 'failed',
  };
}
