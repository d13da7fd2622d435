/** What the three pages for carrying by hand are given. */
import type { CarryWords } from '../../locales/carry/words.ts';
import type { AppViewModel } from '../../view-models/app.ts';
import type { CarryViewModel } from '../../view-models/carry/carry.ts';

export interface CarryPartProps {
  readonly app: AppViewModel;
  readonly carry: CarryViewModel;
  readonly said: CarryWords;
}
