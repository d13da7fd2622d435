/**
 * Answers for the house's name on the local network (Multicast DNS), on every network this machine is on and on those it joins later.
 * One socket a network, because each network must hear its own addresses. Never decides what is said: that is name-records.ts.
 */
import { networkInterfaces } from 'node:os';
import makeMdns from 'multicast-dns';
import { answerFor, foreignAddresses, type HouseNetwork, houseNetworks, isOnNetwork, nameRecords } from './name-records.ts';

const MDNS_PORT = 5353;
const GROUP = '224.0.0.251';
/** A record is not multicast twice within a second on one network. RFC 6762 §6. */
const PAUSE_MS = 1_000;
/** RFC 6762 §8.3 asks for at least two announcements. */
const ANNOUNCEMENTS = 2;

export interface NameAnswererOptions {
  readonly name: string;
  readonly networks: 'all' | readonly string[];
  readonly nowMs: () => number;
  /** Somebody else answers for the name. Told once for each run. */
  readonly onConflict?: () => void;
  /** The port could not be opened, or a network refused multicast. Told once for each network. */
  readonly onTrouble?: (code: string) => void;
  readonly interfaces?: typeof networkInterfaces;
  readonly port?: number;
}

export interface NameAnswerer {
  /** Looks for networks that came, went or changed. To be called every few seconds. */
  refresh(): void;
  status(): { readonly networks: number; readonly hasConflict: boolean };
  /** Takes the name back and closes. */
  close(): Promise<void>;
}

interface Voice {
  readonly network: HouseNetwork;
  readonly socket: ReturnType<typeof makeMdns>;
  isOpen: boolean;
  announced: number;
  spokeAtMs: number;
}

export function openNameAnswerer(options: NameAnswererOptions): NameAnswerer {
  const { name, nowMs } = options;
  const interfaces = options.interfaces ?? networkInterfaces;
  const port = options.port ?? MDNS_PORT;
  const voices = new Map<string, Voice>();
  let hasConflict = false;

  const ownAddresses = (): ReadonlySet<string> =>
    new Set(Object.values(interfaces()).flatMap((infos = []) => infos.map((info) => info.address.toLowerCase())));

  const open = (network: HouseNetwork): Voice => {
    const socket = makeMdns({ interface: network.ip4[0]?.address, bind: '0.0.0.0', ip: GROUP, port, reuseAddr: true });
    const voice: Voice = { network, socket, isOpen: false, announced: 0, spokeAtMs: Number.NEGATIVE_INFINITY };
    socket.on('ready', () => {
      voice.isOpen = true;
      announce(voice);
    });
    socket.on('error', (error) => options.onTrouble?.((error as NodeJS.ErrnoException).code ?? 'unknown'));
    socket.on('query', (query, from) => {
      if (!isOnNetwork(network, from.address)) return;
      const isLegacy = from.port !== port;
      const answer = answerFor(name, network, { questions: query.questions ?? [], answers: query.answers }, isLegacy);
      if (answer === undefined) return;
      if (isLegacy) {
        socket.respond({ ...answer, id: query.id, questions: query.questions ?? [] }, { address: from.address, port: from.port });
        return;
      }
      if (nowMs() - voice.spokeAtMs < PAUSE_MS) return;
      voice.spokeAtMs = nowMs();
      socket.respond(answer);
    });
    socket.on('response', (response, from) => {
      if (hasConflict || !isOnNetwork(network, from.address)) return;
      if (foreignAddresses(name, [...(response.answers ?? []), ...(response.additionals ?? [])], ownAddresses()).length === 0) return;
      hasConflict = true;
      options.onConflict?.();
    });
    return voice;
  };

  const announce = (voice: Voice): void => {
    if (!voice.isOpen || voice.announced >= ANNOUNCEMENTS) return;
    voice.announced++;
    voice.socket.respond([...nameRecords(name, voice.network)]);
  };

  const end = (voice: Voice, farewell: boolean): Promise<void> =>
    new Promise((resolve) => {
      const close = (): void => voice.socket.destroy(() => resolve());
      if (voice.isOpen && farewell) voice.socket.respond([...nameRecords(name, voice.network, 0)], close);
      else close();
    });

  const refresh = (): void => {
    const found = new Map(houseNetworks(interfaces(), options.networks).map((network) => [JSON.stringify(network), network]));
    for (const [id, voice] of voices) {
      if (found.has(id)) continue;
      voices.delete(id);
      void end(voice, false);
    }
    for (const [id, network] of found) {
      const voice = voices.get(id);
      if (voice === undefined) voices.set(id, open(network));
      else announce(voice);
    }
  };

  refresh();
  return {
    refresh,
    status: () => ({ networks: voices.size, hasConflict }),
    close: async () => {
      const all = [...voices.values()];
      voices.clear();
      await Promise.all(all.map((voice) => end(voice, true)));
    },
  };
}
