/** My code: black on white also in the dark, because cameras need it, and my name under it. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { HoopDrawing } from '../../design/hoop.tsx';
import { Icon } from '../../design/icons.tsx';
import type { AppViewModel } from '../../view-models/app.ts';
import { hashOf } from '../../view-models/route.ts';

interface Drawing {
  readonly side: number;
  readonly path: string;
}

/** The dark modules of a code as one path, a rectangle for each run in a row. */
async function draw(text: string): Promise<Drawing> {
  const { encodeQR } = await import('qr');
  // The library wants a border; the white around the code is the figure's own.
  const rows = encodeQR(text, 'raw', { ecc: 'low', border: 1 })
    .slice(1, -1)
    .map((row) => row.slice(1, -1));
  let path = '';
  rows.forEach((row, y) => {
    let start = -1;
    for (let x = 0; x <= row.length; x += 1) {
      if (row[x] === true && start < 0) start = x;
      if (row[x] !== true && start >= 0) {
        path += `M${start} ${y}h${x - start}v1h${start - x}z`;
        start = -1;
      }
    }
  });
  return { side: rows.length, path };
}

export function Show({ app }: { readonly app: AppViewModel }): JSX.Element {
  const { meet, words } = app;
  const said = words.meet;
  const link = meet.link.value;
  const trouble = meet.inviteTrouble.value;
  const own = app.settings.hoop.value;
  const [drawing, setDrawing] = useState<Drawing | undefined>(undefined);
  useEffect(() => void meet.show(), [meet, link]);
  useEffect(() => {
    if (link === '') return;
    let isCurrent = true;
    void draw(link).then((drawn) => {
      if (isCurrent) setDrawing(drawn);
    });
    return () => {
      isCurrent = false;
    };
  }, [link]);
  return (
    <>
      <main class="scroll pad stack">
        {trouble === undefined ? (
          <figure class="code">
            {drawing === undefined ? (
              <p class="qr-room" role="status">
                {said.making}
              </p>
            ) : (
              <svg
                class="qr"
                viewBox={`0 0 ${drawing.side} ${drawing.side}`}
                role="img"
                aria-label={said.code}
                shape-rendering="crispEdges"
              >
                <path d={drawing.path} />
              </svg>
            )}
            <figcaption class="strong">
              {own === undefined ? null : <HoopDrawing hoop={own} size="s" />}
              <span dir="auto">{app.settings.name.value}</span>
            </figcaption>
          </figure>
        ) : (
          <div class="notice alarm" role="alert">
            <Icon name="alert" />
            <p>{trouble}</p>
          </div>
        )}
        <ol class="steps" aria-label={said.steps}>
          <li>
            <p class="strong">{said.step1}</p>
            <p class="note soft">{said.step1How}</p>
          </li>
          <li>
            <p class="strong">{said.step2}</p>
            <p class="note soft">{said.step2How}</p>
          </li>
        </ol>
      </main>
      <footer class="foot">
        <a class="button first" href={hashOf({ at: 'meet', way: 'scan' })}>
          <Icon name="camera" />
          {said.nowScan}
        </a>
      </footer>
    </>
  );
}
