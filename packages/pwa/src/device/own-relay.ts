/**
 * What the place the app was loaded from says about its relay. Absent, unreachable or odd is fine: then nothing new is known.
 * What was learnt is kept for the next start without a network.
 */
import type { Drawer, RelayInfo } from '../view-models/ports.ts';

export interface OwnRelay {
  readonly name: string | undefined;
  /** The one address under which phones keep the app. */
  readonly origin: string | undefined;
  readonly relay: RelayInfo | undefined;
}

const NOTHING: OwnRelay = { name: undefined, origin: undefined, relay: undefined };
const ADDRESSES_MAX = 16;
const ADDRESS_LENGTH_MAX = 400;
const NAME_LENGTH_MAX = 60;
const TIMEOUT_MS = 5000;

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

/** Reads what a server sent; whatever is not as expected is left out. */
export function readOwnRelay(sent: unknown): OwnRelay {
  if (!isRecord(sent) || sent['kith'] !== 1) return NOTHING;
  const { name, origin, relay } = sent;
  return {
    name: typeof name === 'string' && name.trim() !== '' ? name.trim().slice(0, NAME_LENGTH_MAX) : undefined,
    origin: typeof origin === 'string' && /^https:\/\/[^/?#\s]+$/.test(origin) ? origin : undefined,
    relay: isRecord(relay) ? readRelay(relay) : undefined,
  };
}

function readRelay(relay: Readonly<Record<string, unknown>>): RelayInfo | undefined {
  const { key, addresses } = relay;
  if (typeof key !== 'string' || !/^[0-9a-f]{64}$/.test(key) || !Array.isArray(addresses)) return undefined;
  const usable = addresses
    .filter((address): address is string => typeof address === 'string' && address.startsWith('/') && address.length <= ADDRESS_LENGTH_MAX)
    .slice(0, ADDRESSES_MAX);
  return usable.length === 0 ? undefined : { key, addresses: usable };
}

export async function fetchOwnRelay(drawer: Drawer): Promise<OwnRelay> {
  try {
    const answer = await fetch(new URL('/.well-known/kith.json', location.href), {
      cache: 'no-store',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (!answer.ok) return rememberedOwnRelay(drawer);
    const own = readOwnRelay(await answer.json());
    drawer.write('relay.name', own.name);
    drawer.write('relay.origin', own.origin);
    return own;
  } catch {
    return rememberedOwnRelay(drawer);
  }
}

/** Name and origin from the last time; the messenger itself remembers how to reach the relay. */
export function rememberedOwnRelay(drawer: Drawer): OwnRelay {
  return { name: drawer.read('relay.name'), origin: drawer.read('relay.origin'), relay: undefined };
}
