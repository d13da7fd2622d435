/** Each profile small enough to be run many times: by every `npm test` with a few seeds, and smaller still by the soak with hundreds. */
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

export const SHORTEST: Readonly<Record<ProfileName, Pick<Run, 'nodes' | 'days' | 'changes'>>> = {
  household: { nodes: 3, days: 0.02, changes: { tailHours: 0.1 } },
  troubled: { days: 0.01, changes: { tailHours: 0.2 } },
  throughRelay: { days: 0.02, changes: { tailHours: 0.1 } },
  village: { nodes: 9, days: 1, changes: { groups: 3, meetingsPerHour: 5, messagesPerHour: 2, friends: 2, tailHours: 96 } },
  subway: { nodes: 10, days: 1, changes: { groups: 2, meetingsPerHour: 40, messagesPerHour: 2, friends: 2, tailHours: 72 } },
  festival: { nodes: 30, days: 0.005, changes: { messagesPerHour: 120, tailHours: 0.1 } },
  archipelago: { nodes: 5, days: 0.5, changes: { groups: 2, relays: 2, messagesPerHour: 2, tailHours: 96 } },
  hostile: { nodes: 9, days: 0.5, changes: { groups: 3, meetingsPerHour: 5, messagesPerHour: 3, friends: 2, tailHours: 24 } },
};
