/** What the keeper is told about TURN, in the greeting, when it changes, and by --doctor. Holds no behaviour. */
import type { TurnBounds } from './bounds.ts';
import type { TurnState } from './turn-server.ts';

export function turnSentence(state: TurnState, port: number): string {
  switch (state) {
    case 'off':
      return 'Phones behind two routers may find no direct way to each other: STUN and TURN are switched off (--turn).';
    case 'absent':
      return 'Phones behind two routers may find no direct way to each other: coturn is not installed on this machine (on Debian: apt install coturn).';
    case 'no-address':
      return 'Nobody but this machine could reach STUN and TURN, so they are not started.';
    case 'starting':
      return `STUN and TURN for phones behind routers are being started at port ${port} (coturn).`;
    case 'running':
      return `STUN and TURN for phones behind routers answer at port ${port} (coturn).`;
    case 'port-taken':
      return `STUN and TURN cannot be started: port ${port} is used by another program. Stop that program, or choose another port with --turn.`;
    case 'failing':
      return 'STUN and TURN are not there: coturn ended by itself and is tried again after a while.';
  }
}

/** Rounded down: a keeper compares it with what the line takes. */
export function turnBoundsSentence({ allocations, rateEach, rateTotal }: TurnBounds): string {
  const [all, each] = [rateTotal, rateEach].map((bytes) => Math.floor(bytes / 12_500) / 10);
  return `TURN carries at most ${all} Mbit/s each way in all (--turn-rate), for ${allocations} ends at a time with ${each} Mbit/s each.`;
}
