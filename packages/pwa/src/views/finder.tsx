/** The camera's picture with its corners, what is seen in it, and the same from a picture. The camera stops when this leaves the screen. */
import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { Icon } from '../design/icons.tsx';
import { ReachString } from '../design/strings.tsx';
import type { AppViewModel } from '../view-models/app.ts';
import type { ScanViewModel } from '../view-models/meet/scan.ts';
import type { CameraTrouble } from '../view-models/ports.ts';

export interface FinderProps {
  readonly app: AppViewModel;
  readonly scan: ScanViewModel;
  /** What is being done with a code that was seen. */
  readonly busy: string | undefined;
  /** Why the last code was not taken; it stands in the place of what is seen. */
  readonly refused: JSX.Element | undefined;
  /** Words of one's own for what the camera cannot do here. */
  readonly troubles?: Partial<Record<CameraTrouble, string>>;
  /** `false`: one picture is not enough, so none is asked for. */
  readonly hasPicture?: boolean;
  readonly children?: ComponentChildren;
}

export function Finder({ app, scan, busy, refused, troubles, hasPicture = true, children }: FinderProps): JSX.Element {
  const said = app.words.meet;
  const video = useRef<HTMLVideoElement>(null);
  const isVisible = app.device.isVisible.value;
  const state = scan.state.value;
  useEffect(() => {
    if (isVisible && video.current !== null) void scan.start(video.current);
    return () => scan.stop();
  }, [isVisible, scan]);
  return (
    <>
      <main class="pad scan-room">
        <div class="finder">
          <video ref={video} muted playsInline aria-label={said.cameraPicture} />
          {state.kind === 'trouble' ? (
            <div class="no-picture" role="status">
              <p>{troubles?.[state.trouble] ?? said.trouble[state.trouble]}</p>
              <button type="button" class="small-button" onClick={() => video.current !== null && void scan.start(video.current)}>
                {said.tryAgain}
              </button>
            </div>
          ) : (
            <svg viewBox="0 0 320 440" preserveAspectRatio="xMidYMid meet" aria-hidden="true">
              <path d="M62 156v-36h36M222 120h36v36M258 284v36h-36M98 320H62v-36" />
            </svg>
          )}
        </div>
        {refused}
        {state.kind === 'trouble' || refused !== undefined ? null : (
          <p class="state said" role="status">
            <ReachString reach="not-now" />
            <span>{busy ?? scan.said.value}</span>
          </p>
        )}
        {children}
      </main>
      {scan.hasTorch.value || hasPicture ? (
        <footer class={scan.hasTorch.value && hasPicture ? 'foot two' : 'foot'}>
          {scan.hasTorch.value ? (
            <button type="button" class="button" aria-pressed={scan.isTorchOn.value} onClick={() => scan.toggleTorch()}>
              <Icon name="torch" />
              {said.light}
            </button>
          ) : null}
          {hasPicture ? (
            <label class="button">
              <Icon name="photo" />
              {said.picture}
              <input
                class="away"
                type="file"
                accept="image/*"
                onChange={(event) => {
                  const picture = event.currentTarget.files?.[0];
                  if (picture !== undefined) void scan.readPicture(picture);
                  event.currentTarget.value = '';
                }}
              />
            </label>
          ) : null}
        </footer>
      ) : null}
    </>
  );
}
