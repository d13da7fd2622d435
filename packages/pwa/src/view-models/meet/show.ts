/**
 * Which code stands on "Show my code": an ordinary one where a relay or anybody is near, one that ties two phones together where nobody is,
 * or where it was asked for. What stands stays: a code does not change under somebody's camera because a relay came or went.
 */
import { type Signal, signal } from '@preact/signals';
import type { MeetWords } from '../../locales/meet/words.ts';
import type { AppViewModel } from '../app.ts';
import type { MeetWay } from '../route.ts';
import { ByHandViewModel, type MadeCode } from './by-hand.ts';

export class ShowViewModel {
  readonly kind: Signal<'ordinary' | 'by-hand'> = signal('ordinary');
  readonly hand: ByHandViewModel;
  readonly #app: AppViewModel;
  /** Nobody chose it; it follows from nobody being near. */
  #isGuess = false;
  #hasChosen = false;

  constructor(app: AppViewModel, said: MeetWords) {
    this.#app = app;
    const { messenger, device } = app;
    this.hand = new ByHandViewModel({ messenger, device, said, make: () => this.#make(), concerns: () => true });
  }

  /** Called whenever a way is opened, and when who is near has changed. */
  async look(way: MeetWay): Promise<void> {
    if (way === 'scan' || way === 'link') return;
    const isAlone = this.#app.overview.value?.neighbours.length === 0;
    if (way === 'beside') this.#choose('by-hand', false);
    else if (!this.#hasChosen) this.#choose(isAlone ? 'by-hand' : 'ordinary', isAlone);
    else if (this.#isGuess && !isAlone && this.hand.stage.value.kind === 'asking') this.ordinary();
    if (this.kind.value === 'by-hand') await this.hand.begin();
    else await this.#app.meet.show();
  }

  /** The person wants the ordinary code after all. */
  ordinary(): void {
    this.hand.reset();
    this.#choose('ordinary', false);
  }

  /** For the next person. */
  again(): void {
    this.hand.reset();
    this.#hasChosen = false;
    this.#app.meet.again();
  }

  close(): void {
    this.hand.close();
  }

  #choose(kind: 'ordinary' | 'by-hand', isGuess: boolean): void {
    this.kind.value = kind;
    this.#isGuess = isGuess;
    this.#hasChosen = true;
  }

  async #make(): Promise<MadeCode> {
    const { messenger, meet } = this.#app;
    const result = await messenger.invite({ byHand: true });
    if (!result.ok) return { kind: 'refused', why: meet.whyNoCode(result.refusal) };
    const { text, isByHand, why } = result.value;
    if (isByHand === true) return { kind: 'code', text };
    // It is good as any other, and stands below the reason.
    meet.keep(result.value);
    return { kind: 'not-by-hand', why: why ?? 'no-transport' };
  }
}
