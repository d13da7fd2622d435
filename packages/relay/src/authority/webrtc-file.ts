/** Where the certificate of webrtc-direct is kept: its hash is part of the address that phones remember. One file, replaced whole. */
import type { KeyFolder } from './key-folder.ts';

interface PemPair {
  readonly privateKey: string;
  readonly certificate: string;
}

export function webrtcFile(folder: KeyFolder): { load(): Promise<PemPair | undefined>; save(pair: PemPair): Promise<void> } {
  return {
    load: async () => {
      const text = (await folder.read('webrtc.pem')) ?? '';
      const certificate = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----\n?/.exec(text)?.[0];
      const privateKey = /-----BEGIN ([A-Z]+ )?PRIVATE KEY-----[^-]+-----END ([A-Z]+ )?PRIVATE KEY-----\n?/.exec(text)?.[0];
      return certificate === undefined || privateKey === undefined ? undefined : { privateKey, certificate };
    },
    save: ({ privateKey, certificate }) => folder.write('webrtc.pem', `${privateKey.trimEnd()}\n${certificate.trimEnd()}\n`),
  };
}
