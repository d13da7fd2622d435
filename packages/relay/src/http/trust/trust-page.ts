/**
 * The page on which a phone learns to trust this house: served in the clear before anything is trusted, so it claims no more than it can keep.
 * Works without scripts but for the check at its end. Follows the app's look; the words are here and in steps.ts.
 */
import type { Origin } from '../../authority/origin.ts';
import { type Html, html } from './html.ts';
import { DEVICES, type Device, guideFor } from './steps.ts';

export interface TrustFacts {
  readonly origin: Origin;
  readonly words: readonly string[];
  /** Where the check looks for the two pictures: the first without trust, the second only with it. */
  readonly here: string;
  readonly trusted: string;
}

const MARK = html`<svg class="mark" viewBox="0 0 40 40" aria-hidden="true"><path d="M8 13c4 16 20 16 24 0"/><circle cx="8" cy="12" r="4.5"/><circle cx="32" cy="12" r="4.5"/></svg>`;
const ICONS = html`<svg class="defs" aria-hidden="true">
<symbol id="i-house" viewBox="0 0 24 24"><path d="M4 11l8-7 8 7v8.5a.5.5 0 0 1-.5.5h-15a.5.5 0 0 1-.5-.5z"/><path d="M9.5 20v-6h5v6"/></symbol>
<symbol id="i-save" viewBox="0 0 24 24"><path d="M12 4v11M7 10.5l5 5 5-5M4.5 20h15"/></symbol>
<symbol id="i-warn" viewBox="0 0 24 24"><path d="M12 4l9 16H3zM12 10v4.5M12 17.3v.01"/></symbol>
<symbol id="i-tick" viewBox="0 0 24 24"><path d="M5 12.5l4.5 4.5L19 7.5"/></symbol>
</svg>`;

function icon(name: string): Html {
  return html`<svg class="icon" aria-hidden="true"><use href="#i-${name}"/></svg>`;
}

/** Everything the check may find, written here and shown one at a time by check.js. */
function check({ origin, here, trusted }: TrustFacts, device: Device): Html {
  const { noun } = guideFor(device);
  const missing = {
    android: 'save the key anew and go through the steps once more',
    iphone: 'mostly the last switch is missing',
    firefox: 'look at the two steps in Firefox',
    computer: 'close the browser and open it again',
  }[device];
  return html`<div id="check" role="status" data-here="${here}" data-trusted="${trusted}">
<p class="check" data-when="looking" hidden><span>Looking whether your ${noun} trusts this house …</span></p>
<p class="check bad" data-when="unfound" hidden>${icon('warn')}<span><b>Your ${noun} does not find ${origin.host}.</b> Be on the house’s Wi-Fi, and turn off mobile data and any VPN for a moment. If it stays so, your ${noun} cannot read names ending in .local: ask whoever keeps the relay to choose a fixed address for it (--origin).</span></p>
<p class="check bad" data-when="untrusted" hidden>${icon('warn')}<span><b>Your ${noun} finds this house and does not trust it yet.</b> Do the steps above; when you come back, this page looks again. If it stays so, ${missing}.</span></p>
<p class="check good" data-when="trusted" hidden>${icon('tick')}<span><b>Your ${noun} trusts this house.</b> You can open Kith now.</span></p>
</div>`;
}

export function trustPage(facts: TrustFacts, device: Device): string {
  const guide = guideFor(device);
  const { noun } = guide;
  const { origin, words } = facts;
  const picks = DEVICES.map(
    (one) => html`<a href="/?for=${one.device}"${one.device === device ? html` aria-current="page"` : ''}>${one.label}</a>`,
  );
  const wordItems = words.map((word, index) => html`<li><span>${index + 1}</span>${word}</li>`);
  return html`<!doctype html>
<html lang="en" dir="ltr">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<meta name="color-scheme" content="light dark">
<title>Trust this household – Kith</title>
<link rel="stylesheet" href="/trust/trust.css">
<script type="module" src="/trust/check.js"></script>
</head>
<body>
${ICONS}
<main class="paper stack">
<header class="stack">
${MARK}
<h1 class="large">Tell your ${noun} that it can trust this house</h1>
<p>Kith comes from a small computer in this house, not from the internet. Your ${noun} does not know it yet. This takes about five minutes, once.</p>
<div class="notice">${icon('house')}<p>This key counts for one address only: <span class="digits strong">${origin.host}</span>. It cannot open your bank, your mail or any other page.</p></div>
<nav class="pick" aria-label="Your device">${picks}</nav>
</header>
<ol class="steps">
<li>
<h2>Check that you are in the right house</h2>
<p class="note">Be on the house’s own Wi-Fi. These four words also stand on the relay’s screen or sticker. If they differ, stop and ask whoever keeps it.</p>
<ul class="words">${wordItems}</ul>
</li>
${guide.steps}
<li id="open">
<h2>Open Kith</h2>
<p class="note">From now on this address works by itself${noun === 'phone' ? ', also from your home screen' : ''}.</p>
${check(facts, device)}
<p class="buttons"><button class="button first" id="again" type="button" hidden>Check again</button><a class="button first" id="go" href="${origin.href}/">Open Kith</a></p>
</li>
</ol>
<details><summary>Something looks different</summary>${guide.different}</details>
<p class="note soft">${guide.after}</p>
</main>
</body>
</html>
`.safe;
}
