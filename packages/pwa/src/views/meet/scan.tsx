/** Their code through the camera, or on a picture. The camera stops when this leaves the screen. */
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { Icon } from '../../design/icons.tsx';
import { ReachString } from '../../design/strings.tsx';
import type { AppViewModel } from '../../view-models/app.ts';
import { Refused } from './refused.tsx';

export function Scan({ app }: { readonly app: AppViewModel }): JSX.Element {
  const { words } = app;
  const { scan, outcome } = app.meet;
  const said = words.meet;
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
            <p role="status">{said.trouble[state.trouble]}</p>
          ) : (
            <svg viewBox="0 0 320 440" preserveAspectRatio="xMidYMid meet" aria-hidden="true">
              <path d="M62 156v-36h36M222 120h36v36M258 284v36h-36M98 320H62v-36" />
            </svg>
          )}
        </div>
        <Refused app={app} />
        {state.kind === 'trouble' || outcome.value?.kind === 'refused' ? null : (
          <p class="state said" role="status">
            <ReachString reach="not-now" />
            <span>{outcome.value?.kind === 'taking-up' ? said.takingUp : scan.said.value}</span>
          </p>
        )}
      </main>
      <footer class={scan.hasTorch.value ? 'foot two' : 'foot'}>
        {scan.hasTorch.value ? (
          <button type="button" class="button" aria-pressed={scan.isTorchOn.value} onClick={() => scan.toggleTorch()}>
            <Icon name="torch" />
            {said.light}
          </button>
        ) : null}
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
      </footer>
    </>
  );
}
