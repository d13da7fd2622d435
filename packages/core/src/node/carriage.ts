/** Gossip's and neighbours' answers, made into rows, frames and commands of an outcome: the same for every node. */
import type { GossipEffect } from '../gossip/effects.ts';
import { isAnswered } from '../gossip/frames.ts';
import type { NeighbourCommand } from '../neighbours/neighbours.ts';
import { neighbourId, transportKey } from './machine.ts';
import type { OutcomeBuilder } from './outcome.ts';

/** Performs what concerns store and link; what concerns the node itself (`arrived`, `custody`, `read`, `expired`) is returned in order. */
export function carry<Event>(
  effects: readonly GossipEffect[],
  out: OutcomeBuilder<Event>,
): readonly Extract<GossipEffect, { kind: 'arrived' | 'custody' | 'read' | 'expired' }>[] {
  const left: Extract<GossipEffect, { kind: 'arrived' | 'custody' | 'read' | 'expired' }>[] = [];
  for (const effect of effects) {
    switch (effect.kind) {
      case 'keep':
        out.put('bodies', effect.id, effect.body);
        out.put('carried', effect.id, effect.row);
        break;
      case 'keep-row':
        out.put('carried', effect.id, effect.row);
        break;
      case 'drop':
        out.remove('carried', effect.id);
        out.remove('bodies', effect.id);
        break;
      case 'seen':
        out.put('seen', effect.id, effect.row);
        break;
      case 'unsee':
        out.remove('seen', effect.id);
        break;
      case 'send':
        out.send({ neighbour: neighbourId(effect.to), frame: effect.frame });
        break;
      case 'send-stored':
        out.send({ neighbour: neighbourId(effect.to), head: effect.head, row: { space: 'bodies', key: effect.id } });
        break;
      default:
        left.push(effect);
    }
  }
  return left;
}

export function obey<Event>(commands: readonly NeighbourCommand[], out: OutcomeBuilder<Event>): void {
  for (const command of commands) {
    if (command.kind === 'dial') {
      out.command({ kind: 'dial', id: command.id, address: command.address, expectedKey: transportKey(command.expectedKey) });
    } else if (command.kind === 'close') out.command({ kind: 'close', neighbour: neighbourId(command.neighbour) });
    else if (command.kind === 'probe')
      out.command({ kind: 'probe', ...(command.neighbour === undefined ? {} : { neighbour: neighbourId(command.neighbour) }) });
    else out.command(command);
  }
}

/** Neighbours that are handed something now which they have to answer. */
export function answersOwed(effects: readonly GossipEffect[]): readonly number[] {
  const owed: number[] = [];
  for (const effect of effects) {
    if (effect.kind === 'send' && isAnswered(effect.frame)) owed.push(effect.to);
    if (effect.kind === 'send-stored' && isAnswered(effect.head)) owed.push(effect.to);
  }
  return owed;
}
