/** The house key as an iPhone wants it: a configuration profile with one payload, the authority's certificate. Its identifiers follow from the key alone. */
import { createHash } from 'node:crypto';

export function iphoneProfile(certificate: Uint8Array, host: string): string {
  const text = (value: string): string => `<string>${value.replace(/[&<>]/g, (sign) => `&#${sign.charCodeAt(0)};`)}</string>`;
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
<key>PayloadContent</key>
<array>
<dict>
<key>PayloadType</key><string>com.apple.security.root</string>
<key>PayloadVersion</key><integer>1</integer>
<key>PayloadIdentifier</key>${text(`kith.house-key.${host}.root`)}
<key>PayloadUUID</key>${text(uuid(certificate, 'root'))}
<key>PayloadDisplayName</key>${text(`Kith house key for ${host}`)}
<key>PayloadCertificateFileName</key><string>kith-house-key.cer</string>
<key>PayloadContent</key>
<data>${Buffer.from(certificate).toString('base64')}</data>
</dict>
</array>
<key>PayloadType</key><string>Configuration</string>
<key>PayloadVersion</key><integer>1</integer>
<key>PayloadIdentifier</key>${text(`kith.house-key.${host}`)}
<key>PayloadUUID</key>${text(uuid(certificate, 'profile'))}
<key>PayloadDisplayName</key>${text(`Kith house key for ${host}`)}
<key>PayloadDescription</key>${text(`Lets this phone trust ${host}, and no other address.`)}
<key>PayloadRemovalDisallowed</key><false/>
</dict>
</plist>
`;
}

/** RFC 9562 §5.8: the same key has the same identifier, so installing it twice replaces it. */
function uuid(certificate: Uint8Array, purpose: string): string {
  const bytes = createHash('sha256').update(purpose).update('\0').update(certificate).digest().subarray(0, 16);
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80;
  return bytes
    .toString('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
    .toUpperCase();
}
