/**
 * A relay of the lab that can go away and come back: ended politely or as by a power cut, with another address, or on another host from a copy of what
 * it kept. Its name leads where it runs and, as it answers for it itself, nowhere while it does not. That is written in a file of hosts which only the
 * phones' browsers see; nothing of the machine's own is changed.
 */
import { cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { House } from '../browser/household.ts';
import { BUILT_RELAY } from '../relay-clients.ts';
import { type Spoken, type Teller, waitFor } from '../story.ts';
import { type Host, ip } from './lab-host.ts';

const PORTS = { http: 8080, https: 8443 } as const;
const READY_WITHIN_MS = 30_000;

export class HealingHouse implements House {
  readonly origin: string;
  readonly name: string;
  readonly key: string;
  readonly ports: House['ports'] = PORTS;
  readonly #t: Teller;
  readonly #names: string;
  #host: Host;
  #address: string;
  #data: string;
  #relay: Spoken;
  #isNamed = false;

  static async open(t: Teller, host: Host): Promise<HealingHouse> {
    const folder = await t.folder('house');
    const data = join(folder, 'data');
    const relay = await startOn(host, data);
    const origin = /^Phones that trust this house open\n(https:\S+)$/m.exec(relay.output())?.[1];
    if (origin === undefined) throw new Error(`the relay named no address: ${relay.output()}`);
    const house = new HealingHouse(t, host, data, relay, origin, join(folder, 'hosts'));
    await house.#tellName();
    return house;
  }

  private constructor(t: Teller, host: Host, data: string, relay: Spoken, origin: string, names: string) {
    this.#t = t;
    this.#host = host;
    this.#address = host.address;
    this.#data = data;
    this.#relay = relay;
    this.#names = names;
    this.origin = origin;
    this.name = new URL(origin).hostname;
    this.key = join(data, 'authority', 'house-key.crt');
    t.evidence('what the relay said', () => this.#relay.output());
  }

  output(): string {
    return this.#relay.output();
  }

  async kill(): Promise<void> {
    await this.#tellNothing();
    await this.#relay.stop('SIGKILL');
  }

  /** Asks it to end, as a system does that shuts down. */
  async end(): Promise<void> {
    await this.#tellNothing();
    await this.#relay.stop('SIGTERM');
  }

  async start(): Promise<void> {
    this.#relay = await startOn(this.#host, this.#data);
    await this.#tellName();
  }

  /** Its host has another address from now on. */
  async move(address: string): Promise<void> {
    const { namespace } = this.#host;
    const routes = await ip('-n', namespace, 'route', 'show', 'default');
    await ip('-n', namespace, 'addr', 'del', `${this.#address}/24`, 'dev', 'eth0');
    await ip('-n', namespace, 'addr', 'add', `${address}/24`, 'broadcast', address.replace(/\d+$/, '255'), 'dev', 'eth0');
    // The kernel forgets the default route with the address.
    if (routes.trim() !== '') await ip('-n', namespace, 'route', 'replace', ...routes.trim().split(/\s+/));
    this.#address = address;
    if (this.#isNamed) await this.#tellName();
  }

  /** A copy of all it keeps, made while it does not run. */
  async backUp(): Promise<string> {
    await this.end();
    const copy = await this.#t.folder('house-backup');
    await cp(this.#data, copy, { recursive: true });
    await this.start();
    return copy;
  }

  /** The machine is lost: from now on a copy runs on another host. */
  async replace(host: Host, copy: string): Promise<void> {
    await this.kill();
    this.#host = host;
    this.#address = host.address;
    this.#data = copy;
    await this.start();
  }

  /** This host, where what it runs by `wrapper` finds the house by its name, and asks nobody else for names: nobody would answer. */
  seenFrom(host: Host): Host {
    return {
      ...host,
      wrapper: async (executable, folder) => {
        const path = await host.wrapper(executable, folder);
        const asksFiles = join(folder, 'nsswitch.conf');
        await writeFile(asksFiles, 'hosts: files\n');
        const binds = `mount --bind ${this.#names} /etc/hosts && mount --bind ${asksFiles} /etc/nsswitch.conf`;
        const enter = `${binds} && exec ${executable} "$@"`;
        // Each program that is started by `ip netns exec` has mounts of its own.
        await writeFile(path, `#!/bin/sh\nexec ip netns exec ${host.namespace} sh -c '${enter}' sh "$@"\n`);
        return path;
      },
    };
  }

  /** Written over, not replaced: the browsers hold the file itself. */
  async #tellName(): Promise<void> {
    this.#isNamed = true;
    await writeFile(this.#names, `127.0.0.1 localhost\n${this.#address} ${this.name}\n`);
  }

  async #tellNothing(): Promise<void> {
    this.#isNamed = false;
    await writeFile(this.#names, '127.0.0.1 localhost\n');
  }
}

async function startOn(host: Host, data: string): Promise<Spoken> {
  // With a TURN server the phones would have a way round whatever is broken between them.
  const args = [BUILT_RELAY, '--data', data, '--http-port', String(PORTS.http), '--https-port', String(PORTS.https), '--turn', 'off'];
  const relay = host.spawn(process.execPath, args);
  const isReady = (): boolean => relay.output().includes('Stop with Ctrl-C');
  await waitFor(isReady, { withinMs: READY_WITHIN_MS, what: 'the relay is ready', everyMs: 10, seen: relay.output });
  return relay;
}
