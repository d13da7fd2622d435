/** The text of a code, for those who cannot scan. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Icon } from '../../design/icons.tsx';
import { meetWordsFor } from '../../locales/meet/words.ts';
import type { AppViewModel } from '../../view-models/app.ts';

export function CopyCode({ app, text }: { readonly app: AppViewModel; readonly text: string }): JSX.Element {
  const said = meetWordsFor(app.words.tag).byHand;
  const [copied, setCopied] = useState<boolean | undefined>(undefined);
  const copy = async (): Promise<void> => setCopied(await app.device.hands.copy(text));
  return (
    <div class="centre">
      <button type="button" class="button plain" onClick={() => void copy()}>
        <Icon name="copy" />
        {said.copy}
      </button>
      <p class="note soft" role="status">
        {copied === undefined ? '' : copied ? said.copied : said.notCopied}
      </p>
    </div>
  );
}
