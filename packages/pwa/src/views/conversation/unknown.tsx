/** An address that leads to nobody on this phone. */
import type { JSX } from 'preact';
import { EmptyString } from '../../design/mark.tsx';
import type { AppViewModel } from '../../view-models/app.ts';
import { Head } from '../frame.tsx';

export function Unknown({ app }: { readonly app: AppViewModel }): JSX.Element {
  const { words } = app;
  return (
    <div class="screen">
      <Head title={words.conversation.unknownTitle} back={{ to: { at: 'messages' }, name: words.backToMessages }} />
      <main class="scroll pad middle">
        <div class="centre stack">
          <EmptyString />
          <p class="narrow">{words.conversation.unknown}</p>
        </div>
      </main>
    </div>
  );
}
