/** Each profile small enough to be run many times: by every `npm test` with a few seeds, by the soak with hundreds. */
import type { ProfileName } from './profiles.ts';
import type { Run } from './run.ts';

export const SHORT: Readonly<Record<ProfileName, Pick<Run, 'nodes' | 'days' | 'changes'>>> = {
  household: { days: 0.02, changes: { tailHours: 0.1 } },
  troubled: { days: 0.01, changes: { tailHours: 0.2 } },
  throughRelay: { days: 0.02, changes: { tailHours: 0.1 } },
  village: { nodes: 18, days: 1.5, changes: { groups: 3, meetingsPerHour: 9, messagesPerHour: 3, friends: 2, tailHours: 120 } },
  subway: { nodes: 16, days: 2, changes: { groups: 2, meetingsPerHour: 60, messagesPerHour: 3, friends: 3, tailHours: 120 } },
  festival: { nodes: 60, days: 0.01, changes: { messagesPerHour: 120, tailHours: 0.25 } },
  archipelago: { nodes: 9, days: 1, changes: { groups: 2, relays: 2, messagesPerHour: 2, tailHours: 36 } },
  hostile: { nodes: 18, days: 1, changes: { groups: 3, meetingsPerHour: 9, messagesPerHour: 3, friends: 2, tailHours: 24 } },
};
