/**
 * Somebody who speaks the protocol as everybody does and does harm by it: shipped gossip behind a link, and a script that changes what
 * leaves. A stranger to all, kept by nobody's store. What it must never be able to do is said by the oracles.
 */
import { Gossip } from '../../../packages/core/src/gossip/gossip.ts';
import { PERSON_LIMITS } from '../../../packages/core/src/gossip/limits.ts';
import { type Bytes, concat, toKey } from '../../../packages/core/src/kernel/bytes.ts';
import { type LinkEvent, neighbourId } from '../../../packages/core/src/node/machine.ts';
import type { SeededRandom } from '../../../packages/core/src/testing/seeded-random.ts';
import type { SimLink } from '../sim-network.ts';
import type { World } from '../world.ts';

/** What makes it hostile. */
export interface Script {
  /** What leaves instead of this frame. */
  leaves?(frame: Bytes): readonly Bytes[];
  /** Hears every frame before gossip does. */
  hears?(frame: Bytes): void;
  /** What is said beside gossip to whoever has just answered for the first time. */
  greets?(): readonly Bytes[];
  /** Starts whatever the script does by itself. */
  starts?(peer: HostilePeer): void;
}

export class HostilePeer {
  readonly link: SimLink;
  readonly world: World;
  readonly chance: SeededRandom;
  readonly gossip: Gossip;
  readonly #script: Script;
  readonly #bodies: Map<string, Bytes> = new Map<string, Bytes>();
  readonly #greeted: Set<number> = new Set<number>();
  #wakeAtMs = Number.POSITIVE_INFINITY;

  constructor(world: World, name: string, chance: SeededRandom, script: Script) {
    this.world = world;
    this.chance = chance;
    this.#script = script;
    this.gossip = new Gossip(world.suite, chance.fork('gossip'), 'person', PERSON_LIMITS, () => false);
    this.link = world.network.link(name, 'hostile');
    this.link.listener = (event) => this.#hear(event);
    this.link.perform({ kind: 'listen', seed: chance.fork('transport').bytes(32) });
    script.starts?.(this);
  }

  #hear(event: LinkEvent): void {
    if (event.kind === 'up') this.gossip.up(event.neighbour, { key: event.key, tier: 'stranger', isKnownRelay: false }, this.world.nowMs);
    if (event.kind === 'down') this.gossip.down(event.neighbour);
    if (event.kind === 'frame') {
      this.#script.hears?.(event.frame);
      this.gossip.frame(event.neighbour, event.frame, this.world.nowMs);
      if (!this.#greeted.has(event.neighbour)) {
        this.#greeted.add(event.neighbour);
        for (const frame of this.#script.greets?.() ?? []) this.link.send(event.neighbour, frame);
      }
    }
    this.perform();
  }

  /** Does what gossip asks for, as a host would. */
  perform(): void {
    for (const effect of this.gossip.take()) {
      if (effect.kind === 'keep') this.#bodies.set(toKey(effect.id), effect.body);
      if (effect.kind === 'drop') this.#bodies.delete(toKey(effect.id));
      if (effect.kind === 'send') this.#send(effect.to, effect.frame);
      if (effect.kind === 'send-stored') {
        const body = this.#bodies.get(toKey(effect.id));
        if (body !== undefined) this.#send(effect.to, concat(effect.head, body));
      }
    }
    const atMs = Math.max(this.world.nowMs + 1, this.gossip.wakeAtMs(this.world.nowMs));
    if (atMs >= this.#wakeAtMs) return;
    this.#wakeAtMs = atMs;
    this.world.after(atMs - this.world.nowMs, () => {
      if (this.#wakeAtMs !== atMs) return;
      this.#wakeAtMs = Number.POSITIVE_INFINITY;
      this.gossip.wake(this.world.nowMs);
      this.perform();
    });
  }

  #send(to: number, frame: Bytes): void {
    for (const one of this.#script.leaves?.(frame) ?? [frame]) this.link.send(neighbourId(to), one);
  }
}
