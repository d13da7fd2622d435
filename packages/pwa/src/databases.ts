/** What the browser's databases of this profile are called. They bear Kith's name, so that erasing finds them (device/eraser.ts). */

export const PROFILE = 'kith';
/** The key that never leaves this browser stands apart from what it opens. */
export const DEVICE_KEY = 'kith-key';
/** What the link needs to meet somebody again by one code. */
export const CERTIFICATES = 'kith-certificates';
