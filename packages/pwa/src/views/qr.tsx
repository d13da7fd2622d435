/** A text as a code for a camera: black on white also in the dark. The drawing is loaded when the first code is shown. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';

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

export interface QrCodeProps {
  /** Empty while it is made. */
  readonly text: string;
  /** What the code is, for those who listen. */
  readonly name: string;
  /** Said until it stands. */
  readonly making: string;
}

export function QrCode({ text, name, making }: QrCodeProps): JSX.Element {
  const [drawing, setDrawing] = useState<Drawing | undefined>(undefined);
  useEffect(() => {
    if (text === '') return;
    let isCurrent = true;
    void draw(text).then((drawn) => {
      if (isCurrent) setDrawing(drawn);
    });
    return () => {
      isCurrent = false;
    };
  }, [text]);
  if (drawing === undefined || text === '') {
    return (
      <p class="qr-room" role="status">
        {making}
      </p>
    );
  }
  return (
    <svg class="qr" viewBox={`0 0 ${drawing.side} ${drawing.side}`} role="img" aria-label={name} shape-rendering="crispEdges">
      <path d={drawing.path} />
    </svg>
  );
}
