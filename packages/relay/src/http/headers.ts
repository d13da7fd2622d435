/**
 * The headers that keep a page from doing what it never needs. One set for the app, a stricter one for everything else.
 * There is no Strict-Transport-Security: it would also turn the plain page at port 8080 of the same name into https, and a new phone could not open it.
 */
const COMMON = {
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'X-Frame-Options': 'DENY',
} as const;

const DEVICES = (self: string): string =>
  `camera=${self}, microphone=${self}, display-capture=${self}, geolocation=(), payment=(), usb=(), serial=(), midi=(), browsing-topics=()`;

/** `sockets`: what besides itself the app may open sockets to. */
function appPolicy(sockets: string): string {
  return [
    "default-src 'self'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "style-src 'self'",
    "img-src 'self' blob: data:",
    "media-src 'self' blob:",
    "worker-src 'self'",
    `connect-src 'self' ${sockets}`,
    "object-src 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ].join('; ');
}

/** For the app: any relay by wss, since a person may know several; by ws only this machine, where the app came from this machine. */
export function appHeaders(at: 'secure' | 'local'): Readonly<Record<string, string>> {
  const sockets = at === 'secure' ? 'wss:' : 'wss: ws://localhost:* ws://127.0.0.1:*';
  return {
    ...COMMON,
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Content-Security-Policy': appPolicy(sockets),
    'Permissions-Policy': DEVICES('(self)'),
  };
}

/** For everything that is not the app. `pictures`: the addresses from which the trust page's check may load its two pictures. */
export function plainHeaders(pictures: readonly string[] = []): Readonly<Record<string, string>> {
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    ["img-src 'self'", ...pictures].join(' '),
    "form-action 'none'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ].join('; ');
  return { ...COMMON, 'Content-Security-Policy': policy, 'Permissions-Policy': DEVICES('()') };
}
