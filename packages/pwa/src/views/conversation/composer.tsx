/** The field and its one round button. Enter sends, Shift+Enter begins a line, the field grows with what is in it. */
import type { JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { Icon } from '../../design/icons.tsx';
import type { AppViewModel } from '../../view-models/app.ts';
import type { ConversationViewModel } from '../../view-models/conversation/conversation.ts';
import { hashOf } from '../../view-models/route.ts';

export interface ComposerProps {
  readonly app: AppViewModel;
  readonly conversation: ConversationViewModel;
  readonly name: string;
}

/** Where the browser cannot size a field by its content, it is done here. */
function useGrowing(text: string): { readonly current: HTMLTextAreaElement | null } {
  const field = useRef<HTMLTextAreaElement>(null);
  useLayoutEffect(() => {
    const element = field.current;
    if (element === null || CSS.supports('field-sizing', 'content')) return;
    element.style.blockSize = 'auto';
    element.style.blockSize = `${element.scrollHeight + 3}px`;
  }, [text]);
  return field;
}

export function Composer({ app, conversation, name }: ComposerProps): JSX.Element {
  const { words } = app;
  const { composer } = conversation;
  const text = composer.text.value;
  const room = composer.room.value;
  const trouble = composer.trouble.value;
  const lately = conversation.lately.value;
  const field = useGrowing(text);
  const submit = (): void => {
    void composer.submit();
    field.current?.focus();
  };
  const onKeyDown = (event: JSX.TargetedKeyboardEvent<HTMLTextAreaElement>): void => {
    // While an input method is composing, Enter chooses a word.
    if (event.isComposing) return;
    if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      submit();
    }
    if (event.key === 'ArrowUp' && text === '') document.querySelector<HTMLElement>('.msg[tabindex="0"]')?.focus();
  };
  return (
    <div class="write-room">
      {trouble === undefined ? null : (
        <p class="state alarm trouble" role="alert">
          <Icon name="alert" small />
          <span>{trouble}</span>
        </p>
      )}
      {trouble === undefined && lately !== undefined ? (
        <p class="lately">
          {lately} <a href={hashOf({ at: 'carry', way: 'file' })}>{words.carry.title}</a>
        </p>
      ) : null}
      {room === undefined ? null : <p class={room.isTooLong ? 'room alarm' : 'room'}>{room.words}</p>}
      <form
        class="write"
        aria-label={words.conversation.write(name)}
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <label class="away" for="text">
          {words.conversation.message}
        </label>
        <textarea
          class="field"
          id="text"
          rows={1}
          dir="auto"
          placeholder={words.conversation.message}
          autoComplete="off"
          enterkeyhint="send"
          data-focus-first={matchMedia('(hover: hover) and (pointer: fine)').matches ? '' : undefined}
          aria-invalid={room?.isTooLong === true ? true : undefined}
          ref={field}
          value={text}
          onInput={(event) => composer.type(event.currentTarget.value)}
          onKeyDown={onKeyDown}
        />
        <button
          type="submit"
          class="press send"
          aria-label={words.conversation.send}
          aria-disabled={composer.canSend.value ? undefined : true}
        >
          <Icon name="send" />
        </button>
      </form>
    </div>
  );
}
