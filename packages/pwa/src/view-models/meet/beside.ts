/** One code for a contact who stands beside us: read by their phone, it ties the two together. Where one is not enough, says so. */
import type { MeetWords } from '../../locales/meet/words.ts';
import type { AppViewModel } from '../app.ts';
import type { AccountId } from '../ports.ts';
import { ByHandViewModel, type MadeCode } from './by-hand.ts';

export function besideViewModel(app: AppViewModel, account: AccountId, said: MeetWords): ByHandViewModel {
  const { messenger, device } = app;
  const make = async (): Promise<MadeCode> => {
    const result = await messenger.meetAgain(account);
    if (result.ok) return { kind: 'code', text: result.value.text };
    switch (result.refusal.kind) {
      case 'needs-two-codes':
        return { kind: 'needs-two' };
      case 'not-by-hand':
        return { kind: 'not-by-hand', why: result.refusal.why };
      case 'unknown-contact':
        return { kind: 'refused', why: said.introduce.refusal['unknown-contact'] };
      case 'not-saved':
        return { kind: 'refused', why: app.words.notSaved[result.refusal.why] };
    }
  };
  return new ByHandViewModel({ messenger, device, said, make, concerns: (who) => who === account });
}
