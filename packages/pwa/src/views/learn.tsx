/** One page, plainly said: what others can learn. It says what is true today, not what is planned. */
import type { JSX } from 'preact';
import { waysWordsFor } from '../locales/ways/words.ts';
import type { AppViewModel } from '../view-models/app.ts';
import { Head, Tabs } from './frame.tsx';

export function Learn({ app, isWide }: { readonly app: AppViewModel; readonly isWide: boolean }): JSX.Element {
  const { words } = app;
  const said = waysWordsFor(words.tag).learn;
  return (
    <div class="screen">
      <Head title={words.learn.title} back={{ to: { at: 'settings' }, name: words.backToSettings }} />
      <main class="scroll pad stack">
        <p class="soft">{said.intro}</p>
        {said.sections.map((section) => (
          <section class="stack-tight" key={section.who}>
            <h2 class="body-size">{section.who}</h2>
            <p class="note">{section.what}</p>
          </section>
        ))}
      </main>
      {isWide ? null : <Tabs app={app} />}
    </div>
  );
}
