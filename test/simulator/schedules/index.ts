/** The schedules by name. */
import type { ScheduleName } from '../profiles.ts';
import { ARCHIPELAGO } from './archipelago.ts';
import { FESTIVAL } from './festival.ts';
import { HOUSEHOLD } from './household.ts';
import type { Schedule } from './schedule.ts';
import { SUBWAY } from './subway.ts';
import { VILLAGE } from './village.ts';

export const SCHEDULES: Readonly<Record<ScheduleName, Schedule>> = {
  household: HOUSEHOLD,
  village: VILLAGE,
  subway: SUBWAY,
  festival: FESTIVAL,
  archipelago: ARCHIPELAGO,
};
